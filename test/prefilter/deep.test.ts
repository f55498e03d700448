// A value nested deeply hides nobody's event: it is evaluated on every way, up to a limit; beyond it, it is named.

import { expect, test } from 'vitest';
import { MAX_DEPTH } from '../../src/json/document.js';
import { PREFILTERED, ruleOf, rulesetsOf, runnerOf } from './support.js';

/** An event nested so many levels deep, with itself and the value inside. */
function event(depth: number, kind: 'arrays' | 'objects', verb: string): string {
  const levels = depth - 2;
  const value =
    kind === 'arrays'
      ? `${'['.repeat(levels)}1${']'.repeat(levels)}`
      : `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  return `{"kind":"Event","auditID":"${depth}","verb":"${verb}","stageTimestamp":"2026-11-30T00:00:00.000001Z","requestObject":${value},"user":{"username":"evil"}}`;
}

const rulesets = rulesetsOf(
  ruleOf('D', 'ka.verb = delete', '%ka.auditid %ka.user.name') +
    ruleOf('E', 'jevt.value[/requestObject/a/a] exists', '%ka.auditid') +
    ruleOf('F', 'jevt.obj contains evil and ka.verb = patch', '%ka.auditid'),
);
const DEPTHS = [290, 299, 300, 301, 305, 10_000, MAX_DEPTH];

test.each(['plain', ...PREFILTERED] as const)('evaluated, and passed over, as others: %s', (way) => {
  const run = runnerOf(rulesets, way);
  for (const kind of ['arrays', 'objects'] as const) {
    // Twice, since readers have learned something then.
    for (let time = 0; time < 2; time++) {
      for (const verb of ['delete', 'patch', 'get']) {
        const { outcome } = run(DEPTHS.map((depth) => event(depth, kind, verb)));
        const rules = [
          ...(verb === 'delete' ? ['D'] : []),
          ...(kind === 'objects' ? ['E'] : []),
          ...(verb === 'patch' ? ['F'] : []),
        ];
        expect(outcome.alerts).toHaveLength(rules.length * DEPTHS.length);
        expect(outcome).toMatchObject({ events: DEPTHS.length, complaints: [] });
      }
    }
  }
});

test.each(['plain', ...PREFILTERED] as const)('named beyond the limit, and alone: %s', (way) => {
  const { outcome } = runnerOf(
    rulesets,
    way,
  )([
    event(10, 'arrays', 'delete'),
    event(MAX_DEPTH + 1, 'arrays', 'delete'),
    event(40_000, 'objects', 'delete'),
    event(10, 'arrays', 'delete'),
  ]);
  expect(outcome.events).toBe(2);
  expect(outcome.complaints).toEqual([
    expect.stringMatching(/too big depth .* \(auditID=16385 verb=delete user=evil\)$/),
    expect.stringMatching(/too big depth .* \(auditID=40000 verb=delete user=evil\)$/),
  ]);
});

test('arrays of events may be nested as deeply', () => {
  const inside = event(10, 'arrays', 'delete');
  const levels = MAX_DEPTH - 11;
  const { outcome } = runnerOf(rulesets, 'texts')([`${'['.repeat(levels)}${inside}${']'.repeat(levels)}`]);
  expect(outcome.alerts).toHaveLength(1);
});
