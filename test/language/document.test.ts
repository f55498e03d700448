// A document that is edited piece by piece is the one that its whole text gives.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDocument, edited, type TextDocument } from '../../src/language/document.js';

const text = fc
  .array(fc.constantFrom('a', ' ', '\n', '\r\n', 'é', '€', '😀', '- rule: x\n'), { maxLength: 30 })
  .map((parts) => parts.join(''));
const position = fc.record({
  line: fc.nat({ max: 12 }),
  // Editors count UTF-16 units, and never point into the middle of a letter.
  letters: fc.nat({ max: 12 }),
});

const placeIn = (
  { text: whole }: { readonly text: string },
  { line, letters }: { line: number; letters: number },
) => {
  const own = whole.split('\n')[line]?.replace(/\r$/, '') ?? '';
  return { line, character: [...own].slice(0, letters).join('').length };
};

/** The same edit on a text, as the protocol says it. */
function offsetIn(whole: string, { line, character }: { line: number; character: number }): number {
  const lines = whole.split('\n');
  if (line >= lines.length) return whole.length;
  return lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
}

const facts = ({ bytes, lines, starts, version }: TextDocument) => ({ bytes, lines, starts, version });

it('edits one after the other give what the whole text gives', () => {
  fc.assert(
    fc.property(text, fc.array(fc.tuple(position, position, text), { maxLength: 8 }), (first, edits) => {
      let whole = first;
      let document = createDocument('file:///a', 0, first);
      for (const [index, [one, other, added]] of edits.entries()) {
        const places = [one, other].map((each) => placeIn({ text: whole }, each));
        const [start, end] = places.sort((a, b) => a.line - b.line || a.character - b.character);
        document = edited(document, index + 1, { start: start!, end: end! }, added);
        whole = whole.slice(0, offsetIn(whole, start!)) + added + whole.slice(offsetIn(whole, end!));
        expect(facts(document)).toEqual(facts(createDocument('file:///a', index + 1, whole)));
      }
    }),
  );
});

it('an edit may begin behind the end, as where a file is new', () => {
  const empty = createDocument('file:///a', 0, '');
  const place = { line: 3, character: 7 };
  expect(edited(empty, 1, { start: place, end: place }, 'a\nb').lines).toEqual(['a', 'b']);
});
