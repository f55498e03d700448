// In: a word that is not known, and the words that are. Out: the one that was probably meant.

/** No word that is known is longer; comparing takes time by its length. */
const LONGEST = 64;

/** The known word that differs least, by a third of its letters at most; case, `_` and `-` do not count. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (word.length > LONGEST) return undefined;
  const plain = plainWord(word);
  const [best] = known
    .map((each) => ({ each, distance: editDistance(plain, plainWord(each)) }))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.ceil(best.each.length / 3) ? best.each : undefined;
}

function plainWord(word: string): string {
  return word.replaceAll(/[-_]/g, '').toLowerCase();
}

/** Letters to change, add, drop or swap to get from one word to the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? beforeLast[j - 2]! + 1 : change;
      row.push(Math.min(change, swap, last[j]! + 1, row[j - 1]! + 1));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
