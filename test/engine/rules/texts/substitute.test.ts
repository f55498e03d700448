import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ListInfo } from '../../../../src/engine/rules/definitions.js';
import { type CompiledLists, compileLists } from '../../../../src/engine/rules/texts/lists.js';
import { substituteLists } from '../../../../src/engine/rules/texts/substitute.js';

const context = { locations: [] };

function lists(contents: readonly (readonly [string, readonly string[]])[]): CompiledLists {
  const infos = contents.map(
    ([name, items], index): ListInfo => ({ name, items, context, index, visibility: index, changes: 0 }),
  );
  return compileLists(new Map(infos.map((info) => [info.name, info])));
}

/** Every list is looked for, one after the other, as Falco does. */
function oneByOne(condition: string, { lists }: CompiledLists): string {
  return lists.reduce(
    (text, list) =>
      substituteLists(text, { lists: [list], used: new Set(), ranks: new Map(), others: [0] }).text,
    condition,
  );
}

const name = fc.constantFrom('a', 'b', 'ab', 'a b', 'b,a', ' ', 'a=', '(b)', 'c', 'c d', '');
const content = fc.tuple(name, fc.array(name, { maxLength: 4 }));
const text = fc
  .array(fc.oneof(name, fc.constantFrom(' ', ', ', '(', ')', '=', 'x', '"a"')), { maxLength: 12 })
  .map((pieces) => pieces.join(''));

it('finds the lists of a condition as if it looked for all of them in order', () => {
  fc.assert(
    fc.property(text, fc.uniqueArray(content, { maxLength: 8, selector: ([name]) => name }), (text, made) => {
      const named = made.filter(([name]) => name !== '');
      const compiled = lists(named);
      expect(substituteLists(text, compiled).text).toBe(oneByOne(text, compiled));
    }),
    { numRuns: 5000 },
  );
});
