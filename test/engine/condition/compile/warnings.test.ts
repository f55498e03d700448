import { describe, expect, test } from 'vitest';
import { toBytes } from '../../../../src/bytes.js';
import { conditionWarnings } from '../../../../src/engine/condition/compile/warnings.js';
import { parse, testTable } from '../support.js';

const warnings = (condition: string): readonly string[] =>
  conditionWarnings(parse(condition), testTable()).map(({ message }) => message);

const regex = (text: string): string =>
  `regex check with '${text}' may be optimized with simpler operators such as '=', 'contains', 'startswith', 'endswith'`;
const field = (text: string): string => `'${text}' may be a valid field misused as a const string value`;
const transformer = (text: string): string =>
  `'${text}' may be a valid field transformer misused as a const string value`;

describe('regexes that need none', () => {
  test.each(['abc', '^abc$', '.*abc', 'abc.*', '.*abc.*', '.+abc.?', '', '^', '.*', '/api/v1'])(
    '%j',
    (text) => {
      expect(warnings(`t.s regex "${text}"`)).toEqual([regex(text)]);
    },
  );

  test.each(['a.c', 'a|b', '^.*abc', 'abc.*$', '.', 'a.{2}', '(abc)', '\\\\.', '.*a.*b'])(
    'but not %j',
    (text) => {
      expect(warnings(`t.s regex "${text}"`)).toEqual([]);
    },
  );
});

test.each([
  ['t.s = t.r', [field('t.r')]],
  ['t.s = " t . r "', [field(' t . r ')]],
  ['t.s in (a, t.r, t.n)', [field('t.r'), field('t.n')]],
  ['t.s = "t.arg[x]"', [field('t.arg[x]')]],
  ['t.s = t.rx', []],
  ['t.s = val(t.r)', []],
  ['t.s = "tolower(t.r)"', [transformer('tolower(t.r)')]],
  ['t.s = " val( x ) "', [transformer(' val( x ) ')]],
  ['t.s = "tolower()"', [transformer('tolower()')]],
  ['t.s = "tolower(x"', []],
  ['t.s = "Tolower(x)"', []],
  // A field that lacks its argument is no field, and ends the search.
  ['t.s = t.must', []],
  ['t.s regex t_r or t.s regex anyof (x, "t.r")', [regex('t_r'), regex('x'), field('t.r')]],
  ['t.s exists', []],
])('%s', (condition, expected) => {
  expect(warnings(condition)).toEqual(expected);
});

test('stand at the right-hand value, in order, as often as a macro is used', () => {
  const macro = parse('t.s =  t.r');
  const expr = {
    kind: 'and',
    operands: [macro, parse('t.s in (t.n)'), macro],
    position: macro.position,
  } as const;
  expect(conditionWarnings(expr, testTable())).toEqual([
    { message: field('t.r'), position: { offset: 7, line: 1, column: 8 } },
    { message: field('t.n'), position: { offset: 7, line: 1, column: 8 } },
    { message: field('t.r'), position: { offset: 7, line: 1, column: 8 } },
  ]);
});

test('messages are bytes', () => {
  expect(warnings('t.s regex é')).toEqual([toBytes(regex('é'))]);
});
