import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineSplitter } from '../../../src/sources/files/lines.js';

function split(chunks: readonly string[], maxLine = 1000) {
  const tooLong: number[] = [];
  const splitter = createLineSplitter(maxLine, (size) => tooLong.push(size));
  const lines = chunks.flatMap((chunk) => splitter.push(chunk));
  const last = splitter.end();
  return { lines: last === undefined ? lines : [...lines, last], tooLong };
}

describe('createLineSplitter', () => {
  it('drops one carriage return, and empty lines', () => {
    expect(split(['a\r\n\r\n\nb\r\r\n', 'c\r']).lines).toEqual(['a', 'b\r', 'c']);
  });

  it('reports lines that are too long, wherever they are cut, and goes on', () => {
    const { lines, tooLong } = split(['aaaaa', 'aaaaa\nb', 'b\n', 'cccccc\n', 'ddddd\n', 'eeeeeee'], 5);
    expect(lines).toEqual(['bb', 'ddddd']);
    expect(tooLong).toEqual([10, 6, 7]);
  });

  it('keeps nothing of a line that is too long', () => {
    const splitter = createLineSplitter(5, () => {});
    splitter.push('aaaa');
    splitter.push('aaaa');
    expect(splitter.rest()).toBe('');
    splitter.push('aaaa\nbb');
    expect(splitter.rest()).toBe('bb');
  });

  it('gives the same lines however the text is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r') });
    fc.assert(
      fc.property(text, fc.array(fc.nat(20)), (all, cuts) => {
        const chunks: string[] = [];
        let rest = all;
        for (const cut of cuts) {
          chunks.push(rest.slice(0, cut));
          rest = rest.slice(cut);
        }
        const expected = all
          .split('\n')
          .map((line) => line.replace(/\r$/, ''))
          .filter((line) => line !== '');
        expect(split([...chunks, rest]).lines).toEqual(expected);
      }),
    );
  });
});
