import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { piecesOf, spansOf } from '../../src/sources/pieces.js';

const ALL = Number.POSITIVE_INFINITY;

function pieces(text: string, size: number, largest = ALL): string[] {
  const found = piecesOf(Buffer.from(text, 'latin1'), { size, largest });
  return [...found].map((piece) => Buffer.from(piece as string, 'latin1').toString('latin1'));
}

const isBytes = (text: string, size: number): boolean[] =>
  [...piecesOf(Buffer.from(text, 'latin1'), { size, largest: ALL })].map((each) => typeof each !== 'string');

const ITEM = '{"a":"]},{[\\"","b":[1,{}]}';

describe('a body', () => {
  it.each([
    ['[1, {"a":[2]} ,"x"]', ['[1]', '[{"a":[2]}]', '["x"]']],
    [
      `{"kind":"EventList","metadata":{},"items":[${ITEM},${ITEM}],"x":[9]}`,
      [0, 1].map(() => `{"kind":"EventList","items":[${ITEM}]}`),
    ],
    [`{"items":[${ITEM}],"kind":"EventList"}`, [`{"kind":"EventList","items":[${ITEM}]}`]],
    ['{"kind":"List","items":[1,2]}', ['{"kind":"List","items":[1,2]}']],
    ['{"kind":"EventList","items":{}}', ['{"kind":"EventList","items":{}}']],
    ['{"kind":"Event","kind":"EventList","items":[1]}', ['{"kind":"Event","kind":"EventList","items":[1]}']],
    ['{"a":1}\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
    ['{"a":1}{"b":2}[3]', ['{"a":1}', '{"b":2}', '[3]']],
    [' \n', []],
    ['[]', []],
    ['no json at all\n{"a":1}', ['no json at all', '{"a":1}']],
  ])('%s is taken apart', (text, expected) => {
    expect(pieces(text, 0)).toEqual(expected);
  });

  it.each([
    ['[{"a":1},{"b"', ['[{"a":1}]', '{"b"']],
    ['[{"a":1}', ['[{"a":1}]', '']],
    ['{"a":"x', ['{"a":"x']],
    ['{"a":1}{"b', ['{"a":1}', '{"b']],
  ])('%s that is cut off gives what is whole, and the rest', (text, expected) => {
    expect(pieces(text, 0)).toEqual(expected);
  });

  it('has values put together up to a size', () => {
    expect(pieces('[1,2,3,4,5]', 3)).toEqual(['[1,2]', '[3,4]', '[5]']);
    expect(pieces('[1,2][3]', 100)).toEqual(['[1,2]', '[3]']);
  });

  it('is given as lines where each value has one', () => {
    expect(isBytes('{"a":1}\n{"b":2}\n', 100)).toEqual([true]);
    expect(pieces('{"a":1}\n{"b":2}\n', 100)).toEqual(['{"a":1}\n{"b":2}']);
    expect(isBytes('{"a":1} {"b":2}', 100)).toEqual([false, false]);
    expect(isBytes('{"a":\n1}\n{"b":2}', 100)).toEqual([false, false]);
    expect(isBytes('{"a":1}\n{"b":\n2}', 100)).toEqual([false, false]);
  });

  it('is given without values that are too large, which are told', () => {
    const large: [number, number][] = [];
    const onTooLarge = (bytes: number, from: number): void => void large.push([bytes, from]);
    const body = Buffer.from('[1,"xxxxxxxxxx",2]');
    expect([...piecesOf(body, { size: 0, largest: 5, onTooLarge })]).toEqual(['[1]', '[2]']);
    expect(large).toEqual([[12, 3]]);
  });
});

it('gives what JSON.parse finds in an array, whatever is in it', () => {
  const property = fc.property(
    fc.array(fc.jsonValue(), { minLength: 1 }),
    fc.integer({ min: 0, max: 40 }),
    (values, size) => {
      const found = pieces(Buffer.from(JSON.stringify(values)).toString('latin1'), size);
      const parsed = found.flatMap(
        (piece) => JSON.parse(Buffer.from(piece, 'latin1').toString()) as unknown[],
      );
      expect(parsed).toEqual(JSON.parse(JSON.stringify(values)));
    },
  );
  fc.assert(property, { numRuns: 300 });
});

it('goes through any bytes once, to their end', () => {
  const bytes = fc.array(fc.constantFrom(...'{}[]",:\\ \n1x'.split('')), { maxLength: 40 });
  const property = fc.property(bytes, (chars) => {
    let end = 0;
    for (const { from, to } of spansOf(Buffer.from(chars.join('')))) {
      expect(from).toBeGreaterThanOrEqual(end);
      expect(to).toBeGreaterThanOrEqual(from);
      end = to;
    }
  });
  fc.assert(property, { numRuns: 2000 });
});
