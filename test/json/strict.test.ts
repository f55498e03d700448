import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toBytes } from '../../src/bytes.js';
import { element } from '../../src/json/read.js';
import { isStrictJson } from '../../src/json/strict.js';
import { createScanner } from '../../src/prefilter/reader/fastest.js';

const scanner = createScanner();
const strict = (text: string): boolean => {
  const document = scanner.scan(toBytes(text));
  return document !== undefined && isStrictJson(document, 0);
};

test.each([
  ['{"a":[1,-0.5e+3,true,false,null,"\\u00e9\\\\\\"\\/é"]}', true],
  ['[0]', true],
  ['[01]', false],
  ['[1.]', false],
  ['[.5]', false],
  ['[+1]', false],
  ['[-]', false],
  ['[1e]', false],
  ['[inf]', false],
  ['["\\q"]', false],
  ['["\\\\q"]', true],
  ['["\\u12"]', false],
  ['["\t"]', false],
  ['["\x7f"]', true],
  ['{"\\x":1}', false],
  ['{"a":{"b":[{"c":nan}]}}', false],
])('%s: %s', (text, expected) => {
  expect(strict(text)).toBe(expected);
});

test('only the value asked about counts', () => {
  const document = scanner.scan('[nan,[1]]')!;
  expect(isStrictJson(document, element(document, 0, 0))).toBe(false);
  expect(isStrictJson(document, element(document, 0, 1))).toBe(true);
});

test('agrees with JSON.parse on what the scanner accepts', () => {
  const piece = fc.constantFrom(
    '{"a":',
    '}',
    '[',
    ']',
    ',',
    '1',
    '0',
    '-',
    '.',
    'e',
    '+',
    '"x"',
    '"\\',
    '"',
    'u00e9',
    'n',
    'true',
    'nan',
    '\t',
    '\\',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      const text = pieces.join('');
      let parses = true;
      try {
        JSON.parse(text);
      } catch {
        parses = false;
      }
      expect(strict(text)).toBe(parses);
    }),
    { numRuns: 5000 },
  );
});
