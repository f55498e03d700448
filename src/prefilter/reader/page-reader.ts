// Pages of CloudWatch Logs, read in one pass. In: an answer's bytes. Out: its events, whose texts stand decoded in one block of
// lines; then whether such a text is an audit event by itself. In WebAssembly only (assembly/pages.ts); what it has not been
// taught is left to the caller.

import { type ByteString, readBytes } from '../../bytes.js';
import { internKey } from '../../json/keys.js';
import { runtime } from '../../runtime/runtime.js';
import { BROKEN, RECORD_INTEGERS, SAME_STREAM, TAPE_FULL } from '../shared.js';
import { createWasmModule, type WasmModule } from './wasm-module.js';

export interface PageEvent {
  readonly id: ByteString;
  readonly stream: ByteString;
  readonly timestamp: number;
  readonly ingestion: number;
  /** Its text is lines[start, end); a newline stands behind it. */
  readonly start: number;
  readonly end: number;
  /** Whether the text has no newline in it. */
  readonly isLine: boolean;
}

export interface ReadPage {
  readonly lines: Uint8Array;
  /** What stands behind the array of events. */
  readonly rest: ByteString;
}

export interface PageReader {
  /**
   * Reads a page that begins with its events, as the service writes it; undefined if it is anything else.
   * @param add gets each event
   */
  read(chunks: readonly Uint8Array[], add: (event: PageEvent) => void): ReadPage | undefined;
  /** Makes known the lines of a page, whose texts isEvent() is to look at. */
  open(lines: Uint8Array): void;
  /** Whether the text in lines[start, end) is an audit event by itself. */
  isEvent(start: number, end: number): boolean;
}

const HEAD = '{"events":[';
// As assembly/pages.ts lays out a record.
const [STREAM_AT, STREAM_LENGTH, ID_END, START, END, FLAGS] = [4, 5, 6, 7, 8, 9];
/** The service's pages hold 1 MB of texts; room that was made once stays. */
const MOST_BYTES = 8 * 1024 * 1024;
/** Between a page, its lines and its ids: vectors are read and written past the end. */
const GAP = 64;
const KIND = internKey('kind');

/** undefined where WebAssembly with SIMD is not to be had. */
export function createPageReader(): PageReader | undefined {
  const module = createWasmModule();
  return module && readerOf(module);
}

function readerOf(module: WasmModule): PageReader {
  const { exports, textAt } = module;
  // The lines that the module's memory holds.
  let held: Uint8Array | undefined;

  // @returns the length of the page, 0 if it is of another form
  function load(chunks: readonly Uint8Array[]): number {
    const size = chunks.reduce((sum, { length }) => sum + length, 0);
    if (size > MOST_BYTES) return 0;
    module.fitText(3 * (size + GAP));
    held = undefined;
    const text = module.text();
    let at = 0;
    for (const chunk of chunks) {
      text.set(chunk, at);
      at += chunk.length;
    }
    if (size < HEAD.length || readBytes(text, 0, HEAD.length) !== HEAD) return 0;
    return runtime.isUtf8(text.subarray(0, size)) ? size : 0;
  }

  // @returns the offset behind the array of events, 0 if it is of another form
  function parse(size: number): number {
    const lines = textAt + size + GAP;
    for (;;) {
      const room = module.tapeBytes();
      const ids = lines + size + GAP;
      const from = textAt + HEAD.length;
      const end = exports.readPage(from, textAt + size, lines, ids, module.tapeAt(), room);
      if (end !== 0) return end - textAt;
      if ((exports.pageEvents.value + 1) * RECORD_INTEGERS * 4 <= room) return 0;
      module.growTape();
    }
  }

  function eachEvent(size: number, add: (event: PageEvent) => void): void {
    const count = exports.pageEvents.value;
    const integers = module.tape();
    const times = new Float64Array(integers.buffer, integers.byteOffset, (count * RECORD_INTEGERS) / 2);
    const text = module.text();
    const linesAt = textAt + size + GAP;
    const idsAt = linesAt + size + GAP;
    const idsEnd = count === 0 ? idsAt : integers[(count - 1) * RECORD_INTEGERS + ID_END]!;
    const ids = readBytes(text, idsAt - textAt, idsEnd - textAt);
    let idStart = 0;
    let stream = '';
    for (let i = 0, at = 0; i < count; i++, at += RECORD_INTEGERS) {
      const flags = integers[at + FLAGS]!;
      if ((flags & SAME_STREAM) === 0) {
        const start = integers[at + STREAM_AT]! - textAt;
        stream = readBytes(text, start, start + integers[at + STREAM_LENGTH]!);
      }
      const idEnd = integers[at + ID_END]! - idsAt;
      add({
        id: ids.slice(idStart, idEnd),
        stream,
        timestamp: times[at / 2]!,
        ingestion: times[at / 2 + 1]!,
        start: integers[at + START]! - linesAt,
        end: integers[at + END]! - linesAt,
        isLine: (flags & BROKEN) === 0,
      });
      idStart = idEnd;
    }
  }

  return {
    read(chunks, add) {
      const size = load(chunks);
      const end = size === 0 ? 0 : parse(size);
      if (end === 0) return undefined;
      const linesAt = size + GAP;
      const text = module.text();
      const rest = readBytes(text, end, size);
      const lines = new Uint8Array(text.subarray(linesAt, exports.pageLinesEnd.value - textAt));
      eachEvent(size, add);
      return { lines, rest };
    },
    open(lines) {
      if (held === lines) return;
      module.learnKeys();
      module.fitText(lines.length + GAP);
      module.text().set(lines);
      held = lines;
    },
    isEvent(start, end) {
      for (;;) {
        const answer = exports.isEventText(textAt + start, end - start, KIND.id);
        if (answer !== TAPE_FULL) return answer !== 0;
        module.growTape();
      }
    },
  };
}
