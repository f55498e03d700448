// What correlations are decided on, and what comes out: plans, matches, firings. Plain data, so that matches can come from
// threads and stand in files. Types only. Falco has nothing of the kind; the terms are Sigma's.

import type { ByteString } from '../../bytes.js';

export type CorrelationType = 'event_count' | 'value_count' | 'temporal' | 'temporal_ordered' | 'absence';

/** How one correlation decides. */
export interface Plan {
  readonly name: ByteString;
  /** Equal for plans whose state means the same. */
  readonly identity: string;
  /** `suppress`: the alerts of a rule, of which the first of a group is shown at once. */
  readonly type: CorrelationType | 'suppress';
  /** Number of its steps. */
  readonly steps: number;
  /** Microseconds. */
  readonly timespan: number;
  /** Events, values or steps that complete an alert; for `absence`: of which fewer do. */
  readonly least: number;
  /** Exactly as many, not more. */
  readonly exactly?: boolean;
  /** So long a group gives no further alert, microseconds. */
  readonly suppress: number;
  /** All events are one group. */
  readonly ungrouped: boolean;
}

/** An event that met a step. */
export interface Match {
  /** Identity of the plan. */
  readonly plan: string;
  /** From 0. */
  readonly step: number;
  /** Event time, whole microseconds since the epoch. */
  readonly time: number;
  /** Tells the event from others of its time: its audit id. */
  readonly id: ByteString;
  /** Values of `group-by`, joined. */
  readonly key: ByteString;
  /** The value that `value_count` counts. */
  readonly value?: ByteString | undefined;
  /** What the output shows of the event. */
  readonly texts: readonly ByteString[];
  /** The same event for correlations that have this one as a step. */
  readonly up?: readonly Match[] | undefined;
}

/** An alert of a correlation. */
export interface Firing {
  /** Number of the plan. */
  readonly plan: number;
  /** Of the event that completed it; for `absence`, when it should have come at the latest. */
  readonly time: number;
  readonly count: number;
  readonly distinct: number;
  /** The numbers may be larger: a bound was met. */
  readonly atLeast: boolean;
  /** Times of the first and last event, microseconds; undefined: there is none. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** Ids of the events, the first few. */
  readonly events: readonly ByteString[];
  /** Alerts of the group that were held back since the last one. */
  readonly suppressed: number;
  /** Of the event that completed it; empty where there was none. */
  readonly texts: readonly ByteString[];
  readonly key: ByteString;
}

export interface Limits {
  /** Of all correlations together. */
  readonly groups: number;
  /** That all windows hold together. */
  readonly events: number;
  readonly eventsPerGroup: number;
  /** Matches that wait for the lateness. */
  readonly waiting: number;
}

export interface Counters {
  matches: number;
  /** Came again. */
  duplicates: number;
  /** Came later than the lateness, */
  late: number;
  /** and so late that their window was gone. */
  tooLate: number;
  /** Groups that went because there were too many. */
  evicted: number;
  /** Matches that were decided before their time because too many waited. */
  early: number;
  fired: number;
  suppressed: number;
}
