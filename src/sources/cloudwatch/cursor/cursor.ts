// The cursor: which events of a page are new, and what is settled with it. Pure: each function takes a state and
// gives another; clock, network and files are elsewhere. Answers to the polling loop of k8saudit-eks.
//
// Two lanes read a log group (schedule.ts). The fresh lane reads from shortly before the newest known event up to
// now, so that alerts wait for nothing. The sweep lane reads closed windows again when they have reached certain
// ages, the last age being the lateness: a window that was read to its end by a pass which began `lateness` after it
// held all its events. What lies up to `settled` is never asked for again; what lies behind it is known by identity
// (seen.ts). So an event that becomes visible within the lateness is delivered once, in whatever order.

import type { LogEvent, LogPage } from '../client-types.js';
import {
  type Accepted,
  ages,
  type CursorCheckpoint,
  type CursorOptions,
  type CursorState,
  type Lane,
  type Pass,
} from './cursor-state.js';
import { pause } from './schedule.js';
import {
  addSeen,
  forgetSettled,
  groupBySecond,
  hasSeen,
  identity,
  NOTHING_SEEN,
  newestSeen,
  secondOf,
  seenEntries,
} from './seen.js';

const FIRST_SLICE_MS = 10_000;
/** A sweep window should take between 2 and 16 pages. */
const FEW_PAGES = 2;
const MANY_PAGES = 16;
/** So many pages in a row that lead nowhere are no accident; the service may have to look through a lot for nothing. */
const MANY_BARREN = 100;

/** Starts a cursor: events from `checkpoint.settled + 1` on, without those that it has seen. */
export function startCursor(
  checkpoint: CursorCheckpoint,
  now: number,
  options: CursorOptions,
  seed = 0,
): CursorState {
  const { settled } = checkpoint;
  const seen = forgetSettled(addSeen(NOTHING_SEEN, checkpoint.seen), settled);
  return {
    seed,
    settled,
    marks: ages(options).map(() => settled),
    head: Math.max(settled, newestSeen(seen, now)),
    covered: Number.POSITIVE_INFINITY,
    seen,
    fresh: undefined,
    sweep: undefined,
    lastLane: 'sweep',
    nextPoll: Number.NEGATIVE_INFINITY,
    lastPoll: Number.NEGATIVE_INFINITY,
    slice: FIRST_SLICE_MS,
    nearsighted: false,
  };
}

/** What startCursor needs to go on from here. */
export function checkpointOf(state: CursorState): CursorCheckpoint {
  return { settled: state.settled, seen: seenEntries(state.seen) };
}

/**
 * Takes in the page that answers the lane's request.
 * @param asked when it was asked for, by the service's clock: what the plan took for now may have been wrong
 */
export function accept(
  state: CursorState,
  lane: Lane,
  page: LogPage,
  now: number,
  options: CursorOptions,
  asked = now,
): Accepted {
  const begun = state[lane]!;
  const pass = begun.pages === 0 ? { ...begun, started: Math.min(begun.started, asked) } : begun;
  const passedBy = Math.min(state.head, pass.started) - options.minLookBack;
  const events: LogEvent[] = [];
  const ids: number[] = [];
  const inPage = new Set<number>();
  let { head } = state;
  let { newest } = pass;
  let late = 0;
  for (const event of page.events) {
    const { timestamp } = event;
    if (timestamp > newest) newest = timestamp;
    // A page may hold what was not asked for, and what is settled cannot be told from what was delivered.
    if (timestamp <= state.settled) continue;
    const id = identity(event, state.seed);
    if (inPage.has(id) || hasSeen(state.seen, timestamp, id)) continue;
    inPage.add(id);
    events.push(event);
    ids.push(id);
    if (timestamp > head && timestamp <= now) head = timestamp;
    if (timestamp < passedBy && timestamp >= state.covered) late++;
  }
  const read: Pass = {
    ...pass,
    token: page.nextToken,
    pages: pass.pages + 1,
    fresh: pass.fresh + events.length,
    known: pass.known + page.events.length - events.length,
    barren: isBarren(lane, page, events.length, pass) ? pass.barren + 1 : 0,
    newest,
  };
  const stuck = page.nextToken !== undefined && read.barren >= MANY_BARREN;
  const next = { ...state, seen: addSeen(state.seen, groupBySecond(events, ids)), head, [lane]: read };
  return {
    state: stuck
      ? giveUp(next, lane, now, options)
      : page.nextToken === undefined
        ? finish(next, lane, read, options)
        : tame(next, lane, read),
    events,
    ids,
    duplicates: page.events.length - events.length,
    late,
    stuck,
  };
}

// A fresh pass re-reads about one page; windows of a sweep may hold many that are known.
function isBarren(lane: Lane, page: LogPage, fresh: number, pass: Pass): boolean {
  if (page.events.length === 0 || page.nextToken === pass.token) return true;
  return lane === 'fresh' && fresh === 0;
}

function giveUp(state: CursorState, lane: Lane, now: number, options: CursorOptions): CursorState {
  const next = restart(state, lane);
  return lane === 'fresh' ? { ...next, nextPoll: now + options.pollingInterval, nearsighted: true } : next;
}

/** The service takes the lane's token no more: the window is read again, a shorter one if it was a sweep. */
export function restart(state: CursorState, lane: Lane): CursorState {
  if (lane === 'fresh') return { ...state, fresh: undefined };
  return { ...state, sweep: undefined, slice: half(state.slice) };
}

// A pass came to its end: its window counts for every age that it had reached when the pass began.
function finish(state: CursorState, lane: Lane, pass: Pass, options: CursorOptions): CursorState {
  const reached = ages(options).map((age, level) => {
    const mark = state.marks[level]!;
    const read = Math.min(pass.to ?? Number.POSITIVE_INFINITY, Math.floor(pass.started - age));
    return pass.from <= mark + 1 ? Math.max(mark, read) : mark;
  });
  const settled = reached.at(-1)!;
  const marks = reached.map((mark) => Math.max(mark, settled));
  const moved = secondOf(settled + 1) > secondOf(state.settled + 1);
  const seen = moved ? forgetSettled(state.seen, settled) : state.seen;
  const next = { ...state, [lane]: undefined, marks, settled, seen };
  if (lane === 'sweep') return { ...next, slice: nextSlice(state.slice, pass) };
  const nextPoll = pass.started + pause(state, pass, options);
  return { ...next, nextPoll, lastPoll: pass.started, nearsighted: false };
}

function nextSlice(slice: number, pass: Pass): number {
  if (pass.pages > MANY_PAGES) return half(slice);
  // Only a window that was as long as the slice allowed says that the slice is short.
  const whole = pass.to! - pass.from + 1 >= slice;
  return whole && pass.pages <= FEW_PAGES ? slice * 4 : slice;
}

// A sweep window that turns out far too large is given up for a shorter one; what it delivered is remembered.
function tame(state: CursorState, lane: Lane, pass: Pass): CursorState {
  if (lane === 'fresh' || pass.pages < 4 * MANY_PAGES || pass.to === pass.from) return state;
  const length = Math.min(
    half(pass.to! - pass.from + 1),
    Math.max(1, Math.floor((pass.newest - pass.from) / 4)),
  );
  return { ...state, sweep: undefined, slice: length };
}

function half(length: number): number {
  return Math.max(1, Math.floor(length / 2));
}
