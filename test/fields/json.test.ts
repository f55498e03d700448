// json.* and jevt.* (spec: fields-and-sources.md §2).

import { describe, expect, test } from 'vitest';
import { createFieldTable } from '../../src/plugins/field-table.js';
import { eventOf, fieldValue } from './support.js';

const table = createFieldTable('k8s_audit');
const at = (text: string, pointer: string): unknown =>
  fieldValue(table, `json.value[${pointer}]`, eventOf(text));

describe('json.value', () => {
  const TEXT = '{"a":[10,{"b/c":"x","~":1,"":2,"01":3}],"#":{"a":null},"s":"","10":"t","o":{ "k" : [1, 2] }}';
  test.each([
    ['/a/0', '10'],
    ['a/0', '10'],
    ['/a/00', '10'],
    ['/a/+0', '10'],
    ['/a/-0', '10'],
    ['/a/-1', undefined],
    ['/a/-', undefined],
    ['/a/2', undefined],
    ['/a/99999999999999999999', undefined],
    ['/a/x', undefined],
    ['/a/1/b~1c', 'x'],
    ['/a/1/~0', '1'],
    ['/a/1/', '2'],
    ['/a/1/01', '3'],
    ['/a/1/1', undefined],
    ['/a/0/0', undefined],
    ['/10', 't'],
    ['/#/a', 'null'],
    ['#/a', 'null'],
    ['/#/a/b', undefined],
    ['/s', ''],
    ['/s/', undefined],
    ['/', undefined],
    ['/o', '{"k":[1,2]}'],
    ['/o/k', '[1,2]'],
    ['/o/k/1', '2'],
  ])('%s', (pointer, expected) => {
    expect(at(TEXT, pointer)).toBe(expected);
    expect(fieldValue(table, `jevt.value[${pointer}]`, eventOf(TEXT))).toBe(expected);
  });

  test('an empty pointer is the whole event', () => {
    expect(at(' { "a" : 1 } ', '')).toBe('{"a":1}');
    expect(at('[1, 2]', '')).toBe('[1,2]');
    expect(at('[1, 2]', '/1')).toBe('2');
    expect(at('"x"', '')).toBeUndefined();
    expect(at('5', '/a')).toBeUndefined();
  });

  test('~01 is ~1', () => {
    expect(at('{"~1":"x"}', '/~01')).toBe('x');
  });

  test('the first of equal keys, escaped keys, keys with a backslash', () => {
    expect(at('{"a":1,"a":2}', '/a')).toBe('1');
    expect(at('{"\\u0061":1,"\\u0061":2}', '/a')).toBe('1');
    expect(at('{"a\\b":1}', '/a\\b')).toBeUndefined();
    expect(at('{"a\\\\b":1}', '/a\\b')).toBe('1');
  });
});

describe('json.obj', () => {
  test('is indented by two spaces, tokens untouched', () => {
    const text = '{"a":[1.50,{"b":"\\/\\u00e9"}],"e":{},"f":[],"a":null}';
    const expected =
      '{\n  "a": [\n    1.50,\n    {\n      "b": "\\/\\u00e9"\n    }\n  ],\n  "e": {},\n  "f": [],\n  "a": null\n}';
    expect(fieldValue(table, 'json.obj', eventOf(text))).toBe(expected);
    expect(fieldValue(table, 'jevt.obj', eventOf(expected))).toBe(expected);
  });
  test.each(['{"a":NaN}', '{"a":01}', '{"a":"\\q"}', '{"a":"\u0001"}', '5'])(
    'is missing for %j, which is no strict JSON object',
    (text) => {
      expect(fieldValue(table, 'json.obj', eventOf(text))).toBeUndefined();
    },
  );
});

test('json.rawtime is the time in nanoseconds, as text', () => {
  const event = eventOf('{}', { seconds: 1_730_000_000, nanos: 5 });
  expect(fieldValue(table, 'json.rawtime', event)).toBe('1730000000000000005');
  expect(fieldValue(table, 'jevt.rawtime', eventOf('1'))).toBeUndefined();
});
