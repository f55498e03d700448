// Windows that are read, and what becomes of those that turn out too large: less of them at a time, or several side by side. In:
// states and passes. Out: new states. Pure.

import type { CursorState, Pass } from './cursor-state.js';

/** A window of what was never read should take between so many pages. */
const FEW_PAGES = 2;
const MANY_PAGES = 4;
/** A window that turns out so large is given up for a shorter one. */
const FAR_TOO_MANY_PAGES = 64;
const MOST_PARTS = 64;
/** How many pages each of them should have: so that most are read by one call. */
const SHARE = 0.8;
/** Fewer events a page say little of how many there are: the service had to look for them. */
const FULL_ENOUGH = 100;

/** What a pass begins with. */
export const UNREAD = {
  begun: false,
  started: 0,
  token: undefined,
  pages: 0,
  fresh: 0,
  barren: 0,
  oldest: Number.POSITIVE_INFINITY,
} as const;

export function withPass(state: CursorState, pass: Pass): CursorState {
  return { ...state, passes: state.passes.map((each) => (each.id === pass.id ? pass : each)) };
}

export function without(state: CursorState, pass: Pass): CursorState {
  return { ...state, passes: state.passes.filter(({ id }) => id !== pass.id) };
}

/** How long the next window of what was never read should be, seen one that was read to its end. */
export function nextSlice(slice: number, pass: Pass): number {
  if (pass.pages > MANY_PAGES) return half(slice);
  // Only a window that was as long as the slice allowed says that the slice is short.
  const whole = pass.to! - pass.from + 1 >= slice;
  if (!whole || pass.pages > FEW_PAGES) return slice;
  return slice * (pass.pages === 1 ? 4 : 2);
}

/** A sweep's window that turns out far too large is given up for a shorter one; what it delivered is remembered. */
export function tame(state: CursorState, pass: Pass, now: number): CursorState {
  if (pass.lane === 'fresh') return shareOut(state, pass, Math.floor(now));
  if (pass.lane !== 'sweep' || pass.pages < FAR_TOO_MANY_PAGES || pass.to === pass.from) return state;
  const length = Math.min(
    half(pass.to! - pass.from + 1),
    Math.max(1, Math.floor((pass.newest - pass.from) / 4)),
  );
  return { ...without(state, pass), slice: length };
}

// A poll's window with far more in it than was thought, as the first one of a run, becomes several that are read side by
// side; else each page would wait for the one before it, while more and more comes behind the last one.
function shareOut(state: CursorState, pass: Pass, now: number): CursorState {
  const { from, pages, fresh, oldest, newest } = pass;
  const end = pass.to ?? now;
  const pageMs = (newest - oldest + 1) / pages;
  const isDense = pages >= FEW_PAGES && fresh >= pages * FULL_ENOUGH;
  if (!isDense || (end - newest) / pageMs <= MANY_PAGES) return state;
  // What lies before the oldest event is empty, as far as is known.
  const ends = split(oldest, end, Math.max(1, Math.floor(SHARE * pageMs)));
  const windows = ends.map((to, i): Pass => {
    const begin = i === 0 ? from : ends[i - 1]! + 1;
    const isLast = i === ends.length - 1;
    return { ...pass, ...UNREAD, from: begin, to: isLast ? pass.to : to, id: state.count + i, newest: begin };
  });
  const passes = state.passes.flatMap((each) => (each.id === pass.id ? windows : [each]));
  // How much comes is known by now.
  return { ...state, passes, count: state.count + windows.length, nextRhythm: now };
}

// Ends of windows, the last one at `to`.
function split(from: number, to: number, length: number): readonly number[] {
  const span = to - from + 1;
  const each = Math.max(length, Math.ceil(span / MOST_PARTS));
  return Array.from({ length: Math.ceil(span / each) }, (_, i) => Math.min(to, from + (i + 1) * each - 1));
}

export function half(length: number): number {
  return Math.max(1, Math.floor(length / 2));
}
