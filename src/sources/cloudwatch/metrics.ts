// A CloudWatch source seen from outside: its counters, as metrics and as a closing line.

import type { LogEvent } from './client-types.js';

export interface CloudWatchMetrics {
  readonly calls: number;
  readonly faults: number;
  readonly throttles: number;
  readonly rejectedTokens: number;
  /** Log events delivered, and their characters. */
  readonly events: number;
  readonly chars: number;
  readonly duplicates: number;
  /** Events that others, newer ones, had overtaken. */
  readonly late: number;
  /** Events put together from pieces. */
  readonly joined: number;
  readonly truncated: number;
  /** Pieces whose other pieces never came. */
  readonly incomplete: number;
  /** Time stamp of the newest event, milliseconds since the epoch; undefined before the first. */
  readonly newestEvent: number | undefined;
  /** From the service's taking in of the latest event to its delivery here, milliseconds. */
  readonly lag: number | undefined;
  /** Part of a back-fill's time range that has been read, 0–1; undefined where there is no end. */
  readonly done: number | undefined;
}

export interface Counters {
  calls: number;
  faults: number;
  throttles: number;
  rejectedTokens: number;
  events: number;
  chars: number;
  duplicates: number;
  late: number;
  joined: number;
  truncated: number;
  incomplete: number;
  newestEvent: number | undefined;
  lag: number | undefined;
  position: number;
  readonly from: number;
  readonly until: number | undefined;
  take(event: LogEvent, now: number): void;
}

export function createCounters(from: number, until: number | undefined): Counters {
  return {
    calls: 0,
    faults: 0,
    throttles: 0,
    rejectedTokens: 0,
    events: 0,
    chars: 0,
    duplicates: 0,
    late: 0,
    joined: 0,
    truncated: 0,
    incomplete: 0,
    newestEvent: undefined,
    lag: undefined,
    position: from,
    from,
    until,
    take(event, now) {
      this.events++;
      this.chars += event.message.length;
      this.newestEvent = Math.max(this.newestEvent ?? event.timestamp, event.timestamp);
      this.lag = Math.max(0, now - event.ingestion);
    },
  };
}

export function metricsOf(counters: Counters): CloudWatchMetrics {
  const { from, until, position, take: _, ...rest } = counters;
  const done =
    until === undefined ? undefined : Math.min(1, Math.max(0, (position - from) / (until - from || 1)));
  return { ...rest, done };
}

export function summaryOf(cluster: string, counters: Counters): readonly string[] {
  const { events, calls, duplicates, late, joined, truncated, incomplete, throttles, lag } = counters;
  const parts = [
    `${events} log events in ${calls} calls`,
    `${duplicates} duplicates dropped`,
    `${late} late`,
    `${joined} joined from pieces`,
    `${truncated} truncated`,
    ...(incomplete > 0 ? [`${incomplete} pieces without their others`] : []),
    `${throttles} times throttled`,
    ...(lag === undefined ? [] : [`lag ${(lag / 1000).toFixed(1)} s`]),
  ];
  return [`CloudWatch ${cluster}: ${parts.join(', ')}`];
}
