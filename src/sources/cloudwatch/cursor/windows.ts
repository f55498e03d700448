// Windows that are read, and what becomes of those that turn out too large: less of them at a time, or several side by side. In:
// states and passes. Out: new states. Pure.

import type { CursorState, Pass } from './cursor-state.js';

/** A window of what was never read should take between so many pages. */
const FEW_PAGES = 2;
const MANY_PAGES = 4;
/** A window that turns out so large is given up for a shorter one. */
const FAR_TOO_MANY_PAGES = 64;
const MOST_PARTS = 1000;

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
  const { from, pages, newest } = pass;
  const end = pass.to ?? now;
  const pageMs = (newest - from + 1) / pages;
  if (pages < FEW_PAGES || pass.fresh === 0 || (end - newest) / pageMs <= MANY_PAGES) return state;
  const windows = split(from, end, Math.max(1, Math.floor(FEW_PAGES * pageMs))).map(
    (window, i): Pass => ({ ...pass, ...window, ...UNREAD, id: state.count + i, newest: window.from }),
  );
  const last = windows.length - 1;
  const passes = state.passes.flatMap((each) =>
    each.id === pass.id ? [...windows.slice(0, last), { ...windows[last]!, to: pass.to }] : [each],
  );
  // How much comes is known by now.
  return { ...state, passes, count: state.count + windows.length, nextRhythm: now };
}

const UNREAD = { begun: false, started: 0, token: undefined, pages: 0, fresh: 0, barren: 0 } as const;

function split(
  from: number,
  to: number,
  length: number,
): readonly { readonly from: number; readonly to: number }[] {
  const span = to - from + 1;
  const each = Math.max(length, Math.ceil(span / MOST_PARTS));
  return Array.from({ length: Math.ceil(span / each) }, (_, i) => ({
    from: from + i * each,
    to: Math.min(to, from + (i + 1) * each - 1),
  }));
}

export function half(length: number): number {
  return Math.max(1, Math.floor(length / 2));
}
