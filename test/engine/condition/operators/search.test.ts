import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contains } from '../../../../src/engine/condition/operators/search.js';

test('long needles are found where the built-in search finds them', () => {
  const piece = fc.constantFrom('a'.repeat(100), 'ab'.repeat(50), 'b', 'a', `${'a'.repeat(99)}b`);
  const long = fc.array(piece, { minLength: 3, maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(long, long, fc.nat(50), fc.boolean(), (text, needle, cut, inside) => {
      const of = inside ? text.slice(cut, cut + 300) : needle;
      expect(contains(text, of)).toBe(text.includes(of));
    }),
    { numRuns: 2000 },
  );
});
