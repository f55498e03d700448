// The state of a cursor (cursor.ts), its options, and what it answers. Plain data.

import type { LogEvent, LogRequest } from '../client-types.js';
import type { Coverage } from './coverage.js';
import type { Rhythm } from './rhythm.js';
import type { Seen, SeenEntries } from './seen.js';

export interface CursorOptions {
  /** How long after its time stamp an event may become visible, milliseconds. */
  readonly lateness: number;
  /** Longest pause between two polls, milliseconds: as long as nothing happens. */
  readonly pollingInterval: number;
  /** Calls a second that this group may have: its share of the limiter's. */
  readonly callsPerSecond: number;
  /** Each poll looks back at least so far, milliseconds: ordinary jitter between log streams. */
  readonly minLookBack: number;
  /** Above so many remembered identities nothing new is read until some are settled. */
  readonly maxSeen: number;
}

export const CURSOR_DEFAULTS: CursorOptions = {
  lateness: 120_000,
  pollingInterval: 5000,
  callsPerSecond: 5,
  minLookBack: 1500,
  maxSeen: 1_000_000,
};

/** What is new, up to now; what has come of age; at a stop, what is not settled. */
export type Lane = 'fresh' | 'sweep' | 'last';

/** A window that is being read. */
export interface Pass {
  readonly id: number;
  readonly lane: Lane;
  /** Index of the age that a sweep is for; 0 for others. */
  readonly level: number;
  readonly from: number;
  /** Undefined: open-ended. */
  readonly to: number | undefined;
  /** Whether a request for it has been made. */
  readonly begun: boolean;
  /** Time at which it began, by the service's clock as far as that is known; rather too early than too late. */
  readonly started: number;
  readonly token: string | undefined;
  readonly pages: number;
  /** New events in it. */
  readonly fresh: number;
  /** Pages in a row that led nowhere. */
  readonly barren: number;
  /** Time stamps of the oldest and the newest event in it. */
  readonly oldest: number;
  readonly newest: number;
}

export interface CursorState {
  /** What identities are made with. */
  readonly seed: number;
  /** Every event up to this time has been delivered, for good. */
  readonly settled: number;
  /** When what lies behind `settled` was last read. */
  readonly coverage: Coverage;
  /** Time of the newest event that is not in the future. */
  readonly head: number;
  readonly seen: Seen;
  /** Windows that are being read, in the order in which they began. */
  readonly passes: readonly Pass[];
  /** Number of the next pass. */
  readonly count: number;
  /** When the next poll is due, and when the last one began. */
  readonly nextPoll: number;
  readonly lastPoll: number;
  /** New events of the poll under way, and the pause before the last one, milliseconds. */
  readonly brought: number;
  readonly pause: number;
  /** Length of the next window of what has never been read, milliseconds. */
  readonly slice: number;
  /** Events that a page holds. */
  readonly perPage: number;
  readonly rhythm: Rhythm;
  /** When the rhythm is looked at again. */
  readonly nextRhythm: number;
  /** The last poll came to no end: the next one looks back no more than it must. */
  readonly nearsighted: boolean;
  /** Nothing new is begun any more. */
  readonly stopping: boolean;
}

/** What survives a restart: plain JSON. Everything else follows from it. */
export interface CursorCheckpoint {
  readonly settled: number;
  readonly seen: SeenEntries;
}

export type Turn =
  | { readonly kind: 'read'; readonly pass: Pass; readonly request: LogRequest }
  | { readonly kind: 'wait'; readonly until: number };

/** What a page changed: its new events in the page's order. */
export interface Accepted {
  readonly state: CursorState;
  readonly events: readonly LogEvent[];
  /** Identities of `events`, in the same order. */
  readonly ids: readonly number[];
  readonly duplicates: number;
  /** New events that polls had passed by before they were there. */
  readonly late: number;
  /** The pass was given up since it led nowhere: the service gave pages without end and nothing in them. */
  readonly stuck: boolean;
}

/** Whether so much is remembered that nothing fresh may be read before some of it is settled. */
export function isFull(state: CursorState, options: CursorOptions): boolean {
  return state.seen.size >= options.maxSeen;
}
