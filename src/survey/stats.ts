// Events → counts by the values of fields, and by time. In: events. Out: rows, the most frequent first; with `every`, a row for each
// value and stretch of time. Values that are told apart are bounded, so that no log can take all memory.

import type { ByteString } from '../bytes.js';
import { copied } from '../engine/correlation/identity.js';
import type { Event } from '../event.js';
import { timeOf } from './reading.js';

/** Reads a field as text; undefined: the event has no value. */
export type TextReader = (event: Event) => ByteString | undefined;

export interface StatsOptions {
  readonly by: readonly TextReader[];
  /** Length of a stretch, milliseconds; undefined: the whole time is one. */
  readonly every?: number | undefined;
  /** Counts how many values of this field there are, beside the events. */
  readonly distinct?: TextReader | undefined;
}

export interface StatsRow {
  /** A value for each field; undefined: none. */
  readonly values: readonly (ByteString | undefined)[];
  readonly count: number;
  /** How many values of `distinct`. */
  readonly distinct: number | undefined;
  /** Milliseconds since the epoch. */
  readonly first: number;
  readonly last: number;
}

export interface Stats {
  add(event: Event): void;
  total(): number;
  /** Different combinations of values. */
  groups(): number;
  /** Events whose values came when there was no more room to tell them apart. */
  others(): number;
  rows(): readonly StatsRow[];
  /** Starts of stretches with events, in order, and what was counted in each: by row number of `rows`. */
  stretches(): readonly { readonly start: number; readonly counts: ReadonlyMap<number, number> }[];
}

/** Combinations that are told apart. */
const MOST_GROUPS = 1_000_000;
/** Values that are told apart for `distinct`, over all groups. */
const MOST_DISTINCT = 2_000_000;

interface Group {
  readonly values: readonly (ByteString | undefined)[];
  count: number;
  first: number;
  last: number;
  readonly distinct: Set<ByteString> | undefined;
  /** By number of the stretch. */
  readonly stretches: Map<number, number> | undefined;
}

export function createStats({ by, every, distinct }: StatsOptions): Stats {
  const groups = new Map<ByteString, Group>();
  let total = 0;
  let others = 0;
  let distinctValues = 0;

  function groupOf(event: Event, time: number): Group | undefined {
    const values = by.map((read) => read(event));
    // Values may hold anything but this: text ends at the first NUL.
    const key = values.map((value) => value ?? '\0').join('\0\0');
    const known = groups.get(key);
    if (known !== undefined) return known;
    if (groups.size >= MOST_GROUPS) return undefined;
    const group: Group = {
      values: values.map((value) => value && copied(value)),
      count: 0,
      first: time,
      last: time,
      distinct: distinct && new Set(),
      stretches: every === undefined ? undefined : new Map(),
    };
    groups.set(copied(key), group);
    return group;
  }

  const sorted = (): readonly Group[] => [...groups.values()].sort((a, b) => b.count - a.count);

  return {
    add(event) {
      total++;
      const time = timeOf(event);
      const group = groupOf(event, time);
      if (group === undefined) {
        others++;
        return;
      }
      group.count++;
      if (time < group.first) group.first = time;
      if (time > group.last) group.last = time;
      if (every !== undefined) {
        const stretch = Math.floor(time / every);
        group.stretches!.set(stretch, (group.stretches!.get(stretch) ?? 0) + 1);
      }
      const value = distinct?.(event);
      if (value === undefined || group.distinct!.has(value) || distinctValues >= MOST_DISTINCT) return;
      distinctValues++;
      group.distinct!.add(copied(value));
    },
    total: () => total,
    groups: () => groups.size,
    others: () => others,
    rows: () =>
      sorted().map(({ values, count, first, last, distinct: found }) => ({
        values,
        count,
        first,
        last,
        distinct: found?.size,
      })),
    stretches() {
      const found = new Map<number, Map<number, number>>();
      for (const [number, { stretches }] of sorted().entries()) {
        for (const [stretch, count] of stretches ?? []) {
          const counts = found.get(stretch) ?? new Map<number, number>();
          found.set(stretch, counts.set(number, count));
        }
      }
      return [...found]
        .sort(([a], [b]) => a - b)
        .map(([stretch, counts]) => ({ start: stretch * every!, counts }));
    },
  };
}
