// Classes of values told by what the texts have in them: the same alerts as without, and few values to learn.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ruleOf, rulesetsOf, runnerOf } from './support.js';

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

const event = (user: string, more = ''): string =>
  `{"kind":"Event","auditID":"a","stageTimestamp":"2026-01-02T03:04:05.678901Z","user":{"username":${user}}${more}}`;

/** Compares blocks, each run twice, with evaluation. @returns events of the second runs that nobody needed to see */
function expectSame(rules: string, ...blocks: readonly (readonly string[])[]): number {
  let passed = 0;
  for (const matching of ['first', 'all'] as const) {
    const rulesets = rulesetsOf(rules, matching);
    const plain = runnerOf(rulesets, 'plain');
    const block = runnerOf(rulesets, 'block');
    for (const lines of blocks) {
      expect(block(lines).outcome).toEqual(plain(lines).outcome);
      const again = block(lines);
      expect(again.outcome).toEqual(plain(lines).outcome);
      passed += again.passed;
    }
  }
  return passed;
}

// Few letters, so that texts have much in common.
const letters = fc.constantFrom('a', 'A', 'b', 'B', ':', '/', '[', '@', 'Z', 'z', '\x7f');
const text = (most: number): fc.Arbitrary<string> =>
  fc.array(letters, { minLength: 1, maxLength: most }).map((all) => all.join(''));
const operator = fc.constantFrom('contains', 'icontains', 'startswith', 'endswith', '=');
const modifier = fc.constantFrom('', ' anyof', ' allof');
const check = fc
  .tuple(operator, modifier, fc.array(text(4), { minLength: 1, maxLength: 4 }))
  .map(([name, how, texts]) =>
    how === ''
      ? `ka.user.name ${name} ${JSON.stringify(texts[0])}`
      : `ka.user.name ${name}${how} (${texts.map((each) => JSON.stringify(each)).join(', ')})`,
  );
const value = fc.oneof(
  text(40).map((each) => JSON.stringify(each)),
  fc.tuple(text(20), fc.integer({ min: 0, max: 300 })).map(([each, n]) => `"${each}${'a'.repeat(n)}${each}"`),
  fc.constantFrom('1', 'true', '["a","A"]', '{"a":"b"}', '"\\u0061"', '""', '"\xc3\x81aA"', '[ "a" ]'),
);

test('any looks at any texts', () => {
  fc.assert(
    fc.property(
      fc.array(check, { minLength: 1, maxLength: 8 }),
      fc.array(value, { minLength: 5, maxLength: 30 }),
      (checks, values) => {
        const rules = checks.map((each, i) => ruleOf(`R${i}`, i % 3 === 2 ? `not ${each}` : each));
        expectSame(
          rules.join(''),
          values.map((each) => event(each)),
        );
      },
    ),
    { numRuns: Number(process.env['SCREEN_RUNS'] ?? 150) },
  );
});

test('values that were never seen pass, if they have nothing that counts', () => {
  const rules = ruleOf(
    'R',
    'ka.user.name contains root or ka.user.name endswith ":admin" or ka.user.name = x',
  );
  const names = (from: number) => range(3000).map((i) => event(`"system:node:${from + i}"`));
  const rulesets = rulesetsOf(rules, 'first');
  const block = runnerOf(rulesets, 'block');
  // All but the first one, from which the reader learns.
  const [first, second] = [block(names(0)), block(names(3000))];
  expect([first.passed, second.passed]).toEqual([3000, 3000]);
  expect(rulesets.prefiltered.prefilter!.places[0]).toMatchObject({ constants: ['x'] });
  expect(rulesets.prefiltered.prefilter!.places[0]!.looks).toHaveLength(2);
});

test('more looks at a place than a sign has bits: values that were never seen pass as well', () => {
  const rules = range(400).map((i) => ruleOf(`R${i}`, `ka.user.name icontains ":Team-${i}:"`));
  const names = (from: number) =>
    range(500).map((i) => event(`"system:node:${from + i}${i % 50 === 0 ? `:team-${i}:` : ''}"`));
  const rulesets = rulesetsOf(rules.join(''), 'all');
  const [plain, block] = [runnerOf(rulesets, 'plain'), runnerOf(rulesets, 'block')];
  block(names(0));
  const second = block(names(500));
  expect(second.outcome.alerts).toHaveLength(8);
  expect(second.passed).toBe(492);
  plain(names(0));
  expect(plain(names(500)).outcome).toEqual(second.outcome);
});

test('more looks that hold than a sign has room for', () => {
  const rules = range(200).map((i) => ruleOf(`R${i}`, `ka.user.name contains "<${i}>"`));
  const lines = range(60).map((i) =>
    event(
      `"${range(i % 12)
        .map((n) => `<${(i * 7 + n) % 200}>`)
        .join('')}"`,
    ),
  );
  expectSame(rules.join(''), lines, lines.toReversed());
});

describe('room', () => {
  test.each([
    ['127 looks', 127, 1],
    ['129 looks', 129, 1],
    ['600 looks', 600, 1],
    ['long looks', 100, 200],
  ])('%s at a place', (_name, count, length) => {
    const rules = range(count).map((i) =>
      ruleOf(`R${i}`, `ka.user.name contains "${'x'.repeat(length)}${i}."`),
    );
    const lines = range(300).map((i) => event(`"${'x'.repeat(length)}${i % 150}.${i}"`));
    expectSame(rules.join(''), lines);
  });
  test('more looks than there is room for, at many places', () => {
    const rules = range(60).map((i) =>
      ruleOf(
        `R${i}`,
        `jevt.value[/x${i}] contains anyof (${range(20)
          .map((n) => `k${n}v`)
          .join(', ')})`,
      ),
    );
    const lines = range(400).map((i) => event('"u"', `,"x${i % 60}":"${i} k${i % 40}v ${i}"`));
    expectSame(rules.join(''), lines);
  });
  test('more signs than are remembered', () => {
    const rules = range(12).map((i) => ruleOf(`R${i}`, `ka.user.name contains "<${i}>"`));
    const lines = range(4096).map((i) =>
      event(
        `"${range(12)
          .map((bit) => ((i >> bit) & 1 ? `<${bit}>` : ''))
          .join('')} ${i}"`,
      ),
    );
    expectSame(rules.join(''), lines, lines.toReversed());
  });
});
