// When each stretch of time was last read: contiguous stretches behind `settled`, each with the time at which the last pass
// over it began. In: passes. Out: new coverages, and what has not been read at some age. Pure.

/** Everything in it up to `to` (inclusive) was read by a pass that began at `started`. */
export interface Stretch {
  readonly to: number;
  readonly started: number;
}

/** In order; the first one begins behind `settled`. Behind the last one nothing has been read. */
export type Coverage = readonly Stretch[];

export const NOTHING_READ: Coverage = [];

const NEVER = Number.NEGATIVE_INFINITY;

/** @param after end of what lies before the coverage */
export function cover(
  coverage: Coverage,
  after: number,
  pass: { readonly from: number; readonly to: number; readonly started: number },
): Coverage {
  const from = Math.max(pass.from, after + 1);
  const { to, started } = pass;
  if (to < from) return coverage;
  const out: Stretch[] = [];
  const add = (end: number, at: number): void => {
    const last = out.at(-1);
    if (end <= (last?.to ?? after)) return;
    if (last?.started === at) out[out.length - 1] = { to: end, started: at };
    else out.push({ to: end, started: at });
  };
  let begin = after + 1;
  for (const stretch of coverage) {
    add(Math.min(stretch.to, from - 1), stretch.started);
    if (stretch.to >= from && begin <= to) add(Math.min(stretch.to, to), Math.max(stretch.started, started));
    if (stretch.to > to) add(stretch.to, stretch.started);
    begin = stretch.to + 1;
  }
  if (begin < from) add(from - 1, NEVER);
  if (begin <= to) add(to, started);
  return out;
}

/** Up to where everything has been read at this age, or later. */
export function readAtAge(coverage: Coverage, after: number, age: number): number {
  let reached = after;
  for (const { to, started } of coverage) {
    const read = Math.min(to, Math.floor(started - age));
    if (read < to) return Math.max(reached, read);
    reached = to;
  }
  return reached;
}

/** The first stretch between two times that has not been read at this age; undefined: none. Both ends inclusive. */
export function unreadAtAge(
  coverage: Coverage,
  after: number,
  age: number,
  from: number,
  to: number,
): { readonly from: number; readonly to: number } | undefined {
  let begin = after + 1;
  let open: number | undefined;
  for (const stretch of coverage) {
    const end = stretch.to;
    const read = Math.min(end, Math.floor(stretch.started - age));
    if (end >= from && begin <= to) {
      // The part up to `read` is done.
      if (read >= Math.max(begin, from) && open !== undefined)
        return { from: open, to: Math.max(begin, from) - 1 };
      if (read < end) open ??= Math.max(begin, from, read + 1);
      if (open !== undefined && open > to) return undefined;
    }
    begin = end + 1;
  }
  open ??= Math.max(begin, from);
  return open <= to ? { from: open, to } : undefined;
}

/** When the last pass over this time began; it lies behind what is settled. */
export function lastRead(coverage: Coverage, time: number): number {
  let low = 0;
  let high = coverage.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (coverage[middle]!.to < time) low = middle + 1;
    else high = middle;
  }
  return coverage[low]?.started ?? NEVER;
}

/** Without what is settled. */
export function forgetCovered(coverage: Coverage, settled: number): Coverage {
  return coverage.filter(({ to }) => to > settled);
}

/** End of what has been read at all. */
export function frontier(coverage: Coverage, after: number): number {
  return coverage.at(-1)?.to ?? after;
}
