// A page of CloudWatch Logs, in one pass: the array of log events as the service writes it, each an object of five members.
// In: its bytes. Out: a record of each event, the ids one behind the other, and what the texts decode to, a line each. Where
// anything is other than the service writes it, there is nothing: the caller reads the page in another way.

import { PLAIN } from '../../json/tape';
import { BROKEN, RECORD_INTEGERS, SAME_STREAM, TAPE_FULL } from '../shared';
import { same, within } from './bytes';
import { noteRoots, rootMember, tape, tapeBytes, UNCLEAR } from './event';
import { scan } from './scan';

// A record: both times; where its log stream is, and how long; where its id ends among the ids; where its text is among the
// lines, where it ends; flags.
const RECORD_BYTES: usize = <usize>RECORD_INTEGERS << 2;

// Keys in their quotes: the first eight bytes of each.
const EVENT_ID: u64 = 0x6449746e65766522;
const INGESTION: u64 = 0x69747365676e6922;
const STREAM: u64 = 0x65727453676f6c22;
const MESSAGE: u64 = 0x6567617373656d22;
const TIMESTAMP: u64 = 0x617473656d697422;
// What follows them, up to the colon.
const ON_TIME: u64 = 0x3a22656d69546e6f;
const AM_NAME: u64 = 0x3a22656d614e6d61;
const MP: u32 = 0x3a22706d;
const NOTHING_MORE: u16 = 0x3a22;

/** Events that were read, and where their lines end. */
export let pageEvents: i32 = 0;
export let pageLinesEnd: usize = 0;

// Of the value that was read last: where it ends, and the number that it is.
let behind: usize = 0;
let number: f64 = 0;
let idsEnd: usize = 0;
let hasNewline = false;

// Longer numbers may be larger than can be told exactly.
const MOST_DIGITS: usize = 15;

// A whole number as JSON writes it.
function readNumber(at: usize, end: usize): bool {
  let value: u64 = 0;
  let i = at;
  for (; i < end; i++) {
    const digit = <u32>load<u8>(i) - 0x30;
    if (digit > 9) break;
    value = value * 10 + <u64>digit;
    if (i - at == MOST_DIGITS) return false;
  }
  if (i == at || (load<u8>(at) == 0x30 && i > at + 1)) return false;
  behind = i;
  number = <f64>value;
  return true;
}

// The address of the quote that ends a string of printable ASCII without escapes, whose first byte is at `at`; 0: it is another.
function plainEnd(at: usize, end: usize): usize {
  const below = i8x16.splat(0x20);
  const quotes = i8x16.splat(0x22);
  const backslashes = i8x16.splat(0x5c);
  for (let i = at; i < end; i += 16) {
    const block = v128.load(i);
    // Bytes from 0x80 are below zero.
    const odd = v128.or(i8x16.lt_s(block, below), i8x16.eq(block, backslashes));
    const hits = i8x16.bitmask(v128.or(odd, i8x16.eq(block, quotes)));
    if (hits == 0) continue;
    const hit = i + ctz(hits);
    return hit < end && load<u8>(hit) == 0x22 ? hit : 0;
  }
  return 0;
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

// Decodes `\uXXXX` at `at`, with its other half if it is one of a pair; sets `behind`. Half a pair alone is for the caller:
// its other half may stand in another piece. @returns the address behind what it wrote; 0: left
function decodeCode(at: usize, end: usize, to: usize): usize {
  if (at + 6 > end) return 0;
  const code = codeAt(at + 2);
  behind = at + 6;
  if (code < 0) return 0;
  if (code == 0x0a) hasNewline = true;
  if (code < 0xd800 || code > 0xdfff) return writeCode(to, code);
  if (code >= 0xdc00 || at + 12 > end || load<u16>(at, 6) != 0x755c) return 0;
  const other = codeAt(at + 8);
  if (other < 0xdc00 || other > 0xdfff) return 0;
  behind = at + 12;
  return writeCode(to, 0x10000 + ((code - 0xd800) << 10) + (other - 0xdc00));
}

// Decodes the string whose first byte is at `at`; sets `behind`. Writes up to a vector further. @returns the address behind
// what it wrote; 0: left
function decode(at: usize, end: usize, start: usize): usize {
  const below = i8x16.splat(0x20);
  const quotes = i8x16.splat(0x22);
  const backslashes = i8x16.splat(0x5c);
  let to = start;
  for (let i = at; i < end; ) {
    const block = v128.load(i);
    v128.store(to, block);
    const marks = v128.or(i8x16.eq(block, quotes), i8x16.eq(block, backslashes));
    const hits = within(i8x16.bitmask(v128.or(marks, i8x16.lt_u(block, below))), end - i);
    if (hits == 0) {
      i += 16;
      to += 16;
      continue;
    }
    i += ctz(hits);
    to += ctz(hits);
    const mark = load<u8>(i);
    if (mark == 0x22) {
      behind = i + 1;
      return to;
    }
    if (mark != 0x5c || i + 1 >= end) return 0;
    const c = load<u8>(i, 1);
    if (c == 0x75) {
      to = decodeCode(i, end, to);
      if (to == 0) return 0;
      i = behind;
      continue;
    }
    const byte = plainEscape(c);
    if (byte == 0) return 0;
    if (byte == 0x0a) hasNewline = true;
    store<u8>(to++, byte);
    i += 2;
  }
  return 0;
}

// Which members an event has had, a bit each.
const ALL: i32 = 31;

// Reads a string without escapes; sets `behind`. @returns the address of its quote at the end; 0: left
// @ts-ignore: decorator
@inline
function plainString(at: usize, end: usize): usize {
  if (load<u8>(at) != 0x22) return 0;
  const quote = plainEnd(at + 1, end);
  behind = quote + 1;
  return quote;
}

// Reads the member whose key is at `at`. @returns its bit; 0: it is left
function readMember(at: usize, end: usize, record: usize): i32 {
  const key = load<u64>(at);
  if (key == EVENT_ID && load<u16>(at, 8) == NOTHING_MORE) {
    const quote = plainString(at + 10, end);
    const length = quote - (at + 11);
    if (quote == 0 || length == 0) return 0;
    memory.copy(idsEnd, at + 11, length);
    idsEnd += length;
    store<u32>(record, <u32>idsEnd, 24);
    return 1;
  }
  if (key == STREAM && load<u64>(at, 8) == AM_NAME) {
    const quote = plainString(at + 16, end);
    if (quote == 0) return 0;
    store<u32>(record, <u32>(at + 17), 16);
    store<u32>(record, <u32>(quote - (at + 17)), 20);
    return 2;
  }
  if (key == TIMESTAMP && load<u32>(at, 8) == MP) {
    if (!readNumber(at + 12, end)) return 0;
    store<f64>(record, number);
    return 4;
  }
  if (key == INGESTION && load<u64>(at, 8) == ON_TIME) {
    if (!readNumber(at + 16, end)) return 0;
    store<f64>(record, number, 8);
    return 8;
  }
  if (key != MESSAGE || load<u16>(at, 8) != NOTHING_MORE || load<u8>(at, 10) != 0x22) return 0;
  hasNewline = false;
  const line = decode(at + 11, end, pageLinesEnd);
  if (line == 0) return 0;
  store<u32>(record, <u32>pageLinesEnd, 28);
  store<u32>(record, <u32>line, 32);
  store<u32>(record, hasNewline ? BROKEN : 0, 36);
  store<u8>(line, 0x0a);
  pageLinesEnd = line + 1;
  return 16;
}

// Whether a record's log stream is that of the one before.
function isSameStream(record: usize): bool {
  const length = load<i32>(record, 20);
  const before = record - RECORD_BYTES;
  return length == load<i32>(before, 20) && same(<usize>load<u32>(before, 16), <usize>load<u32>(record, 16), <usize>length);
}

/**
 * Reads the array of events whose first byte behind the bracket is at `from`. There must be room for as many bytes of lines
 * and of ids as the array has, and for a vector behind them.
 * @param records where they go; `recordBytes` may be written
 * @returns the address behind the array; 0: not of the form, or no room for the records
 */
export function readPage(from: usize, end: usize, lines: usize, ids: usize, records: usize, recordBytes: i32): usize {
  pageEvents = 0;
  pageLinesEnd = lines;
  idsEnd = ids;
  const recordsEnd = records + <usize>recordBytes - RECORD_BYTES;
  let record = records;
  let i = from;
  if (i < end && load<u8>(i) == 0x5d) return i + 1;
  while (i < end && load<u8>(i) == 0x7b) {
    if (record > recordsEnd) return 0;
    let members = 0;
    do {
      const member = readMember(i + 1, end, record);
      if (member == 0 || (members & member) != 0 || behind >= end) return 0;
      members |= member;
      i = behind;
    } while (load<u8>(i) == 0x2c);
    if (load<u8>(i) != 0x7d || members != ALL) return 0;
    if (pageEvents > 0 && isSameStream(record)) store<i32>(record, load<i32>(record, 36) | SAME_STREAM, 36);
    pageEvents++;
    record += RECORD_BYTES;
    const c = load<u8>(i, 1);
    i += 2;
    if (c == 0x5d) return i <= end ? i : 0;
    if (c != 0x2c) return 0;
  }
  return 0;
}

/** Whether the text in memory[at, at + length) is an audit event by itself; TAPE_FULL: it is to be asked again. */
export function isEventText(at: usize, length: i32, kindKey: i32): i32 {
  if (length == 0 || load<u8>(at) != 0x7b || load<u8>(at + <usize>length - 1) != 0x7d) return 0;
  const answer = scan(at, length, 0, tape, tapeBytes);
  if (answer == TAPE_FULL) return TAPE_FULL;
  if (answer < 0) return 0;
  noteRoots(tape);
  const kind = rootMember(kindKey);
  if (kind <= UNCLEAR || load<i32>(kind, 8) != PLAIN) return 0;
  // "Event, of the low six bytes of eight.
  const name = load<u64>(at + <usize>load<i32>(kind)) & 0x0000ffffffffffff;
  return name == 0x0000746e65764522 ? 1 : 0;
}
