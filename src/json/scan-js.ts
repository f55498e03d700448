// The scanner in JavaScript: JSON text → tape (document.ts), checked in the same pass.
// The dialect is that of the JSON parser in Falco's audit plugins: any byte may stand inside a string, a number
// is any run of digits, signs, dots and e/E, or (signed) inf and nan in any case, 300 levels deep.

import type { ByteString } from '../bytes.js';
import {
  CODED,
  type JsonDocument,
  type JsonScanner,
  MAX_DEPTH,
  NODE_SIZE,
  OTHER,
  PLAIN,
} from './document.js';

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

/** Makes a scanner with a tape of its own, which grows to what the largest text needed. */
export function createJsScanner(): JsonScanner {
  let tape = new Int32Array(4096 * NODE_SIZE);
  let node = 0;
  let compact = true;
  const open = new Int32Array(MAX_DEPTH);
  const document = { text: '', tape, compact, keysBelow: 0 };

  function skipSpace(text: ByteString, at: number, to: number): number {
    let i = at;
    while (i < to && CLASS[text.charCodeAt(i)] === SPACE) i++;
    if (i !== at) compact = false;
    return i;
  }

  // Writes the string that opens at `i`; returns the offset behind it, or -1.
  function scanString(text: ByteString, i: number, to: number): number {
    const signed = stringEnd(text, i, to);
    const end = signed < 0 ? -signed : signed;
    tape[node] = i;
    tape[node + 1] = end;
    tape[node + 2] = signed < 0 ? CODED : PLAIN;
    node += NODE_SIZE;
    return end === 0 ? -1 : end;
  }

  // Writes the key at `i` (white space before it skipped); returns the offset of its value, or -1.
  function scanKey(text: ByteString, at: number, to: number): number {
    let i = skipSpace(text, at, to);
    if (i >= to || text.charCodeAt(i) !== QUOTE) return -1;
    i = scanString(text, i, to);
    if (i < 0) return -1;
    i = skipSpace(text, i, to);
    return i < to && text.charCodeAt(i) === COLON ? skipSpace(text, i + 1, to) : -1;
  }

  function scanValue(text: ByteString, at: number, to: number): number {
    let i = at;
    // Open containers, and whether the innermost one is an object.
    let depth = 0;
    let inObject = false;
    for (;;) {
      if (i >= to) return -1;
      // Room for this value and, in an object, the key behind it.
      if (node + 2 * NODE_SIZE > tape.length) tape = grow(tape);
      const c = text.charCodeAt(i);
      if (c === QUOTE) {
        i = scanString(text, i, to);
        if (i < 0) return -1;
      } else if (c === OPEN_BRACE || c === OPEN_BRACKET) {
        if (depth === MAX_DEPTH) return -1;
        tape[node] = i;
        open[depth++] = node;
        node += NODE_SIZE;
        inObject = c === OPEN_BRACE;
        tape[node - 1] = inObject ? IN_OBJECT : 0;
        i = skipSpace(text, i + 1, to);
        // ']' and '}' both stand two behind their opening bracket.
        if (i >= to || text.charCodeAt(i) !== c + 2) {
          // The value inside counts as a level of its own.
          if (depth === MAX_DEPTH) return -1;
          if (inObject) i = scanKey(text, i, to);
          if (i < 0) return -1;
          continue;
        }
      } else {
        const end = scalarEnd(text, i, to, c);
        if (end < 0) return -1;
        tape[node] = i;
        tape[node + 1] = end;
        tape[node + 2] = OTHER;
        node += NODE_SIZE;
        i = end;
      }

      // Behind a value, or at the bracket that closes an empty container.
      while (depth > 0) {
        i = skipSpace(text, i, to);
        if (i >= to) return -1;
        const d = text.charCodeAt(i);
        if (d === COMMA) {
          i = inObject ? scanKey(text, i + 1, to) : skipSpace(text, i + 1, to);
          if (i < 0) return -1;
          break;
        }
        if (d !== (inObject ? CLOSE_BRACE : CLOSE_BRACKET)) return -1;
        const container = open[--depth]!;
        tape[container + 1] = ++i;
        tape[container + 2] = inObject ? node : -node;
        inObject = depth > 0 && tape[open[depth - 1]! + 2] === IN_OBJECT;
      }
      if (depth === 0) return i;
    }
  }

  function scan(text: ByteString, from = 0, to = text.length): JsonDocument | undefined {
    node = 0;
    const start = skipSpace(text, from, to);
    compact = true;
    const behind = scanValue(text, start, to);
    const inner = compact;
    if (behind < 0 || skipSpace(text, behind, to) < to) return undefined;
    document.text = text;
    document.tape = tape;
    document.compact = inner;
    return document;
  }

  return { scan };
}

function grow(tape: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(tape.length * 2);
  larger.set(tape);
  return larger;
}

// Offset behind the string that opens at `start`, negated if it is coded; 0 if it does not end.
function stringEnd(text: ByteString, start: number, to: number): number {
  let i = start + 1;
  let coded = false;
  for (; i < to; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) return coded ? -(i + 1) : i + 1;
    if (c === BACKSLASH || c === NUL) {
      coded = true;
      if (c === BACKSLASH) i++;
    }
  }
  return 0;
}

// Offset behind the number or literal at `start`; -1 if there is none.
function scalarEnd(text: ByteString, start: number, to: number, first: number): number {
  if (CLASS[first] === NUMERIC) {
    let i = start + 1;
    while (i < to && CLASS[text.charCodeAt(i)] === NUMERIC) i++;
    const signOnly = i === start + 1 && (first === 0x2b || first === 0x2d);
    return signOnly && i < to ? wordEnd(text, i, to) : i;
  }
  if (first === 0x74) return text.startsWith('true', start) && start + 4 <= to ? start + 4 : -1;
  if (first === 0x66) return text.startsWith('false', start) && start + 5 <= to ? start + 5 : -1;
  if (first === 0x6e && text.startsWith('null', start) && start + 4 <= to) return start + 4;
  return wordEnd(text, start, to);
}

// Offset behind `inf` or `nan` in any case; -1 if neither stands here.
function wordEnd(text: ByteString, start: number, to: number): number {
  if (start + 3 > to) return -1;
  const word = text.slice(start, start + 3).toLowerCase();
  return word === 'inf' || word === 'nan' ? start + 3 : -1;
}
