import { describe, expect, it } from 'vitest';
import { snippet } from '../../../src/engine/diagnostic/snippet.js';

const FILE = 'ab\ncdef\n\nlast';

const at = (offset: number, text?: string): string =>
  snippet(
    {
      locations: [{ itemType: 'rule', itemName: '', name: 'f', line: 0, column: 0, offset }],
      ...(text === undefined ? {} : { text }),
    },
    new Map([
      ['f', FILE],
      ['empty', ''],
    ]),
  );

describe('snippet', () => {
  it('shows the line with a caret below', () => {
    expect(at(0)).toBe('ab\n^\n');
    expect(at(4)).toBe('cdef\n ^\n');
    expect(at(10)).toBe('last\n ^\n');
  });

  it('goes back from line breaks and from beyond the end', () => {
    expect(at(2)).toBe('ab\n ^\n');
    expect(at(7)).toBe('cdef\n   ^\n');
    expect(at(99)).toBe('last\n   ^\n');
  });

  it('prefers the condition text', () => {
    expect(at(1, 'xyz')).toBe('xyz\n ^\n');
    expect(at(50, 'xyz')).toBe('xyz\n  ^\n');
  });

  it('cuts long lines on both sides', () => {
    const long = 'x'.repeat(400);
    const text = at(200, long);
    expect(text.split('\n')[0]).toBe(`...${'x'.repeat(155)}...`);
    expect(text.split('\n')[1]).toBe(`${' '.repeat(80)}^`);
    expect(at(10, long).split('\n')[0]).toHaveLength(91);
  });

  it('says where there is nothing to show', () => {
    const location = { itemType: 'rule', itemName: '', name: 'g', line: 0, column: 0, offset: 0 } as const;
    expect(snippet({ locations: [location] }, new Map())).toBe('<No context for file + g>\n');
    expect(snippet({ locations: [location] }, new Map([['g', '']]))).toBe('<No context available>\n');
    expect(snippet({ locations: [location] }, new Map([['g', '\n']]))).toBe('<No context available>\n');
  });
});
