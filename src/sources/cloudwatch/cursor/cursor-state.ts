// The state of a cursor (cursor.ts), its options, and the ages at which windows are read again. Plain data.

import type { LogEvent, LogRequest } from '../client-types.js';
import type { Seen, SeenEntries } from './seen.js';

export interface CursorOptions {
  /** How long after its time stamp an event may become visible, milliseconds. */
  readonly lateness: number;
  /** Longest pause between two fresh passes, milliseconds: as long as nothing happens. */
  readonly pollingInterval: number;
  /** Calls a second that this group may have: its share of the limiter's. */
  readonly callsPerSecond: number;
  /** The fresh lane looks back at least so far, milliseconds: ordinary jitter between log streams. */
  readonly minLookBack: number;
  /** It looks back further as long as it re-reads no more events than this: with the new ones about a page. */
  readonly lookBackEvents: number;
  /** Above so many remembered identities the fresh lane pauses until the sweep lane has settled some. */
  readonly maxSeen: number;
}

export const CURSOR_DEFAULTS: CursorOptions = {
  lateness: 120_000,
  pollingInterval: 5000,
  callsPerSecond: 5,
  minLookBack: 2000,
  lookBackEvents: 500,
  maxSeen: 1_000_000,
};

export type Lane = 'fresh' | 'sweep';

/** A window that is being read. */
export interface Pass {
  readonly from: number;
  /** Undefined: open-ended. */
  readonly to: number | undefined;
  /** Time at which it began, by the service's clock as far as that is known; rather too early than too late. */
  readonly started: number;
  readonly token: string | undefined;
  readonly pages: number;
  /** New events in it, and known ones. */
  readonly fresh: number;
  readonly known: number;
  /** Pages in a row that led nowhere. */
  readonly barren: number;
  /** Time stamp of the newest event in it. */
  readonly newest: number;
}

export interface CursorState {
  /** What identities are made with. */
  readonly seed: number;
  /** Every event up to this time has been delivered, for good. */
  readonly settled: number;
  /** For each age: up to where windows have been read by a pass that began so long after them. */
  readonly marks: readonly number[];
  /** Time of the newest event that is not in the future. */
  readonly head: number;
  /** The fresh lane has read everything from here to `head` once. */
  readonly covered: number;
  readonly seen: Seen;
  readonly fresh: Pass | undefined;
  readonly sweep: Pass | undefined;
  readonly lastLane: Lane;
  /** When the next fresh pass is due, and when the last one began. */
  readonly nextPoll: number;
  readonly lastPoll: number;
  /** Length of the next sweep window, milliseconds. */
  readonly slice: number;
  /** The last fresh pass came to no end: the next one looks back no more than it must. */
  readonly nearsighted: boolean;
}

/** What survives a restart: plain JSON. Everything else follows from it. */
export interface CursorCheckpoint {
  readonly settled: number;
  readonly seen: SeenEntries;
}

export type Turn =
  | { readonly kind: 'read'; readonly lane: Lane; readonly request: LogRequest }
  | { readonly kind: 'wait'; readonly until: number };

/** What a page changed: its new events in the page's order. */
export interface Accepted {
  readonly state: CursorState;
  readonly events: readonly LogEvent[];
  /** Identities of `events`, in the same order. */
  readonly ids: readonly number[];
  readonly duplicates: number;
  /** New events that the fresh lane had passed by before they were there. */
  readonly late: number;
  /** The pass was given up since it led nowhere: the service gave pages without end and nothing in them. */
  readonly stuck: boolean;
}

/** Ages at which windows are read again, milliseconds, the lateness last. */
export function ages(options: CursorOptions): readonly number[] {
  return options.lateness >= 30_000 ? [options.lateness / 8, options.lateness] : [options.lateness];
}

/** How much must have come of age before it is worth a sweep, milliseconds. */
export function period(age: number, options: CursorOptions): number {
  return Math.max(age / 4, Math.min(options.pollingInterval, age), 1);
}

/** Whether so much is remembered that nothing fresh may be read before some of it is settled. */
export function isFull(state: CursorState, options: CursorOptions): boolean {
  return state.seen.size >= options.maxSeen;
}
