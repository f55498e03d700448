// What a cursor reads next, and when. In: state and time. Out: a request or a pause. Pure.

import type { LogRequest } from '../client-types.js';
import {
  ages,
  type CursorOptions,
  type CursorState,
  isFull,
  type Lane,
  type Pass,
  period,
  type Turn,
} from './cursor-state.js';
import { lookBack } from './seen.js';

/** Share of the calls that may go into asking for new events and reading known ones again. */
const ASKING = 0.3;
const MIN_POLL_MS = 200;
const NO_LANES: ReadonlySet<Lane> = new Set();

/**
 * What to do at `now`; the state remembers the pass that this begins. Lanes are independent of each other: what one reads
 * never waits for an answer to the other.
 * @param busy lanes that wait for an answer
 */
export function plan(
  state: CursorState,
  now: number,
  options: CursorOptions,
  busy: ReadonlySet<Lane> = NO_LANES,
): { readonly state: CursorState; readonly turn: Turn } {
  const window = busy.has('sweep') ? undefined : (state.sweep ?? sweepWindow(state, now, options));
  const turns = window !== undefined && state.lastLane === 'fresh' && overdue(state, now, options);
  if (!busy.has('fresh') && freshWanted(state, now, options) && !turns) {
    const pass = state.fresh ?? begin({ from: freshFrom(state, now, options), to: undefined }, now);
    const covered = Math.min(state.covered, pass.from);
    return {
      state: { ...state, fresh: pass, covered, lastLane: 'fresh' },
      turn: { kind: 'read', lane: 'fresh', request: requestOf(pass) },
    };
  }
  if (window !== undefined) {
    const pass = state.sweep ?? begin(window, now);
    return {
      state: { ...state, sweep: pass, lastLane: 'sweep' },
      turn: { kind: 'read', lane: 'sweep', request: requestOf(pass) },
    };
  }
  return { state, turn: { kind: 'wait', until: Math.max(now + 1, nextTime(state, options, busy)) } };
}

/**
 * Time from the start of a fresh pass to that of the next. While events come it is what the calls allow that bring
 * nothing new; pages that are full of new events are free. When nothing comes it grows up to the polling interval.
 */
export function pause(state: CursorState, pass: Pass, options: CursorOptions): number {
  const events = pass.fresh + pass.known;
  const wasted = events === 0 ? pass.pages : Math.max(1, (pass.pages * pass.known) / events);
  const busy = Math.max(MIN_POLL_MS, (wasted * 1000) / (ASKING * options.callsPerSecond));
  const last = state.nextPoll - state.lastPoll;
  const idle = pass.fresh === 0 && last > 0 ? 2 * last : 0;
  return Math.min(options.pollingInterval, Math.max(busy, idle));
}

function begin(window: { readonly from: number; readonly to: number | undefined }, now: number): Pass {
  const { from, to } = window;
  return { from, to, started: now, token: undefined, pages: 0, fresh: 0, known: 0, barren: 0, newest: from };
}

function requestOf(pass: Pass): LogRequest {
  return { startTime: pass.from, endTime: pass.to, nextToken: pass.token };
}

// A clock that was set back must not stop the polling.
function freshWanted(state: CursorState, now: number, options: CursorOptions): boolean {
  if (isFull(state, options)) return false;
  return state.fresh !== undefined || now >= state.nextPoll || now < state.lastPoll;
}

// As far back as is cheap. After a long pause not before the lateness: the sweep lane reads what lies between.
function freshFrom(state: CursorState, now: number, options: CursorOptions): number {
  const head = Math.min(state.head, now);
  const farBehind = state.settled < now - 2 * (options.lateness + period(options.lateness, options));
  const limit = farBehind ? Math.floor(now - options.lateness) : state.settled + 1;
  const cheap = state.nearsighted ? head : lookBack(state.seen, head, limit, options.lookBackEvents);
  return Math.max(limit, Math.min(cheap, head - options.minLookBack));
}

// The next closed window that has come of age, if there is one; where the last age is overdue, that one first.
function sweepWindow(
  state: CursorState,
  now: number,
  options: CursorOptions,
): { readonly from: number; readonly to: number } | undefined {
  const all = ages(options);
  const late = overdue(state, now, options);
  const full = isFull(state, options);
  const levels = full ? [all.length - 1] : late ? [...all.keys()].reverse() : [...all.keys()];
  for (const level of levels) {
    const mark = state.marks[level]!;
    const ripe = Math.floor(now - all[level]!);
    // A fresh pass that began there reads it anyway.
    if (state.fresh !== undefined && state.fresh.from <= mark + 1 && !late && !full) continue;
    if (ripe - mark < period(all[level]!, options)) continue;
    return { from: mark + 1, to: Math.min(mark + state.slice, ripe) };
  }
  return undefined;
}

// Whether the last age waits for a sweep longer than it should: then the lanes take turns.
function overdue(state: CursorState, now: number, options: CursorOptions): boolean {
  return now - options.lateness - state.settled > 2 * period(options.lateness, options);
}

function nextTime(state: CursorState, options: CursorOptions, busy: ReadonlySet<Lane>): number {
  const full = isFull(state, options);
  const never = Number.POSITIVE_INFINITY;
  const sweeps = ages(options).map((age, level) => state.marks[level]! + period(age, options) + age);
  const fresh = full || busy.has('fresh') ? never : state.nextPoll;
  const sweep = busy.has('sweep') ? never : full ? sweeps.at(-1)! : Math.min(...sweeps);
  return Math.min(fresh, sweep);
}
