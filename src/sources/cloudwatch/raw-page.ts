// An answer of FilterLogEvents as the service wrote it → a page, whose texts are bytes until somebody asks for one: most of what
// a live run reads is known. In: the answer's bytes. Out: the page, or undefined where anything is other than the service
// writes it; then the SDK reads the answer.

import { type ByteString, fromBytes } from '../../bytes.js';
import { createPageReader, type PageReader } from '../../prefilter/reader/page-reader.js';
import type { LogEvent, LogPage } from './client-types.js';

/** A log event whose text stands among those of its page, as UTF-8. */
export interface RawEvent extends LogEvent {
  lines: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Whether the text has no newline in it; one stands behind it. */
  readonly isLine: boolean;
}

export function isRaw(event: LogEvent): event is RawEvent {
  return 'lines' in event;
}

/** The same event with its text; the page may go. */
export function withText({ id, stream, timestamp, ingestion, message }: RawEvent): LogEvent {
  // A part of a text keeps the whole text in memory.
  return { id: id && Buffer.from(id, 'latin1').toString('latin1'), stream, timestamp, ingestion, message };
}

let reader: PageReader | undefined | null = null;

/** The one that all pages are read with; undefined where it is not to be had. */
export function pageReader(): PageReader | undefined {
  if (reader === null) reader = createPageReader();
  return reader;
}

/** @param prefix events of other log streams are left out */
export function rawPage(chunks: readonly Uint8Array[], prefix: string): LogPage | undefined {
  const events: Made[] = [];
  const read = pageReader()?.read(chunks, (event) => {
    if (event.stream === '' || event.stream.startsWith(prefix)) events.push(Object.assign(create(), event));
  });
  if (read === undefined) return undefined;
  const rest = parseRest(read.rest);
  if (rest === undefined) return undefined;
  for (const event of events) event.lines = read.lines;
  return { events, nextToken: rest.nextToken || undefined, damaged: 0 };
}

type Made = { -readonly [name in keyof RawEvent]: RawEvent[name] };

// An accessor of each event's own would cost as much as all the rest; so they have this one in common.
const TEXT: object = Object.create(null, {
  message: {
    get(this: RawEvent): string {
      const { buffer, byteOffset } = this.lines;
      return Buffer.from(buffer, byteOffset + this.start, this.end - this.start).toString('utf8');
    },
  },
});

const create = (): Made => Object.create(TEXT) as Made;

interface Rest {
  readonly nextToken: string;
}

const MARK = 'events';

// What stands behind the events: a token, and which streams were searched. undefined: it is odd.
function parseRest(rest: ByteString): Rest | undefined {
  let members: Readonly<Record<string, unknown>>;
  try {
    members = JSON.parse(`{"events":"${MARK}"${fromBytes(rest)}`) as typeof members;
  } catch {
    return undefined;
  }
  // Of equal members the last one counts.
  if (members['events'] !== MARK) return undefined;
  const { nextToken = '' } = members;
  return typeof nextToken === 'string' ? { nextToken } : undefined;
}
