// The characters of a YAML text with their marks, read one after the other.
// Answers to yaml-cpp's Stream: bytes in, a byte order mark left out, UTF-16 and UTF-32 turned into UTF-8. What
// counts as the end of a line for line numbers is decided by the first line end of the text. A leaf.

import { codePointBytes } from '../bytes.js';

/** A place in a YAML text: byte offset, line and column, all from 0. */
export interface Mark {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** What peek gives behind the end. A text that holds this byte is at fault itself. */
export const END = 4;

const LF = 10;
const CR = 13;

export interface Stream {
  readonly text: string;
  offset: number;
  line: number;
  column: number;
  /** The byte that ends lines in this text; 0 until the first one was seen. */
  lineEnd: number;
}

/** @param text bytes of the file. */
export function createStream(text: string): Stream {
  return { text: decode(text), offset: 0, line: 0, column: 0, lineEnd: 0 };
}

/** Bytes that stand before the text proper: the UTF-8 byte order mark. Marks do not count them. */
export function markLength(text: string): number {
  return text.startsWith('\xef\xbb\xbf') ? 3 : 0;
}

export function atEnd(stream: Stream): boolean {
  return stream.offset >= stream.text.length;
}

/** The byte `ahead` places on, or END. */
export function peek(stream: Stream, ahead = 0): number {
  const at = stream.offset + ahead;
  return at < stream.text.length ? stream.text.charCodeAt(at) : END;
}

export function mark(stream: Stream): Mark {
  return { offset: stream.offset, line: stream.line, column: stream.column };
}

/** Takes one byte. */
export function take(stream: Stream): number {
  const byte = peek(stream);
  stream.offset++;
  stream.column++;
  if (byte !== LF && byte !== CR) return byte;
  if (stream.lineEnd === 0) stream.lineEnd = byte === CR && peek(stream) !== LF ? CR : LF;
  if (byte === stream.lineEnd) {
    stream.column = 0;
    stream.line++;
  }
  return byte;
}

export function skip(stream: Stream, count: number): void {
  for (let i = 0; i < count; i++) take(stream);
}

/** Takes bytes that hold no line end, all at once. */
export function takeRun(stream: Stream, length: number): string {
  const run = stream.text.slice(stream.offset, stream.offset + length);
  stream.offset += length;
  stream.column += length;
  return run;
}

const SPACE = 32;
const LINE = /[^\r\n]*/y;

/** Skips so many spaces at most. */
export function skipSpaces(stream: Stream, most: number): void {
  const { text, offset } = stream;
  let count = 0;
  while (count < most && text.charCodeAt(offset + count) === SPACE) count++;
  stream.offset += count;
  stream.column += count;
}

/** Skips what is left of the line, up to its end. */
export function skipLine(stream: Stream): void {
  LINE.lastIndex = stream.offset;
  const { length } = LINE.exec(stream.text)![0];
  stream.offset += length;
  stream.column += length;
}

type Encoding = 'utf8' | 'utf16le' | 'utf16be' | 'utf32le' | 'utf32be';

/** The encoding by the first four bytes, with or without a byte order mark (YAML 1.2, §5.2). */
function encodingOf(text: string): Encoding {
  const [a, b, c, d] = [0, 1, 2, 3].map((at) => (at < text.length ? text.charCodeAt(at) : -1));
  if (a === 0) {
    if (b === 0) return c === 0 || (c === 0xfe && d === 0xff) ? 'utf32be' : 'utf8';
    return isPlain(b) ? 'utf16be' : 'utf8';
  }
  if (a === 0xfe && b === 0xff) return 'utf16be';
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'utf32le' : 'utf16le';
  if (isPlain(a) && b === 0) return c === 0 && d === 0 ? 'utf32le' : 'utf16le';
  return 'utf8';
}

/** A byte that a text may begin with and that no byte order mark holds. */
function isPlain(byte: number | undefined): boolean {
  return byte !== undefined && byte > 0 && byte !== 0xbb && byte !== 0xbf && byte !== 0xef && byte < 0xfe;
}

function decode(text: string): string {
  const encoding = encodingOf(text);
  if (encoding === 'utf8') return text.slice(markLength(text));
  const wide = encoding.startsWith('utf32');
  const littleEndian = encoding.endsWith('le');
  const units = unitsOf(text, wide ? 4 : 2, littleEndian);
  if (units[0] === 0xfeff) units.shift();
  return (wide ? units.map(replaceEnd) : joinSurrogates(units)).map(codePointBytes).join('');
}

function unitsOf(text: string, size: number, littleEndian: boolean): number[] {
  const units: number[] = [];
  for (let at = 0; at + size <= text.length; at += size) {
    let unit = 0;
    for (let i = 0; i < size; i++) {
      const byte = text.charCodeAt(at + (littleEndian ? size - 1 - i : i));
      unit = unit * 256 + byte;
    }
    units.push(unit);
  }
  return units;
}

const REPLACEMENT = 0xfffd;

function replaceEnd(unit: number): number {
  const isCharacter = unit <= 0x10ffff && (unit < 0xd800 || unit > 0xdfff);
  return unit === END || !isCharacter ? REPLACEMENT : unit;
}

function joinSurrogates(units: readonly number[]): number[] {
  const points: number[] = [];
  for (let i = 0; i < units.length; i++) {
    const unit = units[i]!;
    const next = units[i + 1] ?? 0;
    if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
      points.push(0x10000 + (unit - 0xd800) * 0x400 + (next - 0xdc00));
      i++;
    } else points.push(replaceEnd(unit));
  }
  return points;
}
