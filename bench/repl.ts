// What a session of the REPL costs with many events loaded: the time from a line to its answer, and for completion.
// Milliseconds, since a person waits for them; the promise is 50 ms for completion and a first result.

import { readFileSync } from 'node:fs';
import { PLAIN } from '../src/authoring/explain-text.js';
import { toBytes } from '../src/bytes.js';
import { createSession } from '../src/repl/session.js';
import { createWorkload } from './workload.js';

export interface ReplTiming {
  readonly name: string;
  /** Milliseconds of the slowest of several runs, the first one included. */
  readonly worst: number;
  readonly median: number;
}

const SIMPLE = 'ka.verb = create and ka.target.resource = pods';
const CHECKS: readonly ((index: number) => string)[] = [
  (index) => `ka.user.name startswith "system${index}:"`,
  (index) => `ka.uri contains /secrets${index}/`,
  (index) => `ka.useragent icontains kubectl${index}`,
  (index) => `ka.target.name glob "*-${index}?z"`,
  (index) => `ka.target.namespace in (kube-system${index}, kube-public, default)`,
  (index) => `ka.user.groups intersects (system:masters${index}, dev)`,
  (index) => `ka.req.pod.containers.image intersects (nginx${index})`,
  (index) => `jevt.value[/responseStatus/code] = 4${index}`,
  (index) => `ka.target.name regex "[a-z]+-[0-9]+-secret${index}"`,
  (index) => `tolower(ka.verb) = escalate${index}`,
];
/** Each of the checks eight times with another constant, so that none is shared. */
const LONG = Array.from({ length: 80 }, (_, index) => CHECKS[index % CHECKS.length]!(index)).join(' or ');

/** Lines as they are typed, and starts of lines to complete. */
const LINES: readonly (readonly [name: string, line: string])[] = [
  ['condition', SIMPLE],
  ['condition of 80 checks', LONG],
  ['field', 'ka.user.name'],
  ['field over objects', 'jevt.value[/objectRef]'],
  ['template', '%ka.user.name did %ka.verb'],
  ['why', 'why #1'],
  ['near', 'near'],
  ['next', 'next'],
  ['macro', 'macro person not ka.user.name startswith "system:"'],
  ['rule', `rule "Bench" ${SIMPLE}`],
  ['rules', 'rules'],
  ['fuzz', 'fuzz'],
];
const STARTS: readonly (readonly [name: string, line: string])[] = [
  ['a command or field', 'ka.'],
  ['an operator', 'ka.verb '],
  ['a value', 'ka.user.name = sys'],
  ['a value behind 80 checks', `${LONG} and ka.target.name = `],
];

/** @param rules path of a rules file */
export async function benchRepl(
  rules: string,
  events: number,
  rounds: number,
): Promise<readonly ReplTiming[]> {
  const content = readFileSync(rules, 'latin1');
  const { lines } = createWorkload({ events, averageSize: 1250, alerting: 0.1, seed: 1 });
  const open = () =>
    createSession({
      files: [{ name: rules, content }],
      readFile: () => '',
      fileExists: () => false,
      writeFile: () => undefined,
      style: PLAIN,
    });
  const timings: ReplTiming[] = [];
  const measure = async (name: string, run: () => unknown): Promise<void> => {
    const spent: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const started = performance.now();
      await run();
      spent.push(performance.now() - started);
    }
    timings.push(timingOf(name, spent));
  };
  const text = lines.join('\n');
  await measure('open and load', () => open().addEvents(text));
  const session = open();
  session.addEvents(text);
  for (const [name, line] of LINES) {
    const first: number[] = [];
    await measure(`line: ${name}`, async () => {
      const started = performance.now();
      let parts = 0;
      const { text } = await session.run(toBytes(line), async () => {
        if (parts++ === 0) first.push(performance.now() - started);
      });
      if (/^\s*\^/m.test(text)) throw new Error(text);
    });
    if (first.length > 0) timings.push(timingOf(`first result: ${name}`, first));
  }
  for (const [name, line] of STARTS)
    await measure(`complete: ${name}`, () => session.complete(toBytes(line)));
  await measure('check while typing', () => session.check(toBytes(SIMPLE)));
  await measure('check while typing 80 checks', () => session.check(toBytes(LONG)));
  return timings;
}

function timingOf(name: string, spent: readonly number[]): ReplTiming {
  const sorted = spent.toSorted((a, b) => a - b);
  return { name, worst: sorted.at(-1)!, median: sorted[sorted.length >> 1]! };
}
