// A closed range of time, read once and as fast as calls are allowed: several windows at a time, since the service takes
// longer for a page than the quota asks for. In: from, until, a way to call. Out: pages of new events in order of time.

import type { Answer } from './calls.js';
import type { LogEvent, LogRequest } from './client-types.js';
import { identity } from './seen.js';

export interface RangeOptions {
  /** Milliseconds since the epoch, both inclusive. */
  readonly from: number;
  readonly until: number;
  readonly read: (request: LogRequest, signal: AbortSignal) => Promise<Answer>;
  /** The service gave pages without end and nothing in them; the window is read again. */
  readonly onStuck: () => void;
}

export interface RangePage {
  readonly events: readonly LogEvent[];
  /** Their identities, in the same order. */
  readonly ids: readonly number[];
  readonly duplicates: number;
  /** Every event up to this time is in this page or one before. */
  readonly settled: number;
}

interface Window {
  readonly from: number;
  readonly to: number;
  readonly pages: RangePage[];
  count: number;
  done: boolean;
  failure: { readonly error: unknown } | undefined;
}

/** Windows that are read at the same time: at 12.5 calls a second a page may take half a second. */
const READERS = 6;
/** Pages that wait for their turn; the window whose turn it is may always go on. */
const MAX_WAITING = 12;
const FIRST_LENGTH_MS = 10_000;
const FEW_PAGES = 2;
const MANY_PAGES = 16;
const MANY_BARREN = 100;

/** Errors: those of `read`. Ends soon after the abort. */
export async function* readRange(options: RangeOptions, signal: AbortSignal): AsyncGenerator<RangePage> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const change = createChange();
  const windows: Window[] = [];
  const readers = new Set<Promise<void>>();
  let next = options.from;
  let length = FIRST_LENGTH_MS;
  let waiting = 0;

  function open(): void {
    while (readers.size < READERS && waiting < MAX_WAITING && next <= options.until && !both.aborted) {
      // The end is shared out, so that no reader is left alone with it.
      const share = Math.ceil((options.until - next + 1) / READERS);
      const to = Math.min(options.until, next + Math.max(1000, Math.min(length, share)) - 1);
      const window: Window = { from: next, to, pages: [], count: 0, done: false, failure: undefined };
      next = to + 1;
      windows.push(window);
      const reader = fill(window)
        .catch((error: unknown) => {
          window.failure = { error };
        })
        .finally(() => {
          readers.delete(reader);
          change.tell();
        });
      readers.add(reader);
    }
  }

  async function fill(window: Window): Promise<void> {
    const { from, to } = window;
    const seen = new Set<number>();
    let token: string | undefined;
    let barren = 0;
    while (!both.aborted) {
      if (waiting >= MAX_WAITING && windows[0] !== window) {
        await change.next();
        continue;
      }
      const answer = await options.read({ startTime: from, endTime: to, nextToken: token }, both);
      if (answer === 'failed') continue;
      if (answer === 'rejected') {
        token = undefined;
        continue;
      }
      window.count++;
      const page = pick(window, answer.events, seen);
      if (answer.events.length > 0) {
        window.pages.push(page);
        waiting++;
        change.tell();
      }
      barren = page.events.length === 0 && window.count > 1 ? barren + 1 : 0;
      token = answer.nextToken;
      if (token === undefined) break;
      if (barren < MANY_BARREN) continue;
      options.onStuck();
      barren = 0;
      token = undefined;
    }
    window.done = true;
    const own = to - from + 1;
    if (window.count > MANY_PAGES) length = Math.min(length, Math.max(1, own / 2));
    else if (window.count <= FEW_PAGES) length = Math.max(length, own * 4);
  }

  try {
    for (;;) {
      open();
      const window = windows[0];
      if (window === undefined || both.aborted) return;
      const page = window.pages.shift();
      if (page !== undefined) {
        waiting--;
        change.tell();
        yield page;
      } else if (window.failure !== undefined) throw window.failure.error;
      else if (window.done) {
        windows.shift();
        change.tell();
        yield { events: [], ids: [], duplicates: 0, settled: window.to };
      } else await change.next();
    }
  } finally {
    stop.abort();
    change.tell();
    await Promise.all(readers);
  }
}

// What is new in a page and was asked for.
function pick({ from, to }: Window, events: readonly LogEvent[], seen: Set<number>): RangePage {
  const fresh: LogEvent[] = [];
  const ids: number[] = [];
  for (const event of events) {
    if (event.timestamp < from || event.timestamp > to) continue;
    const id = identity(event);
    if (seen.has(id)) continue;
    seen.add(id);
    fresh.push(event);
    ids.push(id);
  }
  return { events: fresh, ids, duplicates: events.length - fresh.length, settled: from - 1 };
}

/** Wakes everyone who waits. */
function createChange() {
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
