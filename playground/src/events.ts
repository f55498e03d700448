// Events in whatever form → the texts of the events, one each, as they were written, and what was none. In: what
// was typed or pasted, or the bytes of a file (gzip and zstd are unpacked).

import { gunzipSync } from 'fflate';
import { decompress } from 'fzstd';
import { type ByteString, bytesOf, fromBytes, readBytes, toBytes } from '../../src/bytes.js';
import { payloadTexts } from '../../src/sources/files/lines.js';
import { createFormsReader } from '../../src/sources/forms/reader.js';
import { createSeen } from '../../src/sources/forms/seen.js';
import { createWalker } from '../../src/sources/forms/walker.js';
import { count, grouped, shown } from './dom.js';
import { AUDIT_PLUGIN, type GivenEvent, SOURCES } from './sources.js';

export interface ReadEvents {
  readonly events: readonly GivenEvent[];
  /** What is no event, for people; empty: nothing. */
  readonly note: string;
}

const LONGEST = 16 * 1024 * 1024;

export const NO_EVENTS: ReadEvents = { events: [], note: '' };

export function readText(text: string): ReadEvents {
  return readPlain(bytesOf(toBytes(text)));
}

/** @throws Error with what to say where the file cannot be read */
export function readFile(packed: Uint8Array): ReadEvents {
  return readPlain(unpacked(packed));
}

function readPlain(bytes: Uint8Array): ReadEvents {
  const seen = createSeen();
  let tooLong = 0;
  const reader = createFormsReader({
    longest: LONGEST,
    onTooLong: () => tooLong++,
    seen,
    others: SOURCES.others,
  });
  const events = [...reader.push(bytes), ...reader.end()].flatMap(({ payload, plugin }) =>
    payloadTexts(payload)
      .flatMap((text) => (plugin === undefined ? single(text) : [text]))
      .map((text) => ({ text: fromBytes(text), plugin: plugin ?? AUDIT_PLUGIN })),
  );
  const others = [...seen.others.entries()].map(([what, n]) => `${grouped(n)} ${shown(fromBytes(what))}`);
  const begins = seen.beginning();
  const notes = [
    ...(others.length > 0
      ? [`No events: ${others.join(', ')}, for example ${shown(fromBytes(begins ?? ''))}`]
      : []),
    ...(tooLong > 0 ? [`${count(tooLong, 'event')} of more than 16 MiB left out`] : []),
  ];
  return { events, note: notes.join('. ') };
}

/** Lists of events apart, so that each alert has its own event beside it. */
function single(text: ByteString): readonly ByteString[] {
  if (text.startsWith('{"kind":"Event",') || !/^\s*(?:\[|\{.*"items")/s.test(text)) return [text];
  const records: ByteString[] = [];
  const walker = createWalker({
    largest: LONGEST,
    onRecord: (record, list) => records.push(list === 'items' ? asListed(record) : record),
    onTooLarge: () => undefined,
  });
  const bytes = bytesOf(text);
  walker.walk(bytes, 0);
  return walker.state() === 'ended' && records.length > 0 ? records : [text];
}

/** Items of lists may leave out what they are. */
const asListed = (record: ByteString): ByteString =>
  /"kind"\s*:\s*"Event"/.test(record) ? record : `{"kind":"EventList","items":[${record}]}`;

/** The most that a file may unpack to. */
const LARGEST = 512 * 1024 * 1024;

function unpacked(bytes: Uint8Array): Uint8Array {
  const head = readBytes(bytes, 0, Math.min(4, bytes.length));
  if (head === '\x28\xb5\x2f\xfd') return attempt(() => decompress(bytes));
  if (readBytes(bytes, 257, Math.min(262, bytes.length)) === 'ustar') throw new Error(ARCHIVE);
  if (!head.startsWith('\x1f\x8b')) {
    if (head === 'PK\x03\x04') throw new Error(ARCHIVE);
    return bytes;
  }
  // The last four bytes say how long it is.
  const size = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
  if (size > LARGEST) throw new Error('It unpacks to more than 512 MiB; use tsfalco scan for it.');
  return unpacked(attempt(() => gunzipSync(bytes)));
}

const ARCHIVE = 'It is an archive: drop the files in it, or use tsfalco scan, which reads .tar.gz.';

function attempt(unpack: () => Uint8Array): Uint8Array {
  try {
    return unpack();
  } catch {
    throw new Error('It is packed, and damaged.');
  }
}
