// Mutants of the recorded rules files: none makes the loader or lint throw, hang, or report an error without a place.
// 2,000 mutants by default; FUZZ_MUTANTS and FUZZ_SEED for longer runs (npm run fuzz: 100,000).

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { lintFiles } from '../../../src/authoring/lint.js';
import { fromBytes, toBytes } from '../../../src/bytes.js';
import { resultJson } from '../../../src/engine/diagnostic/json.js';
import { verboseText } from '../../../src/engine/diagnostic/text.js';
import type { Place } from '../../../src/engine/diagnostic.js';
import { describe as describeRules } from '../../../src/engine/rules/describe/describe.js';
import { renderFindings } from '../../../src/engine/rules/lint/render.js';
import { loadRules } from '../../../src/engine/rules/load.js';
import { createEventSources } from '../../../src/plugins/event-sources.js';
import { cpuMs } from '../../cpu-time.js';
import { TABLES } from './support.js';

const LINT = { sources: createEventSources(), semantics: 'falco' } as const;

const MUTANTS = Number(process.env['FUZZ_MUTANTS'] ?? 2000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
/** The slowest mutant may take this long, on a machine that does other things as well. */
const LIMIT_MS = 5000;

const corpus = readFileSync(new URL('../../conformance/loader.jsonl', import.meta.url), 'latin1')
  .split('\n')
  .filter(Boolean)
  .flatMap((line) => (JSON.parse(fromBytes(line)) as { files: readonly { content?: string }[] }).files)
  .flatMap(({ content }) => (content === undefined ? [] : [toBytes(content)]));

/** Small, fast, and the same everywhere. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const PIECES = [
  ...[
    '\n',
    '\t',
    '\r',
    ' ',
    '  ',
    '"',
    "'",
    ':',
    '- ',
    '? ',
    '|',
    '>',
    '&a ',
    '*a',
    '!t ',
    '#',
    '[',
    ']',
    '{',
    '}',
  ],
  ...[
    ',',
    '%',
    '\\',
    '\0',
    '\x04',
    '\xff',
    '\xef\xbb\xbf',
    '---\n',
    '...\n',
    '~',
    'null',
    '<<: *a',
    '(',
    ')',
    '=',
  ],
  ...[
    ' and ',
    ' or ',
    ' not ',
    ' in ',
    ' exists ',
    'val(',
    'tolower(',
    'concat(',
    'ka.verb',
    '%ka.verb',
    'L1',
    'M1',
  ],
  ...[
    'override: {condition: append}\n',
    'append: true\n',
    'exceptions:\n',
    'values: [[a, b]]\n',
    'fields: ka.verb\n',
  ],
];

const random = createRandom(SEED);
const pick = <T>(items: readonly T[]): T => items[random(items.length)]!;

function mutate(text: string): string {
  const at = random(text.length + 1);
  const to = Math.min(text.length, at + random(random(2) === 0 ? 4 : 40));
  switch (random(7)) {
    case 0:
      return text.slice(0, at) + text.slice(to);
    case 1:
      return text.slice(0, at) + pick(PIECES) + text.slice(at);
    case 2:
      return text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1);
    case 3:
      return text.slice(0, to) + text.slice(at);
    case 4: {
      const other = pick(corpus);
      return text.slice(0, at) + other.slice(random(other.length + 1));
    }
    case 5: {
      const lines = text.split('\n');
      const [line = ''] = lines.splice(random(lines.length), 1);
      lines.splice(random(lines.length + 1), 0, line);
      return lines.join('\n');
    }
    default:
      return text.slice(0, at) + pick(PIECES) + text.slice(to);
  }
}

function expectPlace({ line, column, offset, length }: Place): void {
  expect(line).toBeGreaterThan(0);
  expect(column).toBeGreaterThan(0);
  expect(offset).toBeGreaterThanOrEqual(0);
  expect(length).toBeGreaterThan(0);
}

function check(contents: readonly string[]): void {
  const files = contents.map((content, index) => ({ name: `${index}.yaml`, content }));
  const outcome = loadRules(files, { tables: (source) => TABLES.get(source), keepGoing: true });
  for (const result of outcome.results) {
    for (const { place } of [...result.errors, ...result.warnings]) {
      expectPlace(place);
      expect(result.contents.has(place.file)).toBe(true);
    }
    expect(result.errors.length).toBe(result.successful ? 0 : 1);
    verboseText(result);
    JSON.stringify(resultJson(result));
  }
  if (outcome.successful) describeRules(outcome, []);
  const findings = lintFiles(files, LINT);
  for (const { place } of findings) expectPlace(place);
  const texts = new Map(files.map(({ name, content }) => [name, content]));
  for (const format of ['text', 'sarif'] as const) renderFindings(findings, texts, format);
}

it(`stands ${MUTANTS} mutants`, { timeout: 0 }, () => {
  for (let count = 0; count < MUTANTS; count++) {
    const contents = Array.from({ length: 1 + random(2) }, () => {
      let text = pick(corpus);
      for (let times = 1 + random(4); times > 0; times--) text = mutate(text);
      return text;
    });
    const took = cpuMs(() => {
      try {
        check(contents);
      } catch (error) {
        throw new Error(`mutant ${count} of seed ${SEED}: ${JSON.stringify(contents)}`, { cause: error });
      }
    });
    expect(took, `mutant ${count} of seed ${SEED}: ${JSON.stringify(contents).slice(0, 500)}`).toBeLessThan(
      LIMIT_MS,
    );
  }
});
