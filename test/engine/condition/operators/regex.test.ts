// The verdicts and texts are RE2's in POSIX mode.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBytes } from '../../../../src/bytes.js';
import { compileRegex } from '../../../../src/engine/condition/operators/regex.js';
import { cpuMs } from '../../../cpu-time.js';

function matches(pattern: string, value: string): boolean | string {
  const matcher = compileRegex(toBytes(pattern));
  return typeof matcher === 'function' ? matcher(toBytes(value)) : matcher.error;
}

test.each([
  ['rea', 'create', false],
  ['.*rea.*', 'create', true],
  ['', '', true],
  ['', 'a', false],
  ['a.b', 'a\nb', false],
  ['a[^x]b', 'a\nb', true],
  ['.COLE', 'ÉCOLE', true],
  ['a$\n^b', 'a\nb', true],
  ['^a$', 'a', true],
  ['^a$', 'a\n', false],
  ['a|', '', true],
  ['a**', 'aaa', true],
  ['a*?', 'aaa', true],
  ['a+?', '', true],
  ['(a|b){2}', 'ab', true],
  ['a{2,}', 'a', false],
  ['a{2', 'a{2', true],
  ['a{,2}', 'a{,2}', true],
  ['a{02}', 'a{02}', true],
  ['[[:alpha:]]+', 'abC', true],
  ['[[:^digit:]]', '5', false],
  ['[]a]+', ']a', true],
  ['[a-]+', '-a', true],
  ['\\162ea\\x64\\x{64}', 'readd', true],
  ['\\.\\-\\_\\n\\t', '.-_\n\t', true],
  ['[\\]\\n]+', ']\n', true],
  ['[^\\x00-\\x{10FFFF}]', 'a', false],
  ['(ab)', 'ab', true],
])('%j on %j: %s', (pattern, value, expected) => {
  expect(matches(pattern, value)).toBe(expected);
});

describe('refused', () => {
  test.each([
    ['\\d', 'invalid escape sequence: \\d'],
    ['\\w+', 'invalid escape sequence: \\w'],
    ['\\bx', 'invalid escape sequence: \\b'],
    ['\\A', 'invalid escape sequence: \\A'],
    ['x\\z', 'invalid escape sequence: \\z'],
    ['\\pL', 'invalid escape sequence: \\p'],
    ['\\Qa\\E', 'invalid escape sequence: \\Q'],
    ['\\C', 'invalid escape sequence: \\C'],
    ['\\1', 'invalid escape sequence: \\1'],
    ['\\x4', 'invalid escape sequence: \\x4'],
    ['\\x{110000}', 'invalid escape sequence: \\x{110000'],
    ['\\é', 'invalid escape sequence: \\é'],
    ['[\\d]', 'invalid escape sequence: \\d'],
    ['a\\', 'trailing \\'],
    ['(?:a)', 'no argument for repetition operator: ?'],
    ['(?i)x', 'no argument for repetition operator: ?'],
    ['*a', 'no argument for repetition operator: *'],
    ['a|+', 'no argument for repetition operator: +'],
    ['{3}', 'no argument for repetition operator: {3}'],
    ['a{1001}', 'invalid repetition size: {1001}'],
    ['a{3,2}', 'invalid repetition size: {3,2}'],
    ['((a{10}){10}){11}', 'invalid repetition size: {11}'],
    ['[A', 'missing ]: [A'],
    ['x[', 'missing ]: ['],
    ['(abc', 'missing ): (abc'],
    ['abc)', 'unexpected ): abc)'],
    ['[b-a]', 'invalid character class range: b-a'],
    ['[a-b-c]', 'invalid character class range: -c'],
    ['[[:foo:]]', 'invalid character class range: [:foo:]'],
    ['[a-', 'invalid UTF-8'],
  ])('%j: %s', (pattern, message) => {
    expect(matches(pattern, '')).toBe(toBytes(message));
  });

  test('bytes that are no UTF-8', () => {
    expect(compileRegex('a\xff')).toEqual({ error: 'invalid UTF-8' });
  });
});

test('invalid bytes of a value are U+FFFD, one for each broken sequence', () => {
  const matcher = compileRegex(toBytes('a\u{FFFD}b'));
  expect(typeof matcher === 'function' && matcher('a\xffb')).toBe(true);
  expect(typeof matcher === 'function' && matcher('a\xe2\x82b')).toBe(true);
  expect(typeof matcher === 'function' && matcher('a\xff\xffb')).toBe(false);
});

test('what makes other engines hang takes linear time', () => {
  const took = cpuMs(() => {
    expect(matches('(a*)*b', 'a'.repeat(100_000))).toBe(false);
    expect(matches('(a|aa)+$', `${'a'.repeat(100_000)}b`)).toBe(false);
  });
  expect(took).toBeLessThan(3000);
});

test('plain patterns, against the built-in engine', () => {
  const atoms = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab)', '()', '\\.', 'é');
  const repeats = fc.constantFrom('', '', '*', '+', '?', '{2}', '{0,2}', '{1,}');
  const piece = fc.tuple(atoms, repeats).map(([atom, repeat]) => atom + repeat);
  const pattern = fc
    .array(
      fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((branches) => branches.join('|'));
  const value = fc.string({ unit: fc.constantFrom('a', 'b', '.', 'é', '\n'), maxLength: 6 });
  fc.assert(
    fc.property(pattern, value, (source, text) => {
      expect(matches(source, text)).toBe(
        new RegExp(
          `^(?:${source.replaceAll('.', (dot, at) => (source[at - 1] === '\\' ? dot : '[^\\n]'))})$`,
          'u',
        ).test(text),
      );
    }),
    { numRuns: 3000 },
  );
});

test('any pattern compiles or is refused', () => {
  const odd = fc.string({ unit: fc.constantFrom(...'ab()|*+?.^$[]{}\\-,01:xn\n'), maxLength: 12 });
  fc.assert(
    fc.property(odd, fc.string({ maxLength: 5 }), (pattern, value) => {
      expect(['boolean', 'string']).toContain(typeof matches(pattern, value));
    }),
    { numRuns: 3000 },
  );
});
