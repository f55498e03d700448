// The scanner in JavaScript: JSON text → tape (document.ts), checked in the same pass.
// The dialect is that of the JSON parser in Falco's audit plugins: any byte may stand inside a string, a number
// is any run of digits, signs, dots and e/E, or (signed) inf and nan in any case; it may be nested more deeply than there (MAX_DEPTH).
// It reads bytes, not the string: copying costs a twentieth of what charCodeAt on strings of many kinds costs more.

import { type ByteString, bytesOf } from '../bytes.js';
import { runtime } from '../runtime/runtime.js';
import {
  CODED,
  type JsonDocument,
  type JsonScanner,
  MAX_DEPTH,
  NODE_SIZE,
  OTHER,
  PLAIN,
} from './document.js';
import { createKeyTable } from './key-table.js';
import { FIRST_KEY, numberedKeys } from './keys.js';

const NUL = 0x00;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

// Stands on the tape as the kind of an object while it is open.
const IN_OBJECT = 1;

// What a byte outside strings may be.
const SPACE = 1;
const NUMERIC = 2;
const CLASS = new Uint8Array(256);
for (const c of ' \t\n\r') CLASS[c.charCodeAt(0)] = SPACE;
for (const c of '0123456789.-+eE') CLASS[c.charCodeAt(0)] = NUMERIC;
// Bytes at which the search for the end of a string stops.
const STOPS = new Uint8Array(256);
for (const c of [NUL, QUOTE, BACKSLASH]) STOPS[c] = 1;

// Behind the text stand a NUL, at which every loop ends, and enough room for words to be compared.
const PADDING = 8;

/** Makes a scanner with a tape of its own, which grows to what the largest text needed. */
export function createJsScanner(): JsonScanner {
  let tape = new Int32Array(4096 * NODE_SIZE);
  let bytes = new Uint8Array(1 << 16);
  const open = new Int32Array(MAX_DEPTH);
  const table = createKeyTable();
  const keys = numberedKeys();
  const document = { text: '', tape, compact: true, keysBelow: FIRST_KEY };
  // The text's length; offset of its first byte in the caller's text; the next free node.
  let end = 0;
  let base = 0;
  let node = 0;

  function load(text: ByteString, from: number, to: number): void {
    end = to - from;
    base = from;
    node = 0;
    if (end + PADDING > bytes.length) bytes = new Uint8Array(2 * (end + PADDING));
    runtime.write(bytes, end === text.length ? text : text.slice(from, to), 0);
    bytes.fill(NUL, end, end + PADDING);
    for (let at = document.keysBelow - FIRST_KEY; at < keys.length; at++) table.add(keys[at]!);
    document.keysBelow = FIRST_KEY + keys.length;
  }

  function write(from: number, to: number, kind: number): void {
    tape[node] = from + base;
    tape[node + 1] = to + base;
    tape[node + 2] = kind;
    node += NODE_SIZE;
  }

  // Writes the key at `i`; returns where its colon must stand, or -1.
  function scanKey(i: number): number {
    if (bytes[i] !== QUOTE) return -1;
    const signed = stringEnd(bytes, i, end);
    if (signed === 0) return -1;
    const behind = Math.abs(signed);
    write(i, behind, signed < 0 ? CODED : table.find(bytes, i + 1, behind - 1));
    return behind;
  }

  // Writes the scalar at `i`; returns the offset behind it, or -1.
  function scanScalar(i: number): number {
    if (i >= end) return -1;
    if (bytes[i] === QUOTE) {
      const signed = stringEnd(bytes, i, end);
      if (signed === 0) return -1;
      const behind = Math.abs(signed);
      write(i, behind, signed < 0 ? CODED : PLAIN);
      return behind;
    }
    const behind = scalarEnd(bytes, i, end);
    if (behind > 0) write(i, behind, OTHER);
    return behind;
  }

  // Opens the container at `i`; returns the offset of what stands first in it.
  function openContainer(i: number, depth: number, inObject: boolean): number {
    open[depth] = node;
    write(i, i, inObject ? IN_OBJECT : 0);
    return skipSpace(bytes, i + 1);
  }

  // Closes the innermost container with the bracket at `i`; returns whether the one around it is an object.
  function closeContainer(i: number, depth: number, isObject: boolean): boolean {
    const container = open[depth]!;
    tape[container + 1] = i + 1 + base;
    tape[container + 2] = isObject ? node : -node;
    return depth > 0 && tape[open[depth - 1]! + 2] === IN_OBJECT;
  }

  // Scans the text: 1 if it is compact, 0 if not, -1 if it is malformed.
  function scanText(): number {
    let i = skipSpace(bytes, 0);
    // Open containers, and whether the innermost one is an object.
    let depth = 0;
    let inObject = false;
    let compact = 1;
    for (;;) {
      // Room for this value and, in an object, the key behind it.
      if (node + 2 * NODE_SIZE > tape.length) tape = grow(tape);
      const c = bytes[i]!;
      let keyIsDue = false;
      let opened = false;
      if (c === OPEN_BRACE || c === OPEN_BRACKET) {
        if (depth === MAX_DEPTH) return -1;
        inObject = c === OPEN_BRACE;
        const first = openContainer(i, depth++, inObject);
        if (first !== i + 1) compact = 0;
        i = first;
        // ']' and '}' both stand two behind their opening bracket.
        opened = bytes[i] !== c + 2;
        // The value inside counts as a level of its own.
        if (opened && depth === MAX_DEPTH) return -1;
        keyIsDue = opened && inObject;
      } else {
        i = scanScalar(i);
        if (i < 0) return -1;
      }
      // Behind a value, or at the bracket that closes an empty container.
      while (!opened && depth > 0) {
        const at = skipSpace(bytes, i);
        if (at !== i) compact = 0;
        i = at;
        if (bytes[i] === COMMA) {
          keyIsDue = inObject;
          const next = skipSpace(bytes, ++i);
          if (next !== i) compact = 0;
          i = next;
          break;
        }
        if (bytes[i] !== (inObject ? CLOSE_BRACE : CLOSE_BRACKET)) return -1;
        inObject = closeContainer(i++, --depth, inObject);
      }
      if (depth === 0) return skipSpace(bytes, i) < end ? -1 : compact;
      if (!keyIsDue) continue;
      const colon = scanKey(i);
      if (colon < 0) return -1;
      const at = skipSpace(bytes, colon);
      if (bytes[at] !== COLON) return -1;
      i = skipSpace(bytes, at + 1);
      if (i !== colon + 1) compact = 0;
    }
  }

  function scan(text: ByteString, from = 0, to = text.length): JsonDocument | undefined {
    load(text, from, to);
    const answer = scanText();
    if (answer < 0) return undefined;
    document.text = text;
    document.tape = tape;
    document.compact = answer === 1;
    return document;
  }

  return { scan };
}

function grow(tape: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(tape.length * 2);
  larger.set(tape);
  return larger;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let i = from;
  while (CLASS[bytes[i]!] === SPACE) i++;
  return i;
}

// Offset behind the string that opens at `start`, negated if it is coded; 0 if it does not end.
function stringEnd(bytes: Uint8Array, start: number, end: number): number {
  let i = start + 1;
  let coded = false;
  for (;;) {
    while (STOPS[bytes[i]!] === 0) i++;
    if (i >= end) return 0;
    if (bytes[i] === QUOTE) return coded ? -(i + 1) : i + 1;
    coded = true;
    i += bytes[i] === BACKSLASH ? 2 : 1;
  }
}

const TRUE = bytesOf('true');
const FALSE = bytesOf('false');
const NULL = bytesOf('null');
const [INF, NAN] = [bytesOf('inf'), bytesOf('nan')];
/** The bit in which upper and lower case differ. */
const CASE = 0x20;

// Offset behind the number or literal at `start`; -1 if there is none.
function scalarEnd(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start]!;
  if (CLASS[first] === NUMERIC) {
    let i = start + 1;
    while (CLASS[bytes[i]!] === NUMERIC) i++;
    const signOnly = i === start + 1 && (first === 0x2b || first === 0x2d);
    return signOnly && i < end ? wordEnd(bytes, i) : i;
  }
  if (first === TRUE[0]) return hasWord(bytes, start, TRUE, 0) ? start + 4 : -1;
  if (first === FALSE[0]) return hasWord(bytes, start, FALSE, 0) ? start + 5 : -1;
  return hasWord(bytes, start, NULL, 0) ? start + 4 : wordEnd(bytes, start);
}

// Offset behind `inf` or `nan` in any case; -1 if neither stands here.
function wordEnd(bytes: Uint8Array, start: number): number {
  return hasWord(bytes, start, INF, CASE) || hasWord(bytes, start, NAN, CASE) ? start + 3 : -1;
}

// What stands behind the text is no letter, so that no word reaches beyond it.
function hasWord(bytes: Uint8Array, at: number, word: Uint8Array, ignored: number): boolean {
  for (let i = 0; i < word.length; i++) {
    if ((bytes[at + i]! | ignored) !== word[i]) return false;
  }
  return true;
}

/**
 * The same, made with its first text: for who may never need one. A scanner's memory takes longer to make than most texts to
 * scan, so it is kept; what is read of a document is read before the next scan.
 */
export function createLateScanner(): JsonScanner {
  let scanner: JsonScanner | undefined;
  return {
    scan(...text) {
      scanner ??= createJsScanner();
      return scanner.scan(...text);
    },
  };
}
