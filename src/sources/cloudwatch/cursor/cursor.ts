// The cursor: which events of a page are new, and what is settled with it. Pure: each function takes a state and
// gives another; clock, network and files are elsewhere. Answers to the polling loop of k8saudit-eks.
//
// Windows of a log group are read by polls, which ask for what is new, and again by sweeps when they have reached certain
// ages, the last age being the lateness (schedule.ts): a window that was read to its end by a pass which began `lateness`
// after it held all its events. What lies up to `settled` is never asked for again; what lies behind it is known by
// identity (seen.ts). So an event that becomes visible within the lateness is delivered once, in whatever order.

import { countOf, type LogEvent, type LogPage } from '../client-types.js';
import { cover, forgetCovered, lastRead, NOTHING_READ, readAtAge } from './coverage.js';
import type { Accepted, CursorCheckpoint, CursorOptions, CursorState, Pass } from './cursor-state.js';
import { chooseRhythm } from './rhythm.js';
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
import { half, nextSlice, tame, UNREAD, without, withPass } from './windows.js';

const FIRST_SLICE_MS = 10_000;
/** Events a page, before one was full. */
const FIRST_PER_PAGE = 700;
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
    coverage: NOTHING_READ,
    head: Math.max(settled, newestSeen(seen, now)),
    seen,
    passes: [],
    count: 0,
    nextPoll: Number.NEGATIVE_INFINITY,
    lastPoll: Number.NEGATIVE_INFINITY,
    brought: 0,
    pause: 0,
    slice: FIRST_SLICE_MS,
    perPage: FIRST_PER_PAGE,
    rhythm: chooseRhythm({ eventsPerSecond: 0, eventsPerPage: FIRST_PER_PAGE }, options),
    nextRhythm: Number.NEGATIVE_INFINITY,
    nearsighted: false,
    stopping: false,
  };
}

/** What startCursor needs to go on from here. */
export function checkpointOf(state: CursorState): CursorCheckpoint {
  return { settled: state.settled, seen: seenEntries(state.seen) };
}

/**
 * Takes in a page that answers a request of a pass.
 * @param asked when it was asked for, by the service's clock: what the plan took for now may have been wrong
 */
export function accept(
  state: CursorState,
  id: number,
  page: LogPage,
  now: number,
  options: CursorOptions,
  asked = now,
): Accepted {
  const begun = state.passes.find((pass) => pass.id === id);
  const nothing = { state, events: [], ids: [], duplicates: 0, late: 0, stuck: false };
  if (begun === undefined) return nothing;
  const pass = begun.pages === 0 ? { ...begun, started: Math.min(begun.started, asked) } : begun;
  const events: LogEvent[] = [];
  const ids: number[] = [];
  const inPage = new Set<number>();
  let { head } = state;
  let { oldest, newest } = pass;
  let late = 0;
  for (const event of page.events) {
    const { timestamp } = event;
    if (timestamp > newest) newest = timestamp;
    // A page may hold what was not asked for, and what is settled cannot be told from what was delivered.
    if (timestamp <= state.settled) continue;
    if (timestamp < oldest) oldest = timestamp;
    const mark = identity(event, state.seed);
    if (inPage.has(mark) || hasSeen(state.seen, timestamp, mark)) continue;
    inPage.add(mark);
    events.push(event);
    ids.push(mark);
    if (timestamp > head && timestamp <= now) head = timestamp;
    if (lastRead(state.coverage, timestamp) - options.minLookBack > timestamp) late++;
  }
  if (page.known !== undefined) {
    newest = Math.max(newest, page.known.newest);
    if (page.known.newest > state.settled)
      oldest = Math.min(oldest, Math.max(page.known.oldest, state.settled + 1));
  }
  const read: Pass = {
    ...pass,
    token: page.nextToken,
    pages: pass.pages + 1,
    fresh: pass.fresh + events.length,
    barren: isBarren(page, events.length, pass) ? pass.barren + 1 : 0,
    oldest,
    newest,
  };
  const stuck = page.nextToken !== undefined && read.barren >= MANY_BARREN;
  const next: CursorState = {
    ...withPass(state, read),
    seen: addSeen(state.seen, groupBySecond(events, ids)),
    head,
    brought: state.brought + (pass.lane === 'fresh' ? events.length : 0),
    perPage: perPageOf(state.perPage, page),
  };
  return {
    state: stuck
      ? giveUp(next, read, now, options)
      : page.nextToken === undefined
        ? finish(next, read, options)
        : tame(next, read, now),
    events,
    ids,
    duplicates: countOf(page) - events.length,
    late,
    stuck,
  };
}

// A poll re-reads some pages; windows of a sweep may hold many that are known.
function isBarren(page: LogPage, fresh: number, pass: Pass): boolean {
  if (countOf(page) === 0 || page.nextToken === pass.token) return true;
  return pass.lane === 'fresh' && fresh === 0;
}

// A page with more behind it is full, or the service had looked for long enough.
function perPageOf(before: number, page: LogPage): number {
  const { nextToken } = page;
  const count = countOf(page);
  if (nextToken !== undefined && count > 0) return before + (count - before) / 8;
  return Math.max(before, count);
}

function giveUp(state: CursorState, pass: Pass, now: number, options: CursorOptions): CursorState {
  if (pass.lane !== 'fresh') return { ...without(state, pass), slice: half(state.slice) };
  const passes = state.passes.filter(({ lane }) => lane !== 'fresh');
  return { ...state, passes, nextPoll: now + options.pollingInterval, nearsighted: true };
}

/** The service takes the pass's token no more: its window is read again, in shorter ones. */
export function restart(state: CursorState, id: number): CursorState {
  const pass = state.passes.find((each) => each.id === id);
  if (pass === undefined) return state;
  const { from, lane } = pass;
  // What a sweep leaves out is begun anew by the schedule.
  if (lane === 'sweep') return { ...without(state, pass), slice: half(state.slice) };
  const again: Pass = { ...pass, ...UNREAD };
  const end = pass.to ?? Math.floor(pass.started);
  if (end <= from) return withPass(state, again);
  const middle = from + half(end - from) - 1;
  const passes = state.passes.flatMap((each) =>
    each.id === id
      ? [
          { ...again, to: middle },
          { ...again, id: state.count, from: middle + 1, newest: middle + 1 },
        ]
      : [each],
  );
  return { ...state, passes, count: state.count + 1 };
}

// A pass came to its end: its window has been read at the age that it had reached when the pass began.
function finish(state: CursorState, pass: Pass, options: CursorOptions): CursorState {
  const { from, started } = pass;
  const to = Math.min(pass.to ?? Number.POSITIVE_INFINITY, Math.floor(started));
  const covered = cover(state.coverage, state.settled, { from, to, started });
  const settled = readAtAge(covered, state.settled, options.lateness);
  const coverage = forgetCovered(covered, settled);
  const moved = secondOf(settled + 1) > secondOf(state.settled + 1);
  const seen = moved ? forgetSettled(state.seen, settled) : state.seen;
  const next: CursorState = { ...without(state, pass), coverage, settled, seen };
  if (pass.lane === 'fresh') return finishPoll(next, options);
  return pass.lane === 'sweep' ? { ...next, slice: nextSlice(state.slice, pass) } : next;
}

// Of a poll that is read in several windows the last one ends it. While events come, polls keep the rhythm; when nothing
// comes the pauses grow up to the polling interval.
function finishPoll(state: CursorState, options: CursorOptions): CursorState {
  if (state.passes.some(({ lane }) => lane === 'fresh')) return state;
  const { poll } = state.rhythm;
  const wanted = state.brought > 0 ? poll : Math.max(poll, 2 * state.pause);
  const pause = Math.min(options.pollingInterval, wanted);
  return { ...state, pause, nextPoll: state.lastPoll + pause, nearsighted: false };
}
