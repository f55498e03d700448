// What a cursor reads next, and when. In: state and time. Out: a request or a pause. Pure.
//
// A poll reads from shortly before the last one up to now, in several windows at a time where it is more than a page. Sweeps
// read closed windows again when they have reached the ages of the rhythm; each age looks after the time between it and
// the next one, the last age after all that is older. What is being read counts as read, so that windows of one age
// follow each other side by side: that is also how a long gap is read.

import type { LogRequest } from '../client-types.js';
import { type Coverage, cover, frontier, unreadAtAge } from './coverage.js';
import {
  type CursorOptions,
  type CursorState,
  isFull,
  type Lane,
  type Pass,
  type Turn,
} from './cursor-state.js';
import { chooseRhythm } from './rhythm.js';
import { countBetween } from './seen.js';
import { UNREAD } from './windows.js';

/** Windows of a poll, and sweeps, that are read at a time: at 12.5 calls a second a page may take half a second. */
const MOST_FRESH = 6;
const MOST_SWEEPS = 6;
/** Of one age but the last. */
const MOST_OF_AGE = 2;
/** How many pages a window may have before it is read as several. */
const PAGES_ALONE = 1.5;
const RHYTHM_MS = 5000;
const SOON_KNOWN_MS = 1000;
const SOON_MS = 50;
/** Events a second are counted over so long, and over so much less in case they have become more just now. */
const LOAD_MS = 30_000;
const RUSH_MS = 5000;
const NOBODY: ReadonlySet<number> = new Set();

/**
 * What to do at `now`; the state remembers the pass that this begins.
 * @param busy passes that wait for an answer, or for their turn
 */
export function plan(
  before: CursorState,
  now: number,
  options: CursorOptions,
  busy: ReadonlySet<number> = NOBODY,
): { readonly state: CursorState; readonly turn: Turn } {
  const state = now >= before.nextRhythm ? withRhythm(before, now, options) : before;
  const idle = nextOf(state, busy, options);
  if (idle !== undefined) return read(state, idle, now);
  if (!state.stopping) {
    if (pollWanted(state, now, options)) return plan(beginPoll(state, now, options), now, options, busy);
    const sweep = sweepWanted(state, now, options);
    if (sweep !== undefined) return plan(add(state, [sweep]), now, options, busy);
  }
  const until = state.stopping ? Number.POSITIVE_INFINITY : nextTime(state, now, options);
  // What is due and cannot begin waits for an answer.
  return { state, turn: { kind: 'wait', until: until > now ? until : now + SOON_MS } };
}

/** Nothing new is begun; what is not settled is read a last time, the newest first. */
export function planStop(state: CursorState, now: number): CursorState {
  const end = Math.floor(now);
  const from = state.settled + 1;
  const length = Math.max(1, Math.ceil(Math.min(end - from + 1, 2 * state.rhythm.page)));
  const windows: Window[] = [];
  for (let to = end; to >= from && windows.length < MOST_LAST; to -= length)
    windows.push({ lane: 'last', level: 0, from: Math.max(from, to - length + 1), to });
  return add({ ...state, stopping: true, passes: [] }, windows);
}

const MOST_LAST = 1000;

interface Window {
  readonly lane: Lane;
  readonly level: number;
  readonly from: number;
  readonly to: number | undefined;
}

function add(state: CursorState, windows: readonly Window[]): CursorState {
  const passes = windows.map(
    (window, i): Pass => ({
      ...window,
      id: state.count + i,
      ...UNREAD,
      newest: window.from,
    }),
  );
  return { ...state, passes: [...state.passes, ...passes], count: state.count + windows.length };
}

// New events first. A poll of much and a last reading have many windows, of which some are under way.
function nextOf(state: CursorState, busy: ReadonlySet<number>, options: CursorOptions): Pass | undefined {
  const free = state.passes.filter(({ id }) => !busy.has(id));
  if (state.stopping && state.passes.length - free.length >= MOST_SWEEPS) return undefined;
  return (
    (isFull(state, options) ? undefined : nextFresh(state, busy)) ?? free.find(({ lane }) => lane !== 'fresh')
  );
}

// The window whose turn it is never waits for those behind it.
function nextFresh({ passes }: CursorState, busy: ReadonlySet<number>): Pass | undefined {
  const windows = passes.filter(({ lane }) => lane === 'fresh');
  const first = windows[0];
  if (first !== undefined && !busy.has(first.id)) return first;
  const free = windows.filter(({ id }) => !busy.has(id));
  return windows.length - free.length >= MOST_FRESH ? undefined : free[0];
}

function read(
  state: CursorState,
  pass: Pass,
  now: number,
): { readonly state: CursorState; readonly turn: Turn } {
  const begun = pass.begun ? pass : { ...pass, begun: true, started: now };
  const passes = state.passes.map((each) => (each.id === pass.id ? begun : each));
  const { from: startTime, to: endTime, token: nextToken } = begun;
  const request: LogRequest = { startTime, endTime, nextToken };
  return { state: { ...state, passes }, turn: { kind: 'read', pass: begun, request } };
}

function withRhythm(state: CursorState, now: number, options: CursorOptions): CursorState {
  const end = Math.min(now, Math.max(state.head, frontier(state.coverage, state.settled)));
  const rateOver = (ms: number): number => {
    const from = Math.max(end - ms, state.settled);
    return countBetween(state.seen, from, end) / Math.max(1, (end - from) / 1000);
  };
  const eventsPerSecond = Math.max(rateOver(LOAD_MS), rateOver(RUSH_MS));
  const rhythm = chooseRhythm({ eventsPerSecond, eventsPerPage: state.perPage }, options);
  // Where nothing is known yet, it soon is.
  return { ...state, rhythm, nextRhythm: now + (eventsPerSecond > 0 ? RHYTHM_MS : SOON_KNOWN_MS) };
}

// A clock that was set back must not stop the polling.
function pollWanted(state: CursorState, now: number, options: CursorOptions): boolean {
  if (isFull(state, options) || state.passes.some(({ lane }) => lane === 'fresh')) return false;
  return now >= state.nextPoll || now < state.lastPoll;
}

function beginPoll(state: CursorState, now: number, options: CursorOptions): CursorState {
  const from = pollFrom(state, now, options);
  const span = Math.max(0, now - from);
  const parts = Math.max(1, Math.min(MOST_FRESH, Math.ceil(span / (PAGES_ALONE * state.rhythm.page))));
  const length = Math.max(1, Math.ceil(span / parts));
  const windows = Array.from(
    { length: parts },
    (_, i): Window => ({
      lane: 'fresh',
      level: 0,
      from: from + i * length,
      to: i === parts - 1 ? undefined : from + (i + 1) * length - 1,
    }),
  );
  return { ...add(state, windows), lastPoll: now, brought: 0 };
}

// As far back as the rhythm says. After a long pause not before the lateness: sweeps read what lies between.
function pollFrom(state: CursorState, now: number, options: CursorOptions): number {
  const { settled, coverage, rhythm, nearsighted } = state;
  const base = Math.min(now, Math.max(state.head, frontier(coverage, settled)));
  const lookBack = nearsighted ? options.minLookBack : rhythm.lookBack;
  const farBehind = settled < now - 2 * options.lateness;
  const earliest = farBehind ? Math.floor(now - options.lateness) : settled + 1;
  return Math.max(earliest, Math.min(Math.floor(now), Math.floor(base - lookBack)));
}

function reading(state: CursorState): Coverage {
  return state.passes.reduce<Coverage>(
    (all, { from, to, begun, started, lane }) =>
      begun && lane === 'sweep' ? cover(all, state.settled, { from, to: to!, started }) : all,
    state.coverage,
  );
}

function sweepWanted(state: CursorState, now: number, options: CursorOptions): Window | undefined {
  const sweeps = state.passes.filter(({ lane }) => lane === 'sweep');
  if (sweeps.length >= MOST_SWEEPS) return undefined;
  const coverage = reading(state);
  const { ages, periods } = state.rhythm;
  const last = ages.length - 1;
  const polled = polledUpTo(state);
  for (const [level, age] of ages.entries()) {
    if (
      level < last &&
      (isFull(state, options) || sweeps.filter((each) => each.level === level).length >= MOST_OF_AGE)
    )
      continue;
    const ripe = Math.min(Math.floor(now - age), level < last ? polled : Number.POSITIVE_INFINITY);
    const found = unreadAtAge(coverage, state.settled, age, oldest(state, level, now), ripe);
    if (found === undefined || ripe - found.from + 1 < periods[level]!) continue;
    const slice = Math.max(
      1,
      Math.floor(level < last ? Math.min(periods[level]!, state.slice) : state.slice),
    );
    return { lane: 'sweep', level, from: found.from, to: Math.min(found.to, found.from + slice - 1) };
  }
  return undefined;
}

// What a poll has yet to read is not for sweeps: where polls are behind, they would read it twice.
function polledUpTo({ passes }: CursorState): number {
  return passes.reduce(
    (least, { lane, from }) => (lane === 'fresh' ? Math.min(least, from - 1) : least),
    Number.POSITIVE_INFINITY,
  );
}

// What an age looks after begins where the next one has surely been.
function oldest({ rhythm, settled }: CursorState, level: number, now: number): number {
  const { ages, periods } = rhythm;
  if (level === ages.length - 1) return settled + 1;
  const lag = Math.max(periods[level]!, periods[level + 1]!);
  return Math.max(settled + 1, Math.floor(now - ages[level + 1]! - lag) + 1);
}

function nextTime(state: CursorState, now: number, options: CursorOptions): number {
  const { ages, periods } = state.rhythm;
  const last = ages.length - 1;
  const coverage = reading(state);
  const full = isFull(state, options);
  const polling = full || state.passes.some(({ lane }) => lane === 'fresh');
  const due = ages.map((age, level) => {
    if (full && level < last) return Number.POSITIVE_INFINITY;
    const from = oldest(state, level, now);
    const found = unreadAtAge(coverage, state.settled, age, from, Number.MAX_SAFE_INTEGER);
    return (found?.from ?? Number.POSITIVE_INFINITY) + periods[level]! + age;
  });
  return Math.min(polling ? Number.POSITIVE_INFINITY : state.nextPoll, state.nextRhythm, ...due);
}
