// Whatever is typed, a session answers: it neither throws nor shows a fault of its own.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toBytes } from '../../src/bytes.js';
import { COMMANDS } from '../../src/repl/help.js';
import { drive } from './support.js';

const word = fc.oneof(
  fc.constantFrom(...COMMANDS.map(({ name }) => name).filter((name) => name !== 'quit')),
  fc.constantFrom(
    'ka.verb',
    'ka.user.groups',
    'jevt.value[/verb]',
    'evt.rawtime',
    '%ka.verb',
    '%ka.vreb',
    'person',
    'Exec',
  ),
  fc.constantFrom(
    '=',
    '!=',
    'in',
    'intersects',
    'exists',
    'and',
    'or',
    'not',
    'regex',
    'glob',
    'startswith',
    'oneof',
  ),
  fc.constantFrom(
    '(',
    ')',
    '(get, list)',
    '"',
    '"a b"',
    '"\\x00"',
    '|',
    '#',
    '#1',
    '#99',
    'f1',
    'f99',
    '0',
    '-1',
    'seed',
    'all',
    'yes',
    'no',
  ),
  fc.constantFrom(
    'tolower(',
    'len(ka.user.groups)',
    'val(ka.verb)',
    '\\',
    '{',
    '[',
    '{"kind":"Event"}',
    'à',
    '\t',
  ),
  fc.string({ maxLength: 6 }),
);
const line = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));
const OWN_FAULT = /is not a function|is not iterable|Cannot read prop|undefined|\[object |NaN| {4}at /;

test('any lines, one after the other', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 12 }), async (typed) => {
      const { session, run } = drive();
      for (const each of typed) {
        expect(await run(each)).not.toMatch(OWN_FAULT);
        const { replaced } = session.complete(toBytes(each));
        expect(toBytes(each).endsWith(replaced)).toBe(true);
        const slip = session.check(toBytes(each));
        if (slip !== undefined) expect(slip.at).toBeLessThan(toBytes(each).length);
      }
    }),
    { numRuns: 150 },
  );
});
