// A closed range of time, read once and as fast as calls are allowed: several windows at a time, since the service takes
// longer for a page than the quota asks for. In: from, until, a way to call. Out: pages of new events in order of time.

import type { Answer } from './calls.js';
import { countOf, type LogEvent, type LogRequest } from './client-types.js';
import { newSeed } from './cursor/seen.js';
import { createChange, createWindow, knownIn, pick, type RangePage, type Window } from './range-window.js';

export interface RangeOptions {
  /** Milliseconds since the epoch, both inclusive. */
  readonly from: number;
  readonly until: number;
  readonly read: (request: LogRequest, signal: AbortSignal) => Promise<Answer>;
  /** The service gave pages without end and nothing in them; the window is read again. */
  readonly onStuck: () => void;
}

/** Windows that are read at the same time: at 12.5 calls a second a page may take half a second. */
const READERS = 6;
/** Pages that wait for their turn; the window whose turn it is may always go on. */
const MAX_WAITING = 12;
const FIRST_LENGTH_MS = 10_000;
/** Pages after which a window is looked at, and how many it may have to be read by one reader alone. */
const LOOK_AT = 2;
const MANY_PAGES = 6;
const MOST_PARTS = 64;
const MANY_BARREN = 100;
/** A window grows by so much at a time, and to hold about so many events: half of a page of 1 MB. */
const MOST_GROWTH = 16;
const FULL_WINDOW = 400;
const SHORTEST_MS = 1000;

/** Errors: those of `read`. Ends soon after the abort. */
export async function* readRange(options: RangeOptions, signal: AbortSignal): AsyncGenerator<RangePage> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const change = createChange();
  // In order of time.
  const windows: Window[] = [];
  const readers = new Set<Promise<void>>();
  let next = options.from;
  let length = FIRST_LENGTH_MS;
  let waiting = 0;
  const seed = newSeed();

  function nextWindow(): Window | undefined {
    const known = windows.find(({ started }) => !started);
    if (known !== undefined || next > options.until) return known;
    const first = windows.length;
    // The end is shared out, all at once, so that no reader is left alone with it.
    const share = Math.max(SHORTEST_MS, Math.ceil((options.until - next + 1) / READERS));
    do {
      const to = Math.min(options.until, next + Math.max(SHORTEST_MS, Math.min(length, share)) - 1);
      windows.push(createWindow(next, to, new Set()));
      next = to + 1;
    } while (share <= length && next <= options.until);
    return windows[first];
  }

  function open(): void {
    while (!both.aborted) {
      // The window whose turn it is never waits for those behind it.
      const urgent = windows[0]?.started === false;
      if (!urgent && (readers.size >= READERS || waiting >= MAX_WAITING)) return;
      const window = nextWindow();
      if (window === undefined) return;
      window.started = true;
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

  // A window with far more in it than one reader should read becomes several, which are read again from their starts.
  function split(window: Window, events: readonly LogEvent[]): boolean {
    const { from, to, seen } = window;
    const newest = events.reduce((most, { timestamp }) => Math.max(most, timestamp), from);
    const pages = (LOOK_AT * (to - from + 1)) / (newest - from + 1);
    if (pages <= MANY_PAGES) return false;
    const parts = Math.min(MOST_PARTS, Math.ceil(pages / LOOK_AT), to - from + 1);
    length = Math.max(1, Math.ceil((to - from + 1) / parts));
    const made: Window[] = [];
    for (let at = from; at <= to; at += length)
      made.push(createWindow(at, Math.min(to, at + length - 1), seen));
    windows.splice(windows.indexOf(window) + 1, 0, ...made);
    return true;
  }

  async function fill(window: Window): Promise<void> {
    const { from, to, seen } = window;
    const known = knownIn(window, seed);
    let token: string | undefined;
    let barren = 0;
    let count = 0;
    while (!both.aborted) {
      if (waiting >= MAX_WAITING && windows[0] !== window) {
        await change.next();
        continue;
      }
      const answer = await options.read({ startTime: from, endTime: to, nextToken: token, known }, both);
      if (answer === 'failed') continue;
      if (answer === 'rejected') {
        token = undefined;
        continue;
      }
      count++;
      const page = pick(window, answer, seed);
      if (countOf(answer) > 0) {
        window.pages.push(page);
        waiting++;
        change.tell();
      }
      token = answer.nextToken;
      if (token === undefined) {
        window.settled = to;
        break;
      }
      if (count === LOOK_AT && page.events.length > 0 && split(window, page.events)) break;
      barren = page.events.length === 0 && count > 1 ? barren + 1 : 0;
      if (barren < MANY_BARREN) continue;
      options.onStuck();
      barren = 0;
      token = undefined;
    }
    window.done = true;
    const own = to - from + 1;
    if (seen.size === 0) length = Math.max(length, own * 4);
    else if (count === 1) length = Math.max(length, own * growth(seen.size));
    else if (count > MANY_PAGES) length = Math.min(length, Math.max(1, Math.ceil(own / 2)));
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
        const { settled } = window;
        if (settled !== undefined) yield { events: [], ids: [], duplicates: 0, settled };
      } else await change.next();
    }
  } finally {
    stop.abort();
    change.tell();
    await Promise.all(readers);
  }
}

/** How much longer a window may be than one that had so many events, all in one page: of a quiet log group few calls are made. */
function growth(events: number): number {
  return Math.min(MOST_GROWTH, Math.max(2, Math.floor(FULL_WINDOW / events)));
}
