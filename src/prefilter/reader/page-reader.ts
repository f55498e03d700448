// Pages of CloudWatch Logs, read in two passes. In: an answer's bytes, and which events are known. Out: its events; the texts
// of those that are not known stand decoded in one block of lines. In WebAssembly only (assembly/pages.ts); what it has not
// been taught is left to the caller.

import { type ByteString, readBytes } from '../../bytes.js';
import { runtime } from '../../runtime/runtime.js';
import { BROKEN, RECORD_INTEGERS, SAME_STREAM, WANTED, WHOLE } from '../shared.js';
import { createWasmModule, type WasmModule } from './wasm-module.js';

export interface PageEvent {
  readonly id: ByteString;
  readonly stream: ByteString;
  readonly timestamp: number;
  readonly ingestion: number;
  /** Undefined where no seed was given. */
  readonly identity: number | undefined;
  /** Empty: the text is lines[start, end), in UTF-8; a newline stands behind it. */
  readonly message: '';
  readonly lines: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Whether the text has no newline in it, and is an audit event by itself as far as its beginning and its nesting tell. */
  readonly isLine: boolean;
}

/** What is wanted of a page. */
export interface Wanted {
  /** What identities are made with: 48 bits. Undefined: they are not wanted. */
  readonly seed: number | undefined;
  readonly isStream: (stream: ByteString) => boolean;
  /** Whether the text of an event is of no use, since the event is known. */
  readonly isKnown: (timestamp: number, identity: number) => boolean;
  /** Room for so many bytes of lines, or more of it. */
  readonly room: (bytes: number) => Uint8Array;
}

export interface ReadPage {
  /** Those of the streams that are wanted, without those that are known. */
  readonly events: readonly PageEvent[];
  /** Those that are known. */
  readonly known: KnownEvents;
  /** What stands behind the array of events. */
  readonly rest: ByteString;
}

/** How many they are, and the times of the oldest and the newest; infinite if there are none. */
export interface KnownEvents {
  readonly count: number;
  readonly oldest: number;
  readonly newest: number;
}

export interface PageReader {
  /** Reads a page that begins with its events, as the service writes it; undefined if it is anything else. */
  read(bytes: Uint8Array, wanted: Wanted): ReadPage | undefined;
}

const HEAD = '{"events":[';
// As assembly/pages.ts lays out a record: numbers, then integers.
const [INGESTION, IDENTITY] = [1, 2];
const [STREAM_AT, STREAM_LENGTH, ID_END, START, END, FLAGS] = [6, 7, 8, 10, 11, 12];
/** The service's pages hold 1 MB of texts; room that was made once stays. */
const MOST_BYTES = 8 * 1024 * 1024;
/** Between a page, its lines and its ids: vectors are read and written past the end. */
const GAP = 64;
const LOW_BITS = 0x1000000;

/** undefined where WebAssembly with SIMD is not to be had. */
export function createPageReader(): PageReader | undefined {
  const module = createWasmModule();
  return module && readerOf(module);
}

interface Chosen {
  /** Of the records that are wanted: where they are among the integers, and their log streams. */
  readonly places: readonly number[];
  readonly streams: readonly ByteString[];
  readonly known: KnownEvents;
}

function readerOf(module: WasmModule): PageReader {
  const { exports, textAt } = module;

  // @returns the length of the page, 0 if it is of another form
  function load(bytes: Uint8Array): number {
    const size = bytes.length;
    if (size > MOST_BYTES || size < HEAD.length || readBytes(bytes, 0, HEAD.length) !== HEAD) return 0;
    if (!runtime.isUtf8(bytes)) return 0;
    module.fitText(3 * (size + GAP));
    module.text().set(bytes);
    return size;
  }

  // @returns the offset behind the array of events, 0 if it is of another form
  function parse(size: number, seed: number): number {
    const [from, to] = [textAt + HEAD.length, textAt + size];
    const [low, high] = [seed % LOW_BITS, Math.floor(seed / LOW_BITS)];
    for (;;) {
      const room = module.tapeBytes();
      const end = exports.readPage(from, to, module.tapeAt(), room, low, high);
      if (end !== 0) return end - textAt;
      if ((exports.pageEvents.value + 1) * RECORD_INTEGERS * 4 <= room) return 0;
      module.growTape();
    }
  }

  function records(): { readonly integers: Int32Array; readonly numbers: Float64Array } {
    const integers = module.tape();
    const count = exports.pageEvents.value * RECORD_INTEGERS;
    return { integers, numbers: new Float64Array(integers.buffer, integers.byteOffset, count / 2) };
  }

  // Marks the events whose texts are wanted.
  function choose({ isStream, isKnown }: Wanted): Chosen {
    const { integers, numbers } = records();
    const [places, streams]: [number[], ByteString[]] = [[], []];
    let [count, oldest, newest] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    let stream: ByteString | undefined;
    for (let at = 0; at < numbers.length * 2; at += RECORD_INTEGERS) {
      if ((integers[at + FLAGS]! & SAME_STREAM) === 0) {
        const start = integers[at + STREAM_AT]! - textAt;
        const name = readBytes(module.text(), start, start + integers[at + STREAM_LENGTH]!);
        stream = isStream(name) ? name : undefined;
      }
      if (stream === undefined) continue;
      const timestamp = numbers[at / 2]!;
      if (isKnown(timestamp, numbers[at / 2 + IDENTITY]!)) {
        count++;
        if (timestamp < oldest) oldest = timestamp;
        if (timestamp > newest) newest = timestamp;
        continue;
      }
      places.push(at);
      streams.push(stream);
      integers[at + FLAGS]! |= WANTED;
    }
    return { places, streams, known: { count, oldest, newest } };
  }

  function eventsOf(
    linesAt: number,
    idsAt: number,
    { places, streams }: Chosen,
    { seed, room }: Wanted,
  ): readonly PageEvent[] {
    const { integers, numbers } = records();
    const text = module.text();
    // Copies: the next page takes their place.
    const lines = room(exports.pageLinesEnd.value - linesAt);
    lines.set(text.subarray(linesAt - textAt, exports.pageLinesEnd.value - textAt));
    const ids = readBytes(text, idsAt - textAt, exports.pageIdsEnd.value - textAt);
    let idStart = 0;
    return places.map((at, i): PageEvent => {
      const idEnd = integers[at + ID_END]! - idsAt;
      const id = ids.slice(idStart, idEnd);
      idStart = idEnd;
      return {
        id,
        stream: streams[i]!,
        timestamp: numbers[at / 2]!,
        ingestion: numbers[at / 2 + INGESTION]!,
        identity: seed !== undefined ? numbers[at / 2 + IDENTITY]! : undefined,
        message: '',
        lines,
        start: integers[at + START]! - linesAt,
        end: integers[at + END]! - linesAt,
        isLine: (integers[at + FLAGS]! & (BROKEN | WHOLE)) === WHOLE,
      };
    });
  }

  return {
    read(bytes, wanted) {
      const size = load(bytes);
      const end = size === 0 ? 0 : parse(size, wanted.seed ?? 0);
      if (end === 0) return undefined;
      const chosen = choose(wanted);
      const linesAt = textAt + size + GAP;
      const idsAt = linesAt + size + GAP;
      const isEmpty = chosen.places.length === 0;
      if (!isEmpty && exports.decodePage(module.tapeAt(), linesAt, idsAt) === 0) return undefined;
      const rest = readBytes(module.text(), end, size);
      const events = isEmpty ? [] : eventsOf(linesAt, idsAt, chosen, wanted);
      return { events, known: chosen.known, rest };
    },
  };
}
