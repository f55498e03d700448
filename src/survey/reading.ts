// Payloads of a log → events in a span of time, for whoever looks at a whole log. With rules, a prefilter passes over what none of
// them can match: those events are counted and not shown.

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import type { EventSources } from '../plugins/event-sources.js';
import type { Prefilter } from '../prefilter/prefilter.js';
import { createDrops, type Drops } from '../sources/drops.js';
import { LARGEST_EVENT, type Told } from '../sources/source.js';
import type { Prefiltered, Unwrap } from '../sources/unwrap.js';
import { createTally } from '../tally.js';

/** Milliseconds since the epoch; the end is not part of it. */
export interface Span {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface ReadingOptions {
  readonly sources: EventSources;
  readonly span?: Span;
  /** Passes over events of a source; undefined: all are shown. */
  readonly prefilterOf?: (source: string) => Prefilter | undefined;
  /** Hears up to which time, whole seconds, events were passed over. */
  readonly passed?: (seconds: number) => void;
  /** Gets an event of the span; it is borrowed until the call returns. */
  readonly use: (event: Event, state?: number) => void;
  /** Hears of what is damaged, one line each. */
  readonly report: (fault: ByteString) => void;
}

export interface Reading {
  read(told: Told): void;
  /** Events so far, those outside of the span among them. */
  events(): number;
  /** The same by source, the most frequent first. */
  bySource(): readonly (readonly [source: string, events: number])[];
  readonly drops: Drops;
}

interface Reader {
  readonly source: string;
  readonly unwrap: Unwrap;
  readonly prefiltered: Prefiltered | undefined;
}

export function createReading({
  sources,
  span = {},
  prefilterOf,
  passed,
  use,
  report,
}: ReadingOptions): Reading {
  const drops = createDrops();
  const counts = createTally<string>();
  const readers = new Map<string | undefined, Reader>();
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = span;
  const isWhole = span.from === undefined && span.to === undefined;

  const onEvent = (event: Event, state?: number): void => {
    counts.add(event.source);
    if (!isWhole) {
      const time = timeOf(event);
      if (time < from || time >= to) return;
    }
    use(event, state);
  };

  function readerOf(plugin: string | undefined): Reader {
    const known = readers.get(plugin);
    if (known !== undefined) return known;
    const source = sources.sourceOf(plugin);
    const prefilter = prefilterOf?.(source);
    const made = {
      source,
      unwrap: sources.open(plugin, {
        maxEventSize: 4 * LARGEST_EVENT,
        log: (_level, message) => report(message),
        drops,
      }),
      prefiltered: prefilter && {
        prefilter,
        onPassed(count: number, seconds: number) {
          counts.add(source, count);
          passed?.(seconds);
        },
      },
    };
    readers.set(plugin, made);
    return made;
  }

  return {
    read({ payload, plugin }) {
      const { unwrap, prefiltered } = readerOf(plugin);
      unwrap(payload, onEvent, prefiltered);
    },
    events: counts.total,
    bySource: counts.entries,
    drops,
  };
}

/** Milliseconds since the epoch, whole ones. */
export function timeOf({ seconds, nanos }: Event): number {
  return seconds * 1000 + Math.floor(nanos / 1e6);
}
