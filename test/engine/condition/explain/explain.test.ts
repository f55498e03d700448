import { describe, expect, test } from 'vitest';
import { explainCondition } from '../../../../src/engine/condition/explain/explain.js';
import { eventOf, parse, testTable } from '../support.js';

const explain = (condition: string, json: unknown) =>
  explainCondition(parse(condition), testTable(), eventOf(json));

test('every part has its verdict, asked for or not', () => {
  const explained = explain('t.s = b and (t.n > 1 or not t.r exists)', { s: 'a', n: 2 });
  expect(explained).toMatchObject({
    kind: 'branch',
    verdict: false,
    operands: [
      { kind: 'check', verdict: false, left: 'a', constants: [{ text: 'b', fits: false }] },
      {
        kind: 'branch',
        verdict: true,
        operands: [
          { verdict: true, left: 2n },
          { verdict: true, operands: [{ verdict: false, left: undefined }] },
        ],
      },
    ],
  });
  if (explained.kind !== 'branch') throw new Error('no branch');
  expect(explained.decidedBy).toBe(explained.operands[0]);
  const or = explained.operands[1]!;
  expect(or.kind === 'branch' && or.decidedBy).toBe(or.kind === 'branch' && or.operands[0]);
});

test('no single operand decides a true `and` or a false `or`', () => {
  for (const condition of ['t.s = a and t.s = a', 't.s = b or t.s = c']) {
    const explained = explain(condition, { s: 'a' });
    expect(explained.kind === 'branch' && explained.decidedBy).toBeUndefined();
  }
});

describe('checks show what was compared', () => {
  test.each([
    [
      't.s in (a, b, c)',
      { s: 'b' },
      {
        verdict: true,
        left: 'b',
        constants: [
          { text: 'a', fits: false },
          { text: 'b', fits: true },
          { text: 'c', fits: false },
        ],
      },
    ],
    [
      't.s startswith oneof (a, ab)',
      { s: 'abc' },
      {
        verdict: false,
        constants: [
          { text: 'a', fits: true },
          { text: 'ab', fits: true },
        ],
      },
    ],
    [
      't.l in (a)',
      { l: ['a', 'b'] },
      { verdict: false, left: ['a', 'b'], constants: [{ text: 'a', fits: true }] },
    ],
    ['t.s = a', {}, { verdict: false, left: undefined, constants: [{ text: 'a', fits: false }] }],
    ['tolower(t.s) = a', { s: 'A' }, { verdict: true, left: 'a' }],
    ['len(t.l) = 1', { l: ['x'] }, { verdict: true, left: 1n }],
    [
      't.s = tolower(t.r)',
      { s: 'a', r: 'A' },
      { verdict: true, left: 'a', constants: [], right: { value: 'a' } },
    ],
    ['t.s != val(t.r)', { s: 'a' }, { verdict: false, left: 'a', right: { value: undefined } }],
  ])('%s', (condition, json, expected) => {
    expect(explain(condition, json)).toMatchObject({ kind: 'check', ...expected });
  });
});
