// The groups of all correlations: a table of numbers outside of V8's heap, found by a hash, and within each correlation in
// the order in which they were last active. It grows up to its bound.

export const NONE = -1;

/** Columns, by number of the group. Exchanged when the table grows: read them from here each time. */
export interface GroupColumns {
  plan: Int32Array;
  lo: Int32Array;
  hi: Int32Array;
  /** First and last event of the window. */
  head: Int32Array;
  tail: Int32Array;
  /** Events in the window. */
  size: Int32Array;
  /** Up to this time no alert: microseconds. */
  until: Float64Array;
  /** When it began, for `absence` and `suppress`. */
  since: Float64Array;
  /** Alerts held back. */
  held: Float64Array;
  /** Time of the last event that was left out for a bound. */
  lost: Float64Array;
  /** When it is looked at next; NaN: not at all. */
  timer: Float64Array;
  older: Int32Array;
  newer: Int32Array;
}

export interface Groups {
  readonly columns: GroupColumns;
  count(): number;
  countOf(plan: number): number;
  find(plan: number, lo: number, hi: number): number;
  /** Adds one that is not there, as the one active last. There must be room. */
  add(plan: number, lo: number, hi: number): number;
  remove(group: number): void;
  /** It is the one active last. */
  touch(group: number): void;
  /** The one that was not active for longest; NONE. */
  oldest(plan: number): number;
  /** The next in that order; NONE. */
  newerThan(group: number): number;
}

const LEAST = 1024;

const columnsOf = (n: number): GroupColumns => ({
  plan: new Int32Array(n),
  lo: new Int32Array(n),
  hi: new Int32Array(n),
  head: new Int32Array(n),
  tail: new Int32Array(n),
  size: new Int32Array(n),
  until: new Float64Array(n),
  since: new Float64Array(n),
  held: new Float64Array(n),
  lost: new Float64Array(n),
  timer: new Float64Array(n),
  older: new Int32Array(n),
  newer: new Int32Array(n),
});

/** Copies all columns into ones of another length. */
export function grown<T extends object>(columns: T, made: T): T {
  for (const [name, column] of Object.entries(made))
    (column as Float64Array).set((columns as Record<string, Float64Array>)[name]!);
  return made;
}

export function createGroups(plans: number, most: number): Groups {
  let room = Math.min(LEAST, most);
  let columns = columnsOf(room);
  // Twice as many places as groups, a power of two; each the number of a group and one, 0: free.
  let index = new Int32Array(placesFor(room));
  let used = 0;
  let free = NONE;
  let count = 0;
  const oldest = new Int32Array(plans).fill(NONE);
  const newest = new Int32Array(plans).fill(NONE);
  const counts = new Int32Array(plans);

  const placeOf = (group: number): number =>
    hashOf(columns.lo[group]!, columns.hi[group]!, columns.plan[group]!) & (index.length - 1);

  function enter(group: number): void {
    let at = placeOf(group);
    while (index[at] !== 0) at = (at + 1) & (index.length - 1);
    index[at] = group + 1;
  }

  // Those behind the gap move up, so that searches need not go past it.
  function leave(group: number): void {
    const mask = index.length - 1;
    let gap = placeOf(group);
    while (index[gap] !== group + 1) gap = (gap + 1) & mask;
    for (let at = (gap + 1) & mask; index[at] !== 0; at = (at + 1) & mask) {
      const home = placeOf(index[at]! - 1);
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      index[gap] = index[at]!;
      gap = at;
    }
    index[gap] = 0;
  }

  function grow(): void {
    room = Math.min(most, room * 2);
    columns = grown(columns, columnsOf(room));
    index = new Int32Array(placesFor(room));
    for (let group = 0; group < used; group++) enter(group);
  }

  function clear(group: number): void {
    columns.head[group] = NONE;
    columns.tail[group] = NONE;
    columns.size[group] = 0;
    columns.until[group] = Number.NEGATIVE_INFINITY;
    columns.since[group] = 0;
    columns.held[group] = 0;
    columns.lost[group] = Number.NEGATIVE_INFINITY;
    columns.timer[group] = Number.NaN;
  }

  function link(group: number): void {
    const plan = columns.plan[group]!;
    columns.older[group] = newest[plan]!;
    columns.newer[group] = NONE;
    if (newest[plan] === NONE) oldest[plan] = group;
    else columns.newer[newest[plan]!] = group;
    newest[plan] = group;
  }

  function unlink(group: number): void {
    const plan = columns.plan[group]!;
    const [older, newer] = [columns.older[group]!, columns.newer[group]!];
    if (older === NONE) oldest[plan] = newer;
    else columns.newer[older] = newer;
    if (newer === NONE) newest[plan] = older;
    else columns.older[newer] = older;
  }

  return {
    get columns() {
      return columns;
    },
    count: () => count,
    countOf: (plan) => counts[plan]!,
    find(plan, lo, hi) {
      const mask = index.length - 1;
      for (let at = hashOf(lo, hi, plan) & mask; index[at] !== 0; at = (at + 1) & mask) {
        const group = index[at]! - 1;
        if (columns.lo[group] === lo && columns.hi[group] === hi && columns.plan[group] === plan)
          return group;
      }
      return NONE;
    },
    add(plan, lo, hi) {
      // Only while none was removed and not used again: then all up to `used` are in the index.
      if (free === NONE && used === room) grow();
      const group = free === NONE ? used++ : free;
      if (group === free) free = columns.older[group]!;
      clear(group);
      columns.plan[group] = plan;
      columns.lo[group] = lo;
      columns.hi[group] = hi;
      count++;
      counts[plan]!++;
      enter(group);
      link(group);
      return group;
    },
    remove(group) {
      leave(group);
      unlink(group);
      count--;
      counts[columns.plan[group]!]!--;
      columns.older[group] = free;
      columns.timer[group] = Number.NaN;
      free = group;
    },
    touch(group) {
      if (columns.newer[group] === NONE) return;
      unlink(group);
      link(group);
    },
    oldest: (plan) => oldest[plan]!,
    newerThan: (group) => columns.newer[group]!,
  };
}

const hashOf = (lo: number, hi: number, plan: number): number => lo ^ hi ^ Math.imul(plan, 0x9e3779b1);

const placesFor = (groups: number): number => 2 ** Math.ceil(Math.log2(2 * Math.max(groups, 2)));
