// Timing. Candidates of one comparison run in turns, so that what disturbs the machine meets all of them; the best
// round counts, since noise only ever adds.

export interface Candidate {
  readonly name: string;
  /** Does its work once over all items. */
  run(): void;
}

export interface Timing {
  readonly name: string;
  /** Best round, microseconds an item. */
  readonly micros: number;
  /** That by the best round of the first candidate. */
  readonly ratio: number;
}

/** Times candidates over `items` items each; the first one is the measure of the others. */
export function compare(items: number, candidates: readonly Candidate[], rounds: number): readonly Timing[] {
  const best = candidates.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    for (const [i, candidate] of candidates.entries()) {
      const start = performance.now();
      candidate.run();
      best[i] = Math.min(best[i]!, performance.now() - start);
    }
  }
  return candidates.map(({ name }, i) => ({
    name,
    micros: (best[i]! / items) * 1000,
    ratio: best[i]! / best[0]!,
  }));
}

/** Best of some rounds, milliseconds. */
export function time(rounds: number, run: () => void): number {
  const [timing] = compare(1, [{ name: '', run }], rounds);
  return timing!.micros / 1000;
}
