// evt.*: what is known of an event without reading its text: number, time, source (spec: rules-language.md §2.10).
// In JSON outputs times of day are integer nanoseconds, whatever their text.

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { compactText } from '../json/read.js';
import { clockText, dateText, isoText, localOffset, nanosText, unsignedNanos, wrapTime } from '../time.js';
import { EVT_DESCRIPTIONS } from './evt-descriptions.js';
import type { Extract, Field, FieldType, Value } from './field.js';
import { untilNul } from './nodes.js';

/** What the fields cannot learn from an event. */
export interface Surroundings {
  readonly hostname: () => ByteString;
  /** Time of the first event of the source, nanoseconds since the epoch. */
  readonly firstEventTime: (event: Event) => bigint;
}

type Row = Pick<Field, 'type' | 'format' | 'json' | 'time'> & { readonly extract: Extract };

const NANOS_PER_SECOND = 1_000_000_000n;

/** The fields in Falco's order. */
export function eventFields(surroundings: Surroundings): readonly Field[] {
  const { hostname, firstEventTime } = surroundings;
  const relative = (event: Event): bigint => BigInt.asUintN(64, unsignedNanos(event) - firstEventTime(event));
  const rows: Readonly<Record<string, Row>> = {
    'evt.num': { type: 'UINT64', extract: (event) => BigInt(event.num) },
    'evt.time': { ...timeText((event) => clock(event, true)), time: 'clock' },
    'evt.time.s': timeText((event) => clock(event, false)),
    'evt.time.iso8601': { ...timeText((event) => `${isoText(event)}+0000`), time: 'iso' },
    'evt.datetime': timeText((event) => `${date(event)} ${clock(event, true)}`),
    'evt.datetime.s': timeText((event) => `${date(event)} ${clock(event, false)}`),
    'evt.rawtime': nanos('ABSTIME', unsignedNanos),
    'evt.rawtime.s': nanos('ABSTIME', (event) => unsignedNanos(event) / NANOS_PER_SECOND),
    'evt.rawtime.ns': padded(nanos('ABSTIME', (event) => unsignedNanos(event) % NANOS_PER_SECOND)),
    'evt.reltime': padded(nanos('RELTIME', relative)),
    'evt.reltime.s': nanos('RELTIME', (event) => relative(event) / NANOS_PER_SECOND),
    'evt.reltime.ns': padded(nanos('RELTIME', (event) => relative(event) % NANOS_PER_SECOND)),
    'evt.pluginname': { type: 'CHARBUF', extract: (event) => event.plugin },
    'evt.plugininfo': {
      type: 'CHARBUF',
      extract: (event) => untilNul(infoOf(event)),
    },
    'evt.source': { type: 'CHARBUF', extract: (event) => event.source },
    'evt.is_async': { type: 'BOOL', extract: () => false },
    'evt.asynctype': { type: 'CHARBUF', extract: () => undefined },
    'evt.hostname': { type: 'CHARBUF', extract: () => hostname() },
  };
  return Object.entries(rows).map(([name, { extract, ...row }]) => ({
    name,
    isList: false,
    argument: null,
    description: EVT_DESCRIPTIONS[name] ?? '',
    bind: () => extract,
    ...row,
  }));
}

// What the plugin says of the event, or all of it.
function infoOf(event: Event): ByteString {
  const info = event.origin?.info;
  return info === undefined ? compactText(event.document, event.root) : info(event);
}

function timeText(extract: (event: Event) => ByteString): Row {
  return { type: 'CHARBUF', extract, json: (event) => BigInt.asIntN(64, unsignedNanos(event)) };
}

function nanos(type: FieldType, extract: (event: Event) => bigint): Row {
  return { type, extract, json: (event) => BigInt.asIntN(64, extract(event)) };
}

function padded(row: Row): Row {
  return { ...row, format: (value: Value) => String(value).padStart(9, '0') };
}

function clock(event: Event, withNanos: boolean): ByteString {
  const { seconds, nanos } = wrapTime(event);
  const time = clockText(seconds, localOffset());
  return withNanos ? `${time}.${nanosText(nanos)}` : time;
}

function date(event: Event): ByteString {
  return dateText(wrapTime(event).seconds, localOffset());
}
