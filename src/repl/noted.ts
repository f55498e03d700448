// Tests noted in a session → a suite file for `tsfalco test`. An event stands in it once, readable; what cannot be
// said as YAML (escapes, a key twice) goes in as the text that it is.

import type { Flip } from '../authoring/fuzz/fuzz.js';
import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { prettyText } from '../json/read.js';

export interface NotedTest {
  readonly name: ByteString;
  readonly rule: ByteString;
  /** Whether the rule has to match. */
  readonly matches: boolean;
  readonly event: Event;
  /** The change that made the event from a loaded one. */
  readonly flip: Flip | undefined;
  /** The loaded event. */
  readonly base: Event;
  /** The payload that gives the event, where its text is none. */
  readonly payload?: ByteString | undefined;
  /** The event source, where content does not tell it. */
  readonly source?: string | undefined;
}

/** @param rules the rules files, as the suite should name them */
export function suiteYaml(rules: readonly ByteString[], tests: readonly NotedTest[]): ByteString {
  const bases = new Map(tests.filter((test) => !needsText(test)).map(({ base }) => [base.num, base]));
  const lines = [
    '# Run with: tsfalco test',
    `rules: [${rules.map((file) => JSON.stringify(file)).join(', ')}]`,
    ...(bases.size === 0 ? [] : ['events:', ...[...bases.values()].flatMap(baseLines)]),
    'tests:',
    ...tests.flatMap(testLines),
  ];
  return `${lines.join('\n')}\n`;
}

// JSON is YAML.
function baseLines(event: Event): readonly ByteString[] {
  const text = prettyText(event.document, event.root).replaceAll('\n', '\n    ');
  return [`  event ${event.num}:`, `    ${text}`];
}

function testLines(test: NotedTest): readonly ByteString[] {
  const { name, rule, matches, event, flip, base, payload, source } = test;
  const subject = needsText(test)
    ? [`    text: ${JSON.stringify(payload ?? event.document.text)}`]
    : [`    event: event ${base.num}`, ...(flip === undefined ? [] : [`    with: {${overrideText(flip)}}`])];
  return [
    `  - test: ${JSON.stringify(name)}`,
    ...(source === undefined ? [] : [`    source: ${source}`]),
    ...subject,
    `    ${matches ? 'includes' : 'excludes'}: [${JSON.stringify(rule)}]`,
  ];
}

const overrideText = ({ pointer, change }: Flip): ByteString =>
  `${JSON.stringify(pointer)}: ${change.kind === 'remove' ? 'null' : 'json' in change ? change.json : ''}`;

/** Whether overrides cannot say it: they know no null, no escapes and no second key. */
function needsText({ flip, payload }: NotedTest): boolean {
  if (payload !== undefined) return true;
  if (flip === undefined) return false;
  const { change, before } = flip;
  if (change.kind === 'remove') return false;
  if (change.kind === 'key' || (change.kind !== 'replace' && before !== undefined)) return true;
  return change.json === 'null' || change.json.includes('\\u');
}
