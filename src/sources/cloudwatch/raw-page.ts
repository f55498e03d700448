// An answer of FilterLogEvents as the service wrote it → a page, whose texts are bytes until somebody asks for one: most of what
// a live run reads is known. In: the answer's bytes. Out: the page, or undefined where anything is other than the service
// writes it; then the SDK reads the answer.

import { type ByteString, fromBytes } from '../../bytes.js';
import { createPageReader, type PageEvent, type PageReader } from '../../prefilter/reader/page-reader.js';
import type { Known, LogEvent, LogPage } from './client-types.js';
import { takeRoom } from './line-rooms.js';

/** A log event whose text stands among those of its page. */
export type RawEvent = LogEvent & PageEvent;

export function isRaw(event: LogEvent): event is RawEvent {
  return 'lines' in event;
}

/** The same event with its text; the page may go. */
export function withText({ id, stream, timestamp, ingestion, lines, start, end }: RawEvent): LogEvent {
  const message = Buffer.from(lines.buffer, lines.byteOffset + start, end - start).toString('utf8');
  // A part of a text keeps the whole text in memory.
  return { id: Buffer.from(id, 'latin1').toString('latin1'), stream, timestamp, ingestion, message };
}

// One for all clusters: it has a memory of its own. Undefined where it is not to be had.
let reader: PageReader | undefined | null = null;

/**
 * @param prefix events of other log streams are left out
 * @param known what of the page is known
 */
export function rawPage(bytes: Uint8Array, prefix: string, known?: Known): LogPage | undefined {
  if (reader === null) reader = createPageReader();
  const isStream = (stream: string): boolean => stream === '' || stream.startsWith(prefix);
  const { seed, has: isKnown = NOTHING_KNOWN } = known ?? {};
  const page = reader?.read(bytes, { seed, isStream, isKnown, room: takeRoom });
  const rest = page && parseRest(page.rest);
  if (page === undefined || rest === undefined) return undefined;
  const { events, known: leftOut } = page;
  return { events, known: leftOut, nextToken: rest.nextToken || undefined, damaged: 0 };
}

const NOTHING_KNOWN = (): boolean => false;

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
