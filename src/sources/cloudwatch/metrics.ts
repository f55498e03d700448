// A CloudWatch source seen from outside: its counters, as metrics and as a closing line.

import type { SourceMetric } from '../source.js';
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
  /** Log events without a time or a text. */
  readonly damaged: number;
  /** Time stamp of the newest event, milliseconds since the epoch; undefined before the first. */
  readonly newestEvent: number | undefined;
  /** From the service's taking in of the latest event to its delivery here, milliseconds. */
  readonly lag: number | undefined;
  /** Up to this time everything has been read for good, milliseconds since the epoch. */
  readonly settled: number | undefined;
  /** Calls a second that are allowed now. */
  readonly rate: number;
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
  damaged: number;
  newestEvent: number | undefined;
  lag: number | undefined;
  settled: number | undefined;
  /** How far a back-fill has come. */
  position: number;
  readonly from: number;
  readonly until: number | undefined;
  /** @param chars length of its text */
  take(event: LogEvent, now: number, chars: number): void;
}

export function createCounters(from: number, until: number | undefined): Counters {
  let latest = Number.NEGATIVE_INFINITY;
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
    damaged: 0,
    newestEvent: undefined,
    lag: undefined,
    settled: undefined,
    position: from,
    from,
    until,
    take(event, now, chars) {
      this.events++;
      this.chars += chars;
      this.newestEvent = Math.max(this.newestEvent ?? event.timestamp, event.timestamp);
      // An event that comes in a second look says nothing of how far behind the first look is.
      if (event.ingestion < latest) return;
      latest = event.ingestion;
      this.lag = Math.max(0, now - event.ingestion);
    },
  };
}

export function metricsOf(counters: Counters, rate: number): CloudWatchMetrics {
  const { from, until, position, take: _, ...rest } = counters;
  const done =
    until === undefined ? undefined : Math.min(1, Math.max(0, (position - from) / (until - from || 1)));
  return { ...rest, rate, done };
}

type Row = readonly [name: string, type: SourceMetric['type'], help: string, value: number | undefined];

/** As series for Prometheus, `tsfalco_cloudwatch_…`; times are seconds since the epoch. */
export function seriesOf(cluster: string, metrics: CloudWatchMetrics): readonly SourceMetric[] {
  const seconds = (ms: number | undefined): number | undefined => ms && ms / 1000;
  const rows: readonly Row[] = [
    [
      'reading',
      'gauge',
      '1 where this process reads the cluster, 0 while another one does and it stands by.',
      metrics.settled === undefined && metrics.done === undefined ? 0 : 1,
    ],
    ['events_total', 'counter', 'Log events delivered.', metrics.events],
    ['lag_seconds', 'gauge', 'From ingestion of the latest log event to its delivery.', seconds(metrics.lag)],
    [
      'newest_event_timestamp_seconds',
      'gauge',
      'Time of the newest log event.',
      seconds(metrics.newestEvent),
    ],
    [
      'settled_timestamp_seconds',
      'gauge',
      'All before this has been read for good.',
      seconds(metrics.settled),
    ],
    ['calls_total', 'counter', 'Calls of FilterLogEvents.', metrics.calls],
    ['failed_calls_total', 'counter', 'Calls that failed, for whatever reason.', metrics.faults],
    ['throttled_calls_total', 'counter', 'Calls that were throttled.', metrics.throttles],
    [
      'rejected_tokens_total',
      'counter',
      'Page tokens that the service took no more.',
      metrics.rejectedTokens,
    ],
    ['allowed_calls_per_second', 'gauge', 'Rate of calls allowed now.', metrics.rate],
    ['duplicates_dropped_total', 'counter', 'Log events read again and dropped.', metrics.duplicates],
    ['late_events_total', 'counter', 'Log events that came after newer ones had been read.', metrics.late],
    ['joined_events_total', 'counter', 'Audit events put together from pieces.', metrics.joined],
    ['truncated_events_total', 'counter', 'Audit events that were cut off.', metrics.truncated],
    ['incomplete_pieces_total', 'counter', 'Pieces whose other pieces never came.', metrics.incomplete],
    ['damaged_events_total', 'counter', 'Log events without a time or a text.', metrics.damaged],
  ];
  return rows.flatMap(([name, type, help, value]) =>
    value === undefined
      ? []
      : [{ name: `tsfalco_cloudwatch_${name}`, type, help, labels: { cluster }, value }],
  );
}

export function summaryOf(cluster: string, counters: Counters): readonly string[] {
  const { events, calls, duplicates, late, joined, truncated, incomplete, throttles, lag } = counters;
  const { newestEvent, damaged } = counters;
  const parts = [
    `${events} log events in ${calls} calls`,
    `${duplicates} duplicates dropped`,
    `${late} late`,
    `${joined} joined from pieces`,
    `${truncated} truncated`,
    ...(incomplete > 0 ? [`${incomplete} pieces without their others`] : []),
    ...(damaged > 0 ? [`${damaged} without time or text`] : []),
    `${throttles} times throttled`,
    ...(newestEvent === undefined ? [] : [`newest ${new Date(newestEvent).toISOString()}`]),
    ...(lag === undefined ? [] : [`lag ${(lag / 1000).toFixed(1)} s`]),
  ];
  return [`CloudWatch ${cluster}: ${parts.join(', ')}`];
}
