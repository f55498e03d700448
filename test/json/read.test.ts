// Reading values from a tape: look-up of keys, decoding of strings, printing (valyala/fastjson is the measure).

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBytes, toBytes } from '../../src/bytes.js';
import { type JsonDocument, NO_NODE } from '../../src/json/document.js';
import {
  children,
  compactText,
  element,
  keyText,
  member,
  nodeKind,
  prettyText,
  stringText,
  valueText,
} from '../../src/json/read.js';
import { createScanner } from '../../src/prefilter/reader/fastest.js';

function scan(text: string): JsonDocument {
  const document = createScanner().scan(toBytes(text));
  if (document === undefined) throw new Error(`no JSON: ${text}`);
  return document;
}

describe('strings', () => {
  test.each([
    ['"a\\n\\t\\b\\f\\r\\"\\\\\\/"', 'a\n\t\b\f\r"\\/'],
    ['"\\u00e9"', 'é'],
    ['"\\u00E9\\u0041"', 'éA'],
    ['"\\ud83d\\ude00"', '😀'],
    ['"é😀"', 'é😀'],
    ['"\\q\\x41"', '\\q\\x41'],
    ['"\\u12"', '\\u12'],
    ['"\\u12g4x"', '\\u12g4x'],
    ['"\\ud800"', '\\ud800'],
    ['"\\ud800x"', '\\ud800x'],
    ['"\\ud800\\n"', '\\ud800\n'],
    ['"\\ud800\\u00zz"', '\\ud800\\u00zz'],
    ['"\\ud800\\u0041"', '\ufffd'],
    ['"\\ude00\\ud83d"', '\ufffd'],
    ['"\\ud83d\\ud83d\\ude00"', '\ufffd\\ude00'],
  ])('%s', (text, expected) => {
    expect(fromBytes(stringText(scan(text), 0))).toBe(expected);
  });
});

describe('look-up', () => {
  const document = scan('{"ab":1,"a\\u0062":2,"\\u0062":3,"c":{"ab":4},"":5,"ab":6}');
  test.each([
    ['ab', '1'],
    ['b', '3'],
    ['', '5'],
    ['c', '{"ab":4}'],
    ['a', undefined],
    ['abc', undefined],
    ['\\u0062', undefined],
  ])('%j', (key, expected) => {
    const node = member(document, 0, key);
    expect(node === NO_NODE ? undefined : valueText(document, node)).toBe(expected);
  });
  test('in what is no object', () => {
    expect(member(scan('["ab",1]'), 0, 'ab')).toBe(NO_NODE);
    expect(member(scan('"ab"'), 0, 'ab')).toBe(NO_NODE);
  });
  test('elements', () => {
    const array = scan('[[1,2],{"a":3},4]');
    expect([0, 1, 2].map((index) => valueText(array, element(array, 0, index)))).toEqual([
      '[1,2]',
      '{"a":3}',
      '4',
    ]);
    expect(element(array, 0, 3)).toBe(NO_NODE);
    expect(element(scan('[]'), 0, 0)).toBe(NO_NODE);
    expect(element(scan('{"a":1}'), 0, 0)).toBe(NO_NODE);
  });
  test('children and their keys', () => {
    expect(children(document, 0).map((node) => keyText(document, node))).toEqual([
      'ab',
      'ab',
      'b',
      'c',
      '',
      'ab',
    ]);
    expect(children(scan('{}'), 0)).toEqual([]);
    expect(children(scan('[ ]'), 0)).toEqual([]);
  });
});

test.each([
  ['{}', 'object'],
  ['[]', 'array'],
  ['""', 'string'],
  ['-1', 'number'],
  ['nan', 'number'],
  ['Inf', 'number'],
  ['true', 'true'],
  ['false', 'false'],
  ['null', 'null'],
])('%s is of kind %s', (text, kind) => {
  expect(nodeKind(scan(text), 0)).toBe(kind);
});

describe('printing', () => {
  test('compact keeps spelling, order, escapes and duplicates', () => {
    expect(compactText(scan(' { "b" : 1.50 , "10" : [ ] , "b" : "\\/ x" , "o" : { } }\n'), 0)).toBe(
      '{"b":1.50,"10":[],"b":"\\/ x","o":{}}',
    );
    expect(compactText(scan(' 1e3 '), 0)).toBe('1e3');
  });
  test('as many levels as Falco reads, and more', () => {
    for (const depth of [299, 2000]) {
      const deep = `${'['.repeat(depth)}1${']'.repeat(depth)}`;
      const pretty = prettyText(scan(deep), 0);
      expect(pretty).toContain(`\n${'  '.repeat(depth)}1\n`);
      expect(compactText(scan(pretty), 0) === deep).toBe(true);
    }
  });
  test('what would take far more room indented than it does is printed compact', () => {
    const deep = `${'['.repeat(16_000)}${'1,'.repeat(100_000)}1${']'.repeat(16_000)}`;
    expect(prettyText(scan(deep), 0) === deep).toBe(true);
  });
  test('as JSON.stringify prints', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const document = scan(JSON.stringify(value, undefined, space));
        expect(fromBytes(compactText(document, 0))).toBe(JSON.stringify(value));
        expect(fromBytes(prettyText(document, 0))).toBe(JSON.stringify(value, undefined, 2));
      }),
    );
  });
  test('strings decode as JSON.parse decodes them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fromBytes(stringText(scan(JSON.stringify(text)), 0))).toBe(text);
      }),
    );
  });
});
