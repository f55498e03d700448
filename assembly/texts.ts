// Texts that stand in a larger JSON text as strings (log events in an answer of CloudWatch Logs). In: a string's bytes. Out:
// what it decodes to, one text behind the other as lines, if it is an audit event and would be one line. What is not so is
// left to the caller.

import { within } from './bytes';
import { noteRoots, rootMember, tape, tapeBytes, UNCLEAR } from './event';
import { PLAIN, scan, TAPE_FULL } from './scan';

const BACKSLASH: u8 = 0x5c;
// Three bytes of UTF-8 for U+FFFD, which stands for half a surrogate pair.
const REPLACEMENT: u32 = 0xbdbfef;

// What takeText() answers, besides TAPE_FULL.
const TAKEN: i32 = 1;
const LEFT: i32 = 0;

let kindKey: i32 = 0;

/** Where the next text goes; the caller sets it, and has room there for all that it lets in, and a vector more. */
export let textsEnd: usize = 0;

/** @param kind the number of the key `kind` */
export function openTexts(at: usize, kind: i32): void {
  textsEnd = at;
  kindKey = kind;
}

// @ts-ignore: decorator
@inline
function hexOf(c: u8): i32 {
  const digit = <i32>c - 0x30;
  if (<u32>digit <= 9) return digit;
  const letter = <i32>(c | 0x20) - 0x61;
  return <u32>letter <= 5 ? letter + 10 : -1;
}

// The number of four hexadecimal digits; -1 if they are none.
function codeAt(at: usize): i32 {
  const a = hexOf(load<u8>(at));
  const b = hexOf(load<u8>(at, 1));
  const c = hexOf(load<u8>(at, 2));
  const d = hexOf(load<u8>(at, 3));
  return (a | b | c | d) < 0 ? -1 : (a << 12) | (b << 8) | (c << 4) | d;
}

// The byte that an escape of two bytes stands for; 0: it is none.
function plainEscape(c: u8): u8 {
  switch (c) {
    case 0x22:
    case 0x2f:
    case 0x5c:
      return c;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return 0;
  }
}

/** Whether every backslash in memory[from, to) begins an escape of JSON, and no byte is a control character. */
export function isStrict(from: usize, to: usize): bool {
  const spaces = i8x16.splat(0x20);
  const backslashes = i8x16.splat(BACKSLASH);
  for (let i = from; i < to; ) {
    const block = v128.load(i);
    const odd = i8x16.bitmask(v128.or(i8x16.lt_u(block, spaces), i8x16.eq(block, backslashes)));
    const hits = within(odd, to - i);
    if (hits == 0) {
      i += 16;
      continue;
    }
    i += ctz(hits);
    if (load<u8>(i) != BACKSLASH) return false;
    const c = load<u8>(i, 1);
    if (c == 0x75) {
      if (i + 6 > to || codeAt(i + 2) < 0) return false;
      i += 6;
    } else {
      if (i + 2 > to || plainEscape(c) == 0) return false;
      i += 2;
    }
  }
  return true;
}

// Writes a code point as UTF-8. @returns the address behind it
function writeCode(to: usize, code: i32): usize {
  if (code < 0x80) {
    store<u8>(to, <u8>code);
    return to + 1;
  }
  if (code < 0x800) {
    store<u8>(to, <u8>(0xc0 | (code >> 6)));
    store<u8>(to, <u8>(0x80 | (code & 0x3f)), 1);
    return to + 2;
  }
  if (code < 0x10000) {
    store<u8>(to, <u8>(0xe0 | (code >> 12)));
    store<u8>(to, <u8>(0x80 | ((code >> 6) & 0x3f)), 1);
    store<u8>(to, <u8>(0x80 | (code & 0x3f)), 2);
    return to + 3;
  }
  store<u8>(to, <u8>(0xf0 | (code >> 18)));
  store<u8>(to, <u8>(0x80 | ((code >> 12) & 0x3f)), 1);
  store<u8>(to, <u8>(0x80 | ((code >> 6) & 0x3f)), 2);
  store<u8>(to, <u8>(0x80 | (code & 0x3f)), 3);
  return to + 4;
}

let written: usize = 0;

// Decodes `\uXXXX` at `at`, with its other half if it is one of a pair; sets `written`. @returns the address behind it
function decodeCode(at: usize, end: usize, to: usize): usize {
  const code = codeAt(at + 2);
  if (code < 0xd800 || code > 0xdfff) {
    written = writeCode(to, code);
    return at + 6;
  }
  if (code < 0xdc00 && at + 12 <= end && load<u16>(at, 6) == 0x755c) {
    const other = codeAt(at + 8);
    if (other >= 0xdc00 && other <= 0xdfff) {
      written = writeCode(to, 0x10000 + ((code - 0xd800) << 10) + (other - 0xdc00));
      return at + 12;
    }
  }
  store<u32>(to, REPLACEMENT);
  written = to + 3;
  return at + 6;
}

/**
 * Decodes the string whose inner bytes are memory[from, end), all of it strict, and adds it to the texts as a line if it is
 * an audit event by itself and has no newline in it.
 * @returns TAKEN, LEFT, or TAPE_FULL (it comes again)
 */
export function takeText(from: usize, end: usize): i32 {
  const start = textsEnd;
  const backslashes = i8x16.splat(BACKSLASH);
  let to = start;
  for (let i = from; i < end; ) {
    const block = v128.load(i);
    v128.store(to, block);
    const hits = within(i8x16.bitmask(i8x16.eq(block, backslashes)), end - i);
    const plain: usize = hits == 0 ? min<usize>(16, end - i) : ctz(hits);
    i += plain;
    to += plain;
    if (hits == 0) continue;
    const c = load<u8>(i, 1);
    if (c == 0x75) {
      i = decodeCode(i, end, to);
      if (load<u8>(to) == 0x0a) return LEFT;
      to = written;
      continue;
    }
    const byte = plainEscape(c);
    if (byte == 0x0a) return LEFT;
    store<u8>(to++, byte);
    i += 2;
  }
  if (to == start || load<u8>(start) != 0x7b || load<u8>(to - 1) != 0x7d) return LEFT;
  const answer = scan(start, <i32>(to - start), 0, tape, tapeBytes);
  if (answer == TAPE_FULL) return TAPE_FULL;
  if (answer < 0) return LEFT;
  noteRoots(tape);
  const kind = rootMember(kindKey);
  if (kind <= UNCLEAR || load<i32>(kind, 8) != PLAIN) return LEFT;
  // "Event, of the low six bytes of eight.
  const name = load<u64>(start + <usize>load<i32>(kind)) & 0x0000ffffffffffff;
  if (name != 0x0000746e65764522) return LEFT;
  store<u8>(to, 0x0a);
  textsEnd = to + 1;
  return TAKEN;
}
