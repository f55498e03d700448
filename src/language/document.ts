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

export const createDocument = (uri: string, version: number, text: string): TextDocument =>
  documentOf(uri, version, toBytes(text));

export function documentOf(uri: string, version: number, bytes: ByteString): TextDocument {
  const whole = bytes.split('\n');
  return withLines({ uri, version, bytes, lines: whole.map(withoutReturn), starts: startsOf(whole, 0) });
}

/** The document after an edit; only the lines that it touches are read anew. */
export function edited(
  { uri, bytes, lines, starts, offsetAt }: TextDocument,
  version: number,
  { start, end }: TextRange,
  text: string,
): TextDocument {
  const from = offsetAt(start);
  const to = Math.max(from, offsetAt(end));
  const added = toBytes(text);
  const first = lastAtMost(starts, from);
  const last = lastAtMost(starts, to);
  const behind = starts[last + 1] ?? bytes.length + 1;
  const fresh = `${bytes.slice(starts[first]!, from)}${added}${bytes.slice(to, behind - 1)}`.split('\n');
  const moved = from + added.length - to;
  return withLines({
    uri,
    version,
    bytes: bytes.slice(0, from) + added + bytes.slice(to),
    lines: [...lines.slice(0, first), ...fresh.map(withoutReturn), ...lines.slice(last + 1)],
    starts: [
      ...starts.slice(0, first),
      ...startsOf(fresh, starts[first]!),
      ...starts.slice(last + 1).map((at) => at + moved),
    ],
  });
}

const withoutReturn = (line: ByteString): ByteString => (line.endsWith('\r') ? line.slice(0, -1) : line);

function startsOf(lines: readonly ByteString[], first: number): readonly number[] {
  let offset = first;
  return lines.map((line) => {
    const start = offset;
    offset += line.length + 1;
    return start;
  });
}

function withLines(text: Omit<TextDocument, 'rangeAt' | 'offsetAt'>): TextDocument {
  const { bytes, lines, starts } = text;
  const positionAt = (at: number): TextPosition => {
    const line = Math.max(0, lastAtMost(starts, at));
    return { line, character: fromBytes(lines[line]!.slice(0, at - starts[line]!)).length };
  };
  return {
    ...text,
    rangeAt: (at, length) => ({ start: positionAt(at), end: positionAt(at + length) }),
    offsetAt: ({ line, character }) => {
      const own = lines[line];
      if (own === undefined) return bytes.length;
      return starts[line]! + toBytes(fromBytes(own).slice(0, character)).length;
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
