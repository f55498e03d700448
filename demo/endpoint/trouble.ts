// Troubles that the endpoint can make, each with how often it happens (0–1, a call or an event) or how much.

export interface Trouble {
  /** Seed of all chance here. */
  readonly seed: number;
  /** Calls a second above which calls are throttled; 0: no limit. */
  readonly quota: number;
  readonly throttled: number;
  readonly serverErrors: number;
  /** The connection is cut in the middle of the answer. */
  readonly resets: number;
  /** Longest delay of an answer, milliseconds. */
  readonly slow: number;
  /** Pages without events that have a token all the same. */
  readonly emptyPages: number;
  /** Pages that begin with the last events of the page before. */
  readonly repeats: number;
  readonly expiredTokens: number;
  /** The service's clock, milliseconds ahead of this machine's. */
  readonly skew: number;
  /** Every event becomes visible up to so many milliseconds after its time. */
  readonly jitter: number;
  /** Share of events that are late, and by how much at most, milliseconds. */
  readonly late: number;
  readonly lateness: number;
  /** Share of events that are written in pieces. */
  readonly split: number;
  /** Audit streams that are written at the same time, and how long each lasts, milliseconds. */
  readonly streams: number;
  readonly rotation: number;
}

export const NO_TROUBLE: Trouble = {
  seed: 1,
  quota: 0,
  throttled: 0,
  serverErrors: 0,
  resets: 0,
  slow: 0,
  emptyPages: 0,
  repeats: 0,
  expiredTokens: 0,
  skew: 0,
  jitter: 0,
  late: 0,
  lateness: 0,
  split: 0,
  streams: 2,
  rotation: 3_600_000,
};

/** Everything at once. */
export const ALL_TROUBLE: Trouble = {
  seed: 1,
  quota: 0,
  throttled: 0.05,
  serverErrors: 0.03,
  resets: 0.03,
  slow: 50,
  emptyPages: 0.1,
  repeats: 0.3,
  expiredTokens: 0.03,
  skew: 0,
  jitter: 1000,
  late: 0.03,
  lateness: 8000,
  split: 0.01,
  streams: 3,
  rotation: 7000,
};
