// The cases come from fnmatch(3) of the GNU C library in the C locale.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBytes } from '../../../../src/bytes.js';
import { compileGlob, compileValueGlob } from '../../../../src/engine/condition/operators/glob.js';
import { cpuMs } from '../../../cpu-time.js';

const matches = (pattern: string, value: string, fold = false): boolean => compileGlob(pattern, fold)(value);

test.each([
  ['', '', true],
  ['', 'a', false],
  ['a', 'a', true],
  ['a', 'A', false],
  ['*', '', true],
  ['*', '.hidden/a', true],
  ['/api*', '/api/v1/pods', true],
  ['*pods', '/api/v1/pods', true],
  ['*v1*', '/api/v1/pods', true],
  ['/api*pods', '/api/v1/pods', true],
  ['ab*ba', 'aba', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['?', '', false],
  ['?', '/', true],
  ['a**?c', 'abc', true],
  ['a*?', 'a', false],
  ['\\*', '*', true],
  ['\\*', 'x', false],
  ['\\a', 'a', true],
  ['a\\', 'a', false],
  ['a\\', 'a\\', false],
  ['*\\', 'a', false],
  ['a{b,c}', 'ab', false],
  ['a{b,c}', 'a{b,c}', true],
])('%j on %j: %s', (pattern, value, expected) => {
  expect(matches(pattern, value)).toBe(expected);
});

describe('brackets', () => {
  test.each([
    ['[abc]', 'b', true],
    ['[abc]', 'd', false],
    ['[a-c]', 'b', true],
    ['[c-a]', 'b', false],
    ['[!a-c]', 'd', true],
    ['[^a-c]', 'b', false],
    ['[]a]', ']', true],
    ['[!]a]', ']', false],
    ['[a-]', '-', true],
    ['[-a]', '-', true],
    ['[\\]]', ']', true],
    ['[\\a-c]', 'b', true],
    ['[[:alpha:]]', 'x', true],
    ['[[:digit:][:upper:]]', 'X', true],
    ['[[:foo:]]', 'f', false],
    ['[![:foo:]]', 'x', false],
    ['[a[:foo:]]', 'a', true],
    ['[[.a.]]', 'a', true],
    ['[[.ab.]]', 'a', false],
    ['[[=a=]]', 'a', true],
    ['[[.a.]-c]', 'b', true],
    ['[', '[', true],
    ['[a', '[a', true],
    ['*[a', 'x[a', true],
    ['[a-', '[a-', false],
    ['[a', 'a', false],
    ['[a\\', '[a', false],
    ['[/]', '/', true],
  ])('%j on %j: %s', (pattern, value, expected) => {
    expect(matches(pattern, value)).toBe(expected);
  });
});

test('iglob folds ASCII letters on both sides', () => {
  expect(matches('A?c', 'aBC', true)).toBe(true);
  expect(matches('[A-C]', 'b', true)).toBe(true);
  expect(matches('[a-c]', 'B', true)).toBe(true);
  // Classes look at the value as it is.
  expect(matches('[[:upper:]]', 'b', true)).toBe(false);
  expect(matches(toBytes('É*'), toBytes('école'), true)).toBe(false);
});

test('`?` is one byte', () => {
  expect(matches('?COLE', toBytes('ÉCOLE'))).toBe(false);
  expect(matches('??COLE', toBytes('ÉCOLE'))).toBe(true);
});

test('many stars take no more time than the product of both lengths', () => {
  const value = 'a'.repeat(100_000);
  const took = cpuMs(() => {
    expect(matches('a*a*a*a*a*a*a*a*b', value)).toBe(false);
    expect(matches('*a*a?a*[ab]*b', value)).toBe(false);
    expect(matches(`${'[a'.repeat(120)}*`, value)).toBe(false);
  });
  expect(took).toBeLessThan(2000);
});

test('long globs from events match as plain text only', () => {
  const long = 'a'.repeat(300);
  expect(compileValueGlob(long, false)(long)).toBe(true);
  expect(compileValueGlob(long, true)(long.toUpperCase())).toBe(true);
  expect(compileValueGlob(`${long}*`, false)(long)).toBe(false);
  expect(compileValueGlob('a*', false)(long)).toBe(true);
});

// Straight from the definition, in exponential time.
function naive(pattern: string, value: string): boolean {
  if (pattern === '') return value === '';
  const rest = pattern.slice(1);
  if (pattern[0] === '*') return naive(rest, value) || (value !== '' && naive(pattern, value.slice(1)));
  return value !== '' && (pattern[0] === '?' || pattern[0] === value[0]) && naive(rest, value.slice(1));
}

test('stars and question marks, against the definition', () => {
  const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
  const values = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(patterns, values, (pattern, value) => {
      expect(matches(pattern, value)).toBe(naive(pattern, value));
      expect(matches(pattern, value, true)).toBe(naive(pattern, value));
    }),
    { numRuns: 3000 },
  );
});

test('any bytes are a glob', () => {
  const bytes = fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((c) => String.fromCharCode(c)),
    maxLength: 20,
  });
  const odd = fc.string({
    unit: fc.constantFrom('[', ']', ':', '.', '=', '-', '!', '\\', 'a', '*', '?'),
    maxLength: 20,
  });
  fc.assert(
    fc.property(fc.oneof(bytes, odd), bytes, fc.boolean(), (pattern, value, fold) => {
      expect(typeof matches(pattern, value, fold)).toBe('boolean');
    }),
    { numRuns: 3000 },
  );
});
