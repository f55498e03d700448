// The module in WebAssembly (assembly/, built into dist/json/scan.wasm): its functions, and its memory with room for a
// text and its tape. The only file that knows where things are in it.

import { type ByteString, readBytes } from '../../bytes.js';
import { FIRST_KEY, numberedKeys } from '../../json/keys.js';
import { runtime } from '../../runtime/runtime.js';
import { ASIDE_BYTES } from '../shared.js';
import { wasmBytes } from './wasm-bytes.js';

/** What assembly/index.ts exports; see there. Addresses and lengths are bytes. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  freeFrom(): number;
  scan(input: number, length: number, base: number, tape: number, tapeBytes: number): number;
  addKey(input: number, length: number, id: number): void;
  asideAt(): number;
  placeTape(at: number, bytes: number): void;
  setForm(audit: number, time: number, annotations: number, truncated: number, bare: number): void;
  addTest(kind: number, key: number, at: number, length: number): void;
  setTimeKnown(known: number): void;
  isTruncated(): number;
  forgetPrefilter(): void;
  forgetPlace(place: number): void;
  setHashKey(at: number): void;
  setPlaceKey(place: number, depth: number, key: number, index: number): void;
  setTimePlace(place: number): void;
  learnState(state: number, place: number): void;
  learnStep(state: number, kind: number, next: number): number;
  learnValue(place: number, at: number, length: number, kind: number): number;
  learnOthers(place: number, kind: number): void;
  learnNoStrings(place: number, kind: number): void;
  setPlaceForm(place: number, form: number): void;
  learnLong(place: number, kind: number): void;
  addLook(place: number, kind: number, at: number, length: number): number;
  dropLooks(place: number): void;
  learnSign(place: number, at: number, bytes: number, type: number, kind: number): number;
  judge(node: number, shift: number, needsKind: number): number;
  openLines(from: number, to: number, largest: number, prefiltered: number, writes: number): void;
  addLiteral(at: number, length: number): number;
  addValue(place: number, json: number, elseCluster: number, strings: number, orEmpty: number): number;
  addTime(form: number): number;
  endLine(rule: number): number;
  writeAlert(state: number, shift: number): number;
  learnLine(state: number, first: number): void;
  forgetLines(): void;
  setOffset(seconds: number): void;
  setCluster(at: number, length: number): void;
  writtenAt(): number;
  writtenLinesAt(): number;
  clearWritten(): void;
  nextLine(): number;
  readText(): number;
  lastSeconds(): number;
  readPage(from: number, to: number, records: number, bytes: number, low: number, high: number): number;
  decodePage(records: number, lines: number, ids: number): number;
  readonly pageEvents: Variable;
  readonly pageLinesEnd: Variable;
  readonly pageIdsEnd: Variable;
  readonly lineStart: Variable;
  readonly lineEnd: Variable;
  readonly compact: Variable;
  readonly passed: Variable;
  readonly passedTruncated: Variable;
  readonly reached: Variable;
  readonly written: Variable;
}

/** A variable of the module; a WebAssembly.Global. */
interface Variable {
  readonly value: number;
}

export interface WasmModule {
  readonly exports: Exports;
  /** Where the text is. */
  readonly textAt: number;
  /** Room for the text. Valid until more room is made. */
  text(): Uint8Array;
  /** The tape, and where it is. Valid until more room is made. */
  tape(): Int32Array;
  tapeAt(): number;
  tapeBytes(): number;
  /** Makes room for a text; what was there is lost. */
  fitText(length: number): void;
  /** Twice as much room for the tape. The text stays. */
  growTape(): void;
  /** Puts a text of up to ASIDE_BYTES where it is in nobody's way. @returns its address */
  writeAside(text: ByteString): number;
  /** Takes the lines that were written: calls for each with its rule. */
  takeLines(take: (rule: number, line: ByteString) => void): void;
  /** Teaches it the keys that were numbered since it last did. @returns the number below which all are known */
  learnKeys(): number;
}

const PAGE = 65536;
// SIMD reads run past the end of the text by up to two vectors.
const PADDING = 32;
const FIRST_ROOM = 4 * PAGE;

let compiled: WebAssembly.Module | null | undefined;

function compile(): WebAssembly.Module | null {
  const bytes = wasmBytes();
  if (bytes === undefined) return null;
  try {
    return new WebAssembly.Module(new Uint8Array(bytes));
  } catch {
    // No SIMD in this runtime: the caller takes what is written in JavaScript, which gives the same answers.
    return null;
  }
}

/** Makes an instance with a memory of its own; undefined where WebAssembly with SIMD is not to be had. */
export function createWasmModule(): WasmModule | undefined {
  if (compiled === undefined) compiled = compile();
  if (compiled === null) return undefined;
  const exports = new WebAssembly.Instance(compiled).exports as unknown as Exports;
  const { memory } = exports;
  // Memory: the module's own data | text | tape.
  const textAt = Math.ceil(exports.freeFrom() / PAGE) * PAGE;
  let textBytes = FIRST_ROOM;
  let tapeBytes = FIRST_ROOM;
  let text: Uint8Array = new Uint8Array(0);
  let tape = new Int32Array(0);
  let aside: Uint8Array = new Uint8Array(0);
  let keysBelow = FIRST_KEY;
  layOut();

  function layOut(): void {
    const tapeAt = textAt + textBytes;
    const lacking = tapeAt + tapeBytes - memory.buffer.byteLength;
    if (lacking > 0) memory.grow(Math.ceil(lacking / PAGE));
    text = runtime.view(memory.buffer, textAt, textBytes);
    tape = new Int32Array(memory.buffer, tapeAt, tapeBytes / 4);
    aside = runtime.view(memory.buffer, exports.asideAt(), ASIDE_BYTES);
    exports.placeTape(tapeAt, tapeBytes);
  }

  function takeLines(take: (rule: number, line: ByteString) => void): void {
    const count = exports.written.value;
    if (count === 0) return;
    const lines = new Int32Array(memory.buffer, exports.writtenLinesAt(), count * 2);
    const length = lines[count * 2 - 1]!;
    const text = readBytes(runtime.view(memory.buffer, exports.writtenAt(), length));
    let start = 0;
    for (let i = 0; i < count * 2; i += 2) {
      const end = lines[i + 1]!;
      take(lines[i]!, text.slice(start, end));
      start = end;
    }
    exports.clearWritten();
  }

  function writeAside(bytes: ByteString): number {
    runtime.write(aside, bytes, 0);
    return exports.asideAt();
  }

  return {
    exports,
    textAt,
    writeAside,
    takeLines,
    text: () => text,
    tape: () => tape,
    tapeAt: () => textAt + textBytes,
    tapeBytes: () => tapeBytes,
    fitText(length) {
      if (length + PADDING <= textBytes) return;
      textBytes = Math.ceil((length + PADDING) / PAGE) * PAGE;
      layOut();
    },
    growTape() {
      tapeBytes *= 2;
      layOut();
    },
    learnKeys() {
      const keys = numberedKeys();
      for (; keysBelow - FIRST_KEY < keys.length; keysBelow++) {
        const { text: key, id } = keys[keysBelow - FIRST_KEY]!;
        exports.addKey(writeAside(key), key.length, id);
      }
      return keysBelow;
    },
  };
}
