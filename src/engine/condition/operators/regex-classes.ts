// Character classes of regular expressions: sorted ranges of code points, and POSIX's named ones as RE2 has them.

/** From, to (inclusive). */
export type Range = readonly [number, number];

export const MAX_CODE_POINT = 0x10ffff;

/** By the name in `[:name:]`; `[:^name:]` is the negation. */
export const POSIX_CLASSES: ReadonlyMap<string, readonly Range[]> = new Map<string, readonly Range[]>([
  ['alnum', ranges('09AZaz')],
  ['alpha', ranges('AZaz')],
  ['ascii', ranges('\x00\x7f')],
  ['blank', ranges('\t\t  ')],
  ['cntrl', ranges('\x00\x1f\x7f\x7f')],
  ['digit', ranges('09')],
  ['graph', ranges('!~')],
  ['lower', ranges('az')],
  ['print', ranges(' ~')],
  ['punct', ranges('!/:@[`{~')],
  ['space', ranges('\t\r  ')],
  ['upper', ranges('AZ')],
  ['word', ranges('09AZ__az')],
  ['xdigit', ranges('09AFaf')],
]);

// Pairs of characters → ranges.
function ranges(pairs: string): readonly Range[] {
  const list: Range[] = [];
  for (let i = 0; i < pairs.length; i += 2) list.push([pairs.charCodeAt(i), pairs.charCodeAt(i + 1)]);
  return list;
}

/** Sorted, without overlaps or neighbours. */
export function mergeRanges(list: readonly Range[]): readonly Range[] {
  const merged: [number, number][] = [];
  for (const [low, high] of [...list].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

/** Every code point that is in none of the (merged) ranges. */
export function negateRanges(list: readonly Range[]): readonly Range[] {
  const negated: Range[] = [];
  let next = 0;
  for (const [low, high] of list) {
    if (next < low) negated.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= MAX_CODE_POINT) negated.push([next, MAX_CODE_POINT]);
  return negated;
}
