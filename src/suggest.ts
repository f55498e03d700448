// "Did you mean": the known word nearest to one that is not known, for every text that a user writes. A leaf.

/** No word that is known is longer; comparing takes time by its length. */
const LONGEST = 64;

/**
 * The known word that was probably meant: a third of its letters may differ. Case, `_` and `-` do not
 * count; swapped letters count once. Of words equally near, the first one.
 */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > LONGEST) return undefined;
  const plain = plainWord(word);
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const allowed = Math.floor(candidate.length / 3);
    if (candidate === word || Math.abs(candidate.length - word.length) > allowed + 2) continue;
    const distance = editDistance(plain, plainWord(candidate));
    if (distance > allowed || distance >= least) continue;
    best = candidate;
    least = distance;
  }
  return best;
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
