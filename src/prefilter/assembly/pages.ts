// A page of CloudWatch Logs, in two passes: the array of log events as the service writes it, each an object of five members.
// In: its bytes. Out: first a record of each event, with its identity (sources/cloudwatch/cursor/seen.ts); then, of those that
// the caller wants, the ids one behind the other, and what the texts decode to, a line each. Where anything is other than the
// service writes it, there is nothing: the caller reads the page in another way.

import { BROKEN, RECORD_INTEGERS, SAME_STREAM, WANTED, WHOLE } from '../shared';
import { same, within } from './bytes';

const RECORD_BYTES: usize = <usize>RECORD_INTEGERS << 2;

// Where things stand in a record: both times and the identity; addresses; flags.
const INGESTION_AT: usize = 8;
const IDENTITY_AT: usize = 16;
const STREAM_AT: usize = 24;
const STREAM_LENGTH: usize = 28;
/** Of its id: at first where it is, then where it ends among the ids. */
const ID_AT: usize = 32;
const ID_LENGTH: usize = 36;
/** Of its text: at first where it is, then where it is among the lines. */
const TEXT_AT: usize = 40;
const TEXT_END: usize = 44;
const FLAGS_AT: usize = 48;

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

/** Events that were read; where the lines end of those that were wanted, and their ids. */
export let pageEvents: i32 = 0;
export let pageLinesEnd: usize = 0;
export let pageIdsEnd: usize = 0;

// Of the value that was read last: where it ends, the number that it is, the flags that it brings about.
let behind: usize = 0;
let number: f64 = 0;
let textFlags: i32 = 0;

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
  if (code < 0xd800 || code > 0xdfff) return writeCode(to, code);
  if (code >= 0xdc00 || at + 12 > end || load<u16>(at, 6) != 0x755c) return 0;
  const other = codeAt(at + 8);
  if (other < 0xdc00 || other > 0xdfff) return 0;
  behind = at + 12;
  return writeCode(to, 0x10000 + ((code - 0xd800) << 10) + (other - 0xdc00));
}

// A bit for each of 64 bytes that equals the one in all bytes of a vector.
// @ts-ignore: decorator
@inline
function bitsOf(at: usize, byte: v128): u64 {
  const a = <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(at), byte)));
  const b = <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(at, 16), byte)));
  const c = <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(at, 32), byte)));
  const d = <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(at, 48), byte)));
  return a | (b << 16) | (c << 32) | (d << 48);
}

// Whether any of 64 bytes is a control character; those from 0x80 are none.
// @ts-ignore: decorator
@inline
function hasControl(at: usize): bool {
  const ab = v128.or(
    i8x16.lt_u(v128.load(at), i8x16.splat(0x20)),
    i8x16.lt_u(v128.load(at, 16), i8x16.splat(0x20)),
  );
  const cd = v128.or(
    i8x16.lt_u(v128.load(at, 32), i8x16.splat(0x20)),
    i8x16.lt_u(v128.load(at, 48), i8x16.splat(0x20)),
  );
  return v128.any_true(v128.or(ab, cd));
}

const ODD_BITS: u64 = 0xaaaaaaaaaaaaaaaa;

// The address of the quote that ends the string whose first byte is at `at`, escapes or not; 0: left. Backslashes escape by
// turns: the sum carries each run of them to its end, as simdjson does it.
function skipString(at: usize, end: usize): usize {
  const quote = i8x16.splat(0x22);
  const backslash = i8x16.splat(0x5c);
  // Whether the first byte of what follows is escaped.
  let carry: u64 = 0;
  for (let i = at; i < end; i += 64) {
    const backslashes = bitsOf(i, backslash);
    let escaped = carry;
    if (backslashes == 0) carry = 0;
    else {
      const starts = backslashes & ~carry;
      const turns = (((starts << 1) | ODD_BITS) - starts) ^ ODD_BITS;
      escaped = turns ^ (backslashes | carry);
      carry = (turns & backslashes) >> 63;
    }
    const quotes = bitsOf(i, quote) & ~escaped;
    if (quotes != 0) {
      const hit = i + <usize>ctz(quotes);
      return hit < end ? hit : 0;
    }
    // Where the string ends in these bytes, decode() looks at them.
    if (hasControl(i)) return 0;
  }
  return 0;
}

// How deep JSON text is nested behind some bytes that stand outside of strings; sets `closed` to where it first came to
// an end.
let closed: usize = 0;
function nest(from: usize, to: usize, before: i32): i32 {
  let depth = before;
  for (let i = from; i < to; i++) {
    // Both kinds of brackets differ in one bit.
    const c = load<u8>(i) | 0x20;
    if (c == 0x7b) depth++;
    else if (c == 0x7d && --depth <= 0 && closed == 0) closed = i;
  }
  return depth;
}

const OPENS_EVENT: u64 = 0x3a22646e696b227b;
const IS_EVENT: u64 = 0x22746e65764522;
const FIRST_LENGTH: usize = 15;

// Decodes the string whose first byte is at `at`; sets `behind`, and `textFlags`: whether it is JSON text that begins as
// an event and ends where its nesting does. Writes up to a vector further. @returns the address behind what it wrote; 0: left
function decode(at: usize, end: usize, start: usize): usize {
  const below = i8x16.splat(0x20);
  const quotes = i8x16.splat(0x22);
  const backslashes = i8x16.splat(0x5c);
  let to = start;
  // Of what it decodes to: whether this is inside of a string, else where the last one ended; which byte is escaped.
  let isInside = false;
  let outside = start;
  let escaped: usize = 0;
  let depth = 0;
  closed = 0;
  textFlags = 0;
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
      if (!isInside) nest(outside, to, depth);
      const isEvent = load<u64>(start) == OPENS_EVENT && (load<u64>(start, 8) & 0x00ffffffffffffff) == IS_EVENT;
      if (isEvent && to - start > FIRST_LENGTH && closed == to - 1) textFlags |= WHOLE;
      behind = i + 1;
      return to;
    }
    if (mark != 0x5c || i + 1 >= end) return 0;
    let byte = load<u8>(i, 1);
    let next = to + 1;
    if (byte == 0x22) {
      store<u8>(to, byte);
      i += 2;
    } else if (byte == 0x75) {
      next = decodeCode(i, end, to);
      if (next == 0) return 0;
      i = behind;
      byte = next == to + 1 ? load<u8>(to) : 0;
    } else {
      byte = plainEscape(byte);
      if (byte == 0) return 0;
      store<u8>(to, byte);
      i += 2;
    }
    if (byte == 0x22) {
      if (to != escaped) {
        if (isInside) outside = next;
        else if (to != outside + 1 || load<u8>(outside) > 0x3a) depth = nest(outside, to, depth);
        isInside = !isInside;
      }
    } else if (byte == 0x5c) {
      if (isInside && to != escaped) escaped = next;
    } else if (byte == 0x0a) textFlags |= BROKEN;
    to = next;
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
    if (quote == 0 || quote == at + 11) return 0;
    store<u32>(record, <u32>(at + 11), ID_AT);
    store<u32>(record, <u32>(quote - (at + 11)), ID_LENGTH);
    return 1;
  }
  if (key == STREAM && load<u64>(at, 8) == AM_NAME) {
    const quote = plainString(at + 16, end);
    if (quote == 0) return 0;
    store<u32>(record, <u32>(at + 17), STREAM_AT);
    store<u32>(record, <u32>(quote - (at + 17)), STREAM_LENGTH);
    return 2;
  }
  if (key == TIMESTAMP && load<u32>(at, 8) == MP) {
    if (!readNumber(at + 12, end)) return 0;
    store<f64>(record, number);
    return 4;
  }
  if (key == INGESTION && load<u64>(at, 8) == ON_TIME) {
    if (!readNumber(at + 16, end)) return 0;
    store<f64>(record, number, INGESTION_AT);
    return 8;
  }
  if (key != MESSAGE || load<u16>(at, 8) != NOTHING_MORE || load<u8>(at, 10) != 0x22) return 0;
  const quote = skipString(at + 11, end);
  if (quote == 0) return 0;
  store<u32>(record, <u32>(at + 11), TEXT_AT);
  store<u32>(record, <u32>quote, TEXT_END);
  behind = quote + 1;
  return 16;
}

// Whether a record's log stream is that of the one before.
function isSameStream(record: usize): bool {
  const length = load<i32>(record, STREAM_LENGTH);
  const before = record - RECORD_BYTES;
  if (length != load<i32>(before, STREAM_LENGTH)) return false;
  return same(<usize>load<u32>(before, STREAM_AT), <usize>load<u32>(record, STREAM_AT), <usize>length);
}

// What identities are made of, as seen.ts makes them.
let a: i32 = 0;
let b: i32 = 0;

function mix(from: usize, length: usize): void {
  let x = a;
  let y = b;
  for (let i = from; i < from + length; i++) {
    const char = <i32>load<u8>(i);
    x = (x ^ char) * <i32>0x85ebca6b;
    x ^= <i32>(<u32>x >>> 15);
    y = (y ^ char) * <i32>0xc2b2ae35;
    y ^= <i32>(<u32>y >>> 13);
  }
  a = x;
  b = y;
}

function identify(record: usize, low: i32, high: i32): void {
  const idLength = load<i32>(record, ID_LENGTH);
  a = <i32>0x9e3779b9 ^ <i32>(<u64>load<f64>(record) % 0x7fffffff) ^ low;
  b = 0x41c6ce57 ^ idLength ^ high;
  mix(<usize>load<u32>(record, ID_AT), <usize>idLength);
  mix(<usize>load<u32>(record, STREAM_AT), <usize>load<u32>(record, STREAM_LENGTH));
  a = (a ^ <i32>(<u32>b >>> 16)) * 0x27d4eb2f;
  b = (b ^ <i32>(<u32>a >>> 13)) * 0x165667b1;
  const upper = <u32>(b ^ <i32>(<u32>b >>> 15));
  const lower = <u32>(a ^ <i32>(<u32>a >>> 16)) >>> 11;
  store<f64>(record, <f64>upper * 2097152.0 + <f64>lower, IDENTITY_AT);
}

/**
 * Reads the array of events whose first byte behind the bracket is at `from`. There must be room for a vector of 64 bytes
 * behind it.
 * @param records where they go; `recordBytes` may be written
 * @param low the lower 24 bits of the seed of identities, `high` the others
 * @returns the address behind the array; 0: not of the form, or no room for the records
 */
export function readPage(from: usize, end: usize, records: usize, recordBytes: i32, low: i32, high: i32): usize {
  pageEvents = 0;
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
    identify(record, low, high);
    store<i32>(record, pageEvents > 0 && isSameStream(record) ? SAME_STREAM : 0, FLAGS_AT);
    pageEvents++;
    record += RECORD_BYTES;
    const c = load<u8>(i, 1);
    i += 2;
    if (c == 0x5d) return i <= end ? i : 0;
    if (c != 0x2c) return 0;
  }
  return 0;
}

/**
 * Decodes the texts of the records that are WANTED. There must be room for as many bytes of lines and of ids as the page
 * has, and for a vector behind them.
 * @returns whether all of them could be
 */
export function decodePage(records: usize, lines: usize, ids: usize): bool {
  pageLinesEnd = lines;
  pageIdsEnd = ids;
  for (let i = 0, record = records; i < pageEvents; i++, record += RECORD_BYTES) {
    const flags = load<i32>(record, FLAGS_AT);
    if ((flags & WANTED) == 0) continue;
    const idLength = <usize>load<u32>(record, ID_LENGTH);
    memory.copy(pageIdsEnd, <usize>load<u32>(record, ID_AT), idLength);
    pageIdsEnd += idLength;
    store<u32>(record, <u32>pageIdsEnd, ID_AT);
    const from = <usize>load<u32>(record, TEXT_AT);
    const quote = <usize>load<u32>(record, TEXT_END);
    const line = decode(from, quote + 1, pageLinesEnd);
    if (line == 0) return false;
    store<u32>(record, <u32>pageLinesEnd, TEXT_AT);
    store<u32>(record, <u32>line, TEXT_END);
    store<i32>(record, flags | textFlags, FLAGS_AT);
    store<u8>(line, 0x0a);
    pageLinesEnd = line + 1;
  }
  return true;
}
