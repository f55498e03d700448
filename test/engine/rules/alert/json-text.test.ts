import { describe, expect, it } from 'vitest';
import { escapeLine, jsonString, jsonValue } from '../../../../src/engine/rules/alert/json-text.js';

const parse = (bytes: string): unknown => JSON.parse(Buffer.from(bytes, 'latin1').toString('utf8'));

describe('values', () => {
  it.each([
    [undefined, 'null'],
    [[], 'null'],
    [['a', 'b"'], '["a","b\\""]'],
    [true, 'true'],
    [1714564800123456000n, '1714564800123456000'],
    ['a/\x7f\u0001', '"a/\x7f\\u0001"'],
    ['Zo\xc3\xab', '"Zo\xc3\xab"'],
  ] as const)('value %#: %s', (value, json) => {
    expect(jsonValue(value)).toBe(json);
  });

  it.each([
    ['a\xff\xfeb', 'a\ufffd\ufffdb'],
    ['b\xc3(c', 'b\u00e8c'],
    ['\xc3', '\ufffd'],
    ['\xe2\x82', '\ufffd\ufffd'],
    ['\xe2\x82\xac \xf0\x9f\x98\x80 \xff', '\u20ac \u{1f600} \ufffd'],
    ['\xed\xa0\x80\xff', '\ufffd\ufffd'],
    ['\xf7\xbf\xbf\xbf', '\ufffd'],
    ['\xc0\x80\xff', '\ufffd\ufffd'],
  ])('with broken UTF-8 are read leniently: %j', (bytes, text) => {
    expect(parse(jsonValue(bytes))).toBe(text);
  });
});

describe('other strings', () => {
  it('have one U+FFFD for each broken part', () => {
    expect(parse(jsonString('b\xc3(c'))).toBe('b\ufffd(c');
    expect(escapeLine('a"\n\xff')).toBe('a\\"\\n\xef\xbf\xbd');
  });
});
