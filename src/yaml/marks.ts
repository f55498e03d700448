// Marks of single offsets in a text that was read. In: the text. Out: offset → line and column, as the scanner counts
// them: the first line end of the text says which byte ends lines. The lines are looked up once, on first use.

import type { Mark } from './node.js';

/** @param text what offsets count in (YamlDocuments.text) */
export function createMarks(text: string): (offset: number) => Mark {
  let starts: readonly number[] | undefined;
  let line = 0;
  return (offset) => {
    starts ??= lineStarts(text);
    // Most are asked for in order.
    if (offset < starts[line]! || offset >= (starts[line + 1] ?? Number.POSITIVE_INFINITY))
      line = lineOf(starts, offset);
    return { offset, line, column: offset - starts[line]! };
  };
}

function lineStarts(text: string): readonly number[] {
  const first = /[\r\n]/.exec(text);
  const end = first?.[0] === '\r' && text[first.index + 1] !== '\n' ? '\r' : '\n';
  const starts = [0];
  for (let at = text.indexOf(end); at >= 0; at = text.indexOf(end, at + 1)) starts.push(at + 1);
  return starts;
}

/** The last line that starts at or before the offset. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
