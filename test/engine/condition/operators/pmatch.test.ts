import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileGlob } from '../../../../src/engine/condition/operators/glob.js';
import { compilePathPrefixes } from '../../../../src/engine/condition/operators/pmatch.js';
import { cpuMs } from '../../../cpu-time.js';

test.each([
  [['/api'], '/api/v1', true],
  [['/ap'], '/api/v1', false],
  [['api'], '/api/v1', true],
  [['/'], '/api', true],
  [['/'], '', true],
  [[''], '/api', true],
  [[], '/api', false],
  [['/api/v1'], '/api', false],
  [['/api//v1/'], '//api/v1', true],
  [['/var/*/log'], '/var/a/log/x', true],
  [['/var/*/log'], '/var/a/b/log', false],
  [['/a?i'], '/api/x', true],
  [['/[ab]pi'], '/bpi', true],
  [['/API'], '/api', false],
  [['/api/v1', '/api'], '/api/v2', true],
  [['/api', '/api/v1'], '/api/v2', true],
  // Falco misses these in one order of the items: all components that fit are followed.
  [['/ap*/v1', '/a*/zz'], '/api/v1', true],
  [['/a*/zz', '/ap*/v1'], '/api/v1', true],
  [['/api/x', '/a*/y'], '/api/y', true],
])('%j on %s: %s', (paths, value, expected) => {
  expect(compilePathPrefixes(paths)(value)).toBe(expected);
});

const split = (path: string): readonly string[] => path.split('/').filter((part) => part !== '');

test('against the definition', () => {
  const path = fc
    .array(fc.constantFrom('a', 'b', 'ab', 'a*', '?', '*', '[ab]', ''), { maxLength: 4 })
    .map((parts) => parts.join('/'));
  const value = fc
    .array(fc.constantFrom('a', 'b', 'ab', 'ba', ''), { maxLength: 5 })
    .map((parts) => `/${parts.join('/')}`);
  fc.assert(
    fc.property(fc.array(path, { maxLength: 4 }), value, (paths, of) => {
      const parts = split(of);
      const expected = paths.some((item) => {
        const wanted = split(item);
        return (
          wanted.length <= parts.length && wanted.every((glob, i) => compileGlob(glob, false)(parts[i]!))
        );
      });
      expect(compilePathPrefixes(paths)(of)).toBe(expected);
    }),
    { numRuns: 3000 },
  );
});

test('globs at every level take no exponential time', () => {
  const paths = Array.from({ length: 40 }, (_, i) => `${'/*/a*'.repeat(20)}/${i}`);
  const took = cpuMs(() => {
    expect(compilePathPrefixes(paths)(`${'/a'.repeat(2000)}/x`)).toBe(false);
  });
  expect(took).toBeLessThan(1000);
});
