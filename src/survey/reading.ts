// Payloads of a log → events in a span of time, for whoever looks at a whole log. With rules, a prefilter passes over what none of
// them can match: those events are counted and not shown.

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { auditEvents } from '../plugins/k8saudit/events.js';
import { unwrapperOf } from '../plugins/origin.js';
import type { Prefilter } from '../prefilter/prefilter.js';
import { createDrops, type Drops } from '../sources/drops.js';
import { LARGEST_EVENT, type Payload } from '../sources/source.js';

/** Milliseconds since the epoch; the end is not part of it. */
export interface Span {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface ReadingOptions {
  readonly span?: Span;
  /** Passes over events; undefined: all are shown. */
  readonly prefilter?: Prefilter | undefined;
  /** Gets an event of the span; it is borrowed until the call returns. */
  readonly use: (event: Event, state?: number) => void;
  /** Hears of what is damaged, one line each. */
  readonly report: (fault: ByteString) => void;
}

export interface Reading {
  read(payload: Payload): void;
  /** Events so far, those outside of the span among them. */
  events(): number;
  readonly drops: Drops;
}

/** The source that events of a log on disk are of. */
export const AUDIT_SOURCE = 'k8s_audit';

export function createReading({ span = {}, prefilter, use, report }: ReadingOptions): Reading {
  const drops = createDrops();
  let events = 0;
  const unwrap = unwrapperOf({
    source: AUDIT_SOURCE,
    plugin: auditEvents,
    maxEventSize: 4 * LARGEST_EVENT,
    log: (_level, message) => report(message),
    drops,
  });
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = span;
  const isWhole = span.from === undefined && span.to === undefined;
  const onEvent = (event: Event, state?: number): void => {
    events++;
    if (!isWhole) {
      const time = timeOf(event);
      if (time < from || time >= to) return;
    }
    use(event, state);
  };
  const prefiltered = prefilter && {
    prefilter,
    onPassed: (count: number): void => {
      events += count;
    },
  };
  return { read: (payload) => unwrap(payload, onEvent, prefiltered), events: () => events, drops };
}

/** Milliseconds since the epoch, whole ones. */
export function timeOf({ seconds, nanos }: Event): number {
  return seconds * 1000 + Math.floor(nanos / 1e6);
}
