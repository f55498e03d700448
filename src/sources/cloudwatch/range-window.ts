// A window of a closed range of time (range.ts): the pages that were read of it, and what has been given of it. Beside it
// the means by which readers and taker wake each other.

import { countOf, type Known, type LogEvent, type LogPage } from './client-types.js';
import { identity } from './cursor/seen.js';

export interface RangePage {
  readonly events: readonly LogEvent[];
  /** Their identities, in the same order. */
  readonly ids: readonly number[];
  readonly duplicates: number;
  /** Every event up to this time is in this page or one before. */
  readonly settled: number;
}

export interface Window {
  readonly from: number;
  readonly to: number;
  /** What has been given of it, also by a longer window that it was a part of. */
  readonly seen: Set<number>;
  readonly pages: RangePage[];
  started: boolean;
  /** Undefined: not read to its end; what is left of it is up to the windows behind it, or up to a reader. */
  settled: number | undefined;
  done: boolean;
  failure: { readonly error: unknown } | undefined;
}

/** One that nobody reads yet. */
export function createWindow(from: number, to: number, seen: Set<number>): Window {
  return { from, to, seen, pages: [], started: false, settled: undefined, done: false, failure: undefined };
}

/** What a page need not hold the texts of. */
export function knownIn(window: Window, seed: number): Known {
  return { seed, has: (timestamp, id) => !isWithin(window, timestamp) || window.seen.has(id) };
}

const isWithin = ({ from, to }: Window, timestamp: number): boolean => from <= timestamp && timestamp <= to;

/** What is new in a page and was asked for; it is given from now on. */
export function pick(window: Window, page: LogPage, seed: number): RangePage {
  const { from, seen } = window;
  const fresh: LogEvent[] = [];
  const ids: number[] = [];
  for (const event of page.events) {
    if (!isWithin(window, event.timestamp)) continue;
    const id = identity(event, seed);
    const before = seen.size;
    if (seen.add(id).size === before) continue;
    fresh.push(event);
    ids.push(id);
  }
  return { events: fresh, ids, duplicates: countOf(page) - fresh.length, settled: from - 1 };
}

interface Change {
  /** Resolves at the next tell(). */
  next(): Promise<void>;
  tell(): void;
}

/** Wakes everyone who waits. */
export function createChange(): Change {
  let tell = (): void => {};
  let next = new Promise<void>((resolve) => {
    tell = resolve;
  });
  return {
    next: () => next,
    tell(): void {
      const wake = tell;
      next = new Promise((resolve) => {
        tell = resolve;
      });
      wake();
    },
  };
}
