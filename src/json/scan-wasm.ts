// The scanner in WebAssembly (assembly/scan.ts, built into dist/json/scan.wasm): about a quarter of what JSON.parse takes.
// The text is copied into the module's memory; the tape is read from it in place.

import { existsSync, readFileSync } from 'node:fs';
import type { ByteString } from '../bytes.js';
import type { JsonDocument, JsonScanner } from './document.js';
import { FIRST_KEY, numberedKeys } from './keys.js';

interface ScanExports {
  readonly memory: WebAssembly.Memory;
  /** 1 compact, 0 with white space, -1 malformed, -2 tape full. */
  scan(input: number, length: number, base: number, tape: number, tapeBytes: number): number;
  /** Makes a key known, so that its number appears on tapes. */
  addKey(input: number, length: number, id: number): void;
}

const TAPE_FULL = -2;
const PAGE = 65536;
// The module's own data ends below this address.
const TAPE_START = PAGE;
// SIMD reads run past the end of the text by up to one vector.
const PADDING = 16;

// Built beside this file, or (when the sources run directly, as in tests) in dist.
const PLACES = ['../json/scan.wasm', '../../dist/json/scan.wasm', './json/scan.wasm'];
let compiled: WebAssembly.Module | null | undefined;

function compile(): WebAssembly.Module | null {
  const place = PLACES.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url));
  if (place === undefined) return null;
  try {
    return new WebAssembly.Module(readFileSync(place));
  } catch {
    // No SIMD in this runtime: the caller takes the scanner in JavaScript, which gives the same answers.
    return null;
  }
}

/** Makes a scanner with a memory of its own; undefined where WebAssembly with SIMD is not to be had. */
export function createWasmScanner(): JsonScanner | undefined {
  if (compiled === undefined) compiled = compile();
  if (compiled === null) return undefined;
  const {
    memory,
    scan: scanBytes,
    addKey,
  } = new WebAssembly.Instance(compiled).exports as unknown as ScanExports;
  // Memory: own data | tape | text. Both regions grow to what the largest text needed.
  let tapeBytes = 4 * PAGE;
  let textBytes = 4 * PAGE;
  let tape = new Int32Array(0);
  let text: Buffer = Buffer.alloc(0);
  layOut();
  const document = { text: '', tape, compact: true, keysBelow: FIRST_KEY };
  const keys = numberedKeys();

  function layOut(): void {
    const need = TAPE_START + tapeBytes + textBytes;
    const have = memory.buffer.byteLength;
    if (need > have) memory.grow(Math.ceil((need - have) / PAGE));
    tape = new Int32Array(memory.buffer, TAPE_START, tapeBytes / 4);
    text = Buffer.from(memory.buffer, TAPE_START + tapeBytes, textBytes);
  }

  function learnKeys(): void {
    for (let at = document.keysBelow - FIRST_KEY; at < keys.length; at++) {
      const { text: key, id } = keys[at]!;
      text.write(key, 0, key.length, 'latin1');
      addKey(TAPE_START + tapeBytes, key.length, id);
    }
    document.keysBelow = FIRST_KEY + keys.length;
  }

  function scan(source: ByteString, from = 0, to = source.length): JsonDocument | undefined {
    if (document.keysBelow - FIRST_KEY < keys.length) learnKeys();
    const length = to - from;
    if (length + PADDING > textBytes) {
      textBytes = Math.ceil((length + PADDING) / PAGE) * PAGE;
      layOut();
    }
    text.write(length === source.length ? source : source.slice(from, to), 0, length, 'latin1');
    let answer = scanBytes(TAPE_START + tapeBytes, length, from, TAPE_START, tapeBytes);
    while (answer === TAPE_FULL) {
      tapeBytes *= 2;
      layOut();
      text.write(source.slice(from, to), 0, length, 'latin1');
      answer = scanBytes(TAPE_START + tapeBytes, length, from, TAPE_START, tapeBytes);
    }
    if (answer < 0) return undefined;
    document.text = source;
    document.tape = tape;
    document.compact = answer === 1;
    return document;
  }

  return { scan };
}
