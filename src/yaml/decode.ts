// In: the bytes of a file. Out: its text as UTF-8 without a byte order mark, byte strings both.
// Answers to yaml-cpp's Stream, which turns UTF-16 and UTF-32 into UTF-8. A leaf.

import { codePointBytes } from '../bytes.js';

/** yaml-cpp's sign for the end of a text, which none may hold. */
const END = 4;

/** Bytes that stand before the text proper: the UTF-8 byte order mark. Marks do not count them. */
export function markLength(text: string): number {
  return text.startsWith('\xef\xbb\xbf') ? 3 : 0;
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

/** @param text bytes of the file */
export function decode(text: string): string {
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
