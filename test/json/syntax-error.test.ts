// Messages of valyala/fastjson, as Falco's plugins log them.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toBytes } from '../../src/bytes.js';
import { MAX_DEPTH } from '../../src/json/document.js';
import { whyRefused } from '../../src/json/syntax-error.js';
import { createScanner } from '../../src/prefilter/reader/fastest.js';

const cannot = (reason: string, tail: string): string =>
  `cannot parse JSON: ${reason}; unparsed tail: "${tail}"`;

test.each([
  ['', cannot('cannot parse empty string', '')],
  [' \n', cannot('cannot parse empty string', '')],
  ['{', cannot("cannot parse object: missing '}'", '')],
  ['[ ', cannot("cannot parse array: missing ']'", '')],
  ["{'a':1}", cannot(`cannot parse object: cannot find opening '"" for object key`, "'a':1}")],
  ['{"a', cannot(`cannot parse object: cannot parse object key: missing closing '"'`, '')],
  ['{"a" 1}', cannot("cannot parse object: missing ':' after object key", '1}')],
  [
    '{"a":}',
    cannot('cannot parse object: cannot parse object value: cannot parse number: unexpected char: "}"', '}'),
  ],
  ['{"a":', cannot('cannot parse object: cannot parse object value: cannot parse empty string', '')],
  ['{"a":1', cannot('cannot parse object: unexpected end of object', '')],
  ['{"a":1 "b"}', cannot("cannot parse object: missing ',' after object value", '\\"b\\"}')],
  ['[1,', cannot('cannot parse array: cannot parse array value: cannot parse empty string', '')],
  ['[1', cannot('cannot parse array: unexpected end of array', '')],
  ['[1 2]', cannot("cannot parse array: missing ',' after array value", '2]')],
  [
    '[{"a":[x]}]',
    cannot(
      'cannot parse array: cannot parse array value: cannot parse object: cannot parse object value: cannot parse array: cannot parse array value: cannot parse number: unexpected char: "x"',
      'x]}]',
    ),
  ],
  ['"abc', cannot(`cannot parse string: missing closing '"'`, '')],
  ['tru', cannot('unexpected value found: "tru"', 'tru')],
  ['nul', cannot('unexpected value found: "nul"', 'nul')],
  ['-x', cannot('cannot parse number: unexpected char: "-"', '-x')],
  ['hello', cannot('cannot parse number: unexpected char: "h"', 'hello')],
  ['\ufeff{}', cannot('cannot parse number: unexpected char: "\\xef"', '\\ufeff{}')],
  ['{} {}', 'unexpected tail: "{}"'],
  ['1x\n\x01é\u2028\u{1f600}', 'unexpected tail: "x\\n\\x01é\\u2028\u{1f600}"'],
  ['NaN5', 'unexpected tail: "5"'],
  [`1 ${'a'.repeat(81)}`, `unexpected tail: "${'a'.repeat(40)}...${'a'.repeat(40)}"`],
  [`1 ${'a'.repeat(80)}`, `unexpected tail: "${'a'.repeat(80)}"`],
])('%j', (text, message) => {
  expect(whyRefused(toBytes(text)).message).toBe(toBytes(message));
});

test('bytes that are no UTF-8 are shown one by one', () => {
  expect(whyRefused('1 \xff\xc3').message).toBe('unexpected tail: "\\xff\\xc3"');
});

test('too deep: said in few words, which name both ends of the chain', () => {
  const { tooDeep, message } = whyRefused(`{"a":${'['.repeat(MAX_DEPTH)}1${']'.repeat(MAX_DEPTH)}}`);
  const array = 'cannot parse array: cannot parse array value: ';
  expect(tooDeep).toBe(true);
  expect(message).toContain(
    `cannot parse JSON: cannot parse object: cannot parse object value: ${array}${array}... ${MAX_DEPTH - 6} more ...: ${array}${array}${array}too big depth for the nested JSON; it exceeds ${MAX_DEPTH}; unparsed tail: "`,
  );
  expect(whyRefused('['.repeat(100_000)).message.length).toBeLessThan(600);
  expect(whyRefused('['.repeat(10)).tooDeep).toBe(false);
});

test('every text that the scanner refuses has a reason, and its tail is the end of the text', () => {
  const scanner = createScanner();
  const byte = fc.constantFrom(...'{}[]",:\\ \n0-+.eEntfainx\xff\x00', '"a":', 'true', 'null');
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 20 }), (bytes) => {
      const text = bytes.join('');
      const { message } = whyRefused(text);
      expect(message).toMatch(/^cannot parse JSON: .+; unparsed tail: "|^unexpected tail: "/);
      // Only a well-formed text has nothing behind its value.
      expect(message === 'unexpected tail: ""').toBe(scanner.scan(text) !== undefined);
    }),
    { numRuns: 3000 },
  );
});
