// A text as editors have it, and its bytes as the engine has them: places lead from one to the other. Editors count
// lines from 0 and UTF-16 units in them, the engine bytes.

import { type ByteString, fromBytes, toBytes } from '../bytes.js';

export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

export interface TextRange {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

export interface TextDocument {
  readonly uri: string;
  readonly version: number;
  readonly bytes: ByteString;
  /** Lines without their ends, as bytes. */
  readonly lines: readonly ByteString[];
  /** Offset of each line. */
  readonly starts: readonly number[];
  rangeAt(offset: number, length: number): TextRange;
  offsetAt(position: TextPosition): number;
}

export function createDocument(uri: string, version: number, text: string): TextDocument {
  const bytes = toBytes(text);
  const whole = bytes.split('\n');
  const starts: number[] = [];
  let offset = 0;
  for (const line of whole) {
    starts.push(offset);
    offset += line.length + 1;
  }
  const lines = whole.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const positionAt = (at: number): TextPosition => {
    const line = Math.max(0, lastAtMost(starts, at));
    return { line, character: fromBytes(lines[line]!.slice(0, at - starts[line]!)).length };
  };
  return {
    ...{ uri, version, bytes, lines, starts },
    rangeAt: (at, length) => ({ start: positionAt(at), end: positionAt(at + length) }),
    offsetAt: ({ line, character }) => {
      const text = lines[line];
      if (text === undefined) return bytes.length;
      return starts[line]! + toBytes(fromBytes(text).slice(0, character)).length;
    },
  };
}

function lastAtMost(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sorted[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
