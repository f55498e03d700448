// Alerts as lines of text or JSON, put together here where they need nothing but what stands in the event: literals, values as
// they are written, the time, and the name of the cluster. In: an event on the tape, and the final state of its walk. Out:
// lines, one behind the other, and for each its rule and its end. What has to be escaped otherwise than it stands in the
// event is left to the caller.

import { CODED, OTHER, PLAIN } from '../../json/tape';
import { CLOCK, DONE, FULL, ISO, LEFT, MOST_STATES, NANOS } from '../shared';
import { within } from './bytes';
import { find, MISSING, plainSeconds, timeNode, two, UNCLEAR } from './event';
import { compact } from './scan';

const PART_BYTES: usize = 12;
const MOST_PARTS: i32 = 16384;
const TEXT_BYTES: i32 = 131072;
const OUT_BYTES: usize = 65536;
const MOST_LINES: i32 = 2048;

// Kinds of parts, besides those of times.
const LAST: i32 = 0;
const LITERAL: i32 = 1;
const VALUE: i32 = 2;

// By state: where its line begins among the parts, 0 if it has none.
const LINES = memory.data(65536);
// Parts: kind; a literal's address and length, or a place and how its value is shown. Behind the last part of a line: LAST
// and the rule.
const PARTS = memory.data(196608);
const TEXTS = memory.data(131088);
// Lines that were written, with room for one vector behind them; by line: its rule, and where it ends.
const OUT = memory.data(65552);
const WRITTEN_LINES = memory.data(16384);

// The first part is none, so that no line begins at 0.
let partsUsed: i32 = 1;
let textsUsed: i32 = 0;
let used: usize = 0;
let offset: i32 = 0;

// How a value is shown: as a value of JSON, not as a part of a string; without one, the name of the cluster stands for it.
const AS_JSON: i32 = 1;
const ELSE_CLUSTER: i32 = 2;
// What is no string has the empty text; as has what is not there.
const STRINGS: i32 = 4;
const OR_EMPTY: i32 = 8;

// The name of the cluster: its bytes need no escape.
const CLUSTER = memory.data(528);
const LONGEST_CLUSTER: usize = 512;
// Its length; NO_CLUSTER if there is none, ODD_CLUSTER if it is for the caller to write.
let clusterLength: i32 = -1;
const NO_CLUSTER: i32 = -1;

/** The name of the cluster that events are of, if they name none: its length, -1 if it has none, -2 if it cannot stand as it is. */
export function setCluster(at: usize, length: i32): void {
  if (length > 0) memory.copy(CLUSTER, at, length);
  clusterLength = length;
}

/** Lines that were written since they were taken last. */
export let written: i32 = 0;

/** Seconds that the local time is ahead of UTC; below a day. */
export function setOffset(seconds: i32): void {
  offset = seconds;
}

export function writtenAt(): usize {
  return OUT;
}

export function writtenLinesAt(): usize {
  return WRITTEN_LINES;
}

/** The lines were taken. */
export function clearWritten(): void {
  written = 0;
  used = 0;
}

/** Forgets all lines; those that were written stay. */
export function forgetLines(): void {
  memory.fill(LINES, 0, MOST_STATES * 4);
  partsUsed = 1;
  textsUsed = 0;
}

function addPart(kind: i32, a: i32, b: i32): i32 {
  if (partsUsed >= MOST_PARTS) return 0;
  const part = PARTS + <usize>partsUsed * PART_BYTES;
  store<i32>(part, kind);
  store<i32>(part, a, 4);
  store<i32>(part, b, 8);
  return partsUsed++;
}

// Each adds a part to the line under way. @returns where it is, 0 if there is no room

export function addLiteral(at: usize, length: i32): i32 {
  if (textsUsed + length > TEXT_BYTES) return 0;
  const text = TEXTS + <usize>textsUsed;
  memory.copy(text, at, length);
  textsUsed += length;
  return addPart(LITERAL, <i32>text, length);
}

export function addValue(place: i32, json: bool, elseCluster: bool, strings: bool, orEmpty: bool): i32 {
  const shown = (json ? AS_JSON : 0) | (elseCluster ? ELSE_CLUSTER : 0) | (strings ? STRINGS : 0) | (orEmpty ? OR_EMPTY : 0);
  return addPart(VALUE, place, shown);
}

/** @param form CLOCK, ISO or NANOS */
export function addTime(form: i32): i32 {
  return addPart(form, 0, 0);
}

/** Ends the line under way. */
export function endLine(rule: i32): i32 {
  return addPart(LAST, rule, 0);
}

/** All events that end in a state have this line. */
export function learnLine(state: i32, first: i32): void {
  store<i32>(LINES + (<usize>state << 2), first);
}

// Copies bytes of a string, which must be printable ASCII. Reads and writes up to one vector further. @returns whether all are so
// @ts-ignore: decorator
@inline
function copyPlain(to: usize, from: usize, length: usize): bool {
  const spaces = i8x16.splat(0x20);
  for (let i: usize = 0; i < length; i += 16) {
    const block = v128.load(from + i);
    // Bytes from 0x80 are below zero.
    const odd = i8x16.bitmask(i8x16.lt_s(block, spaces));
    if (within(odd, length - i) != 0) return false;
    v128.store(to + i, block);
  }
  return true;
}

// Whether the escapes in a string are those that a line of text has for the same: of quotes, backslashes and controls.
function keepsEscapes(from: usize, length: usize): bool {
  const backslashes = i8x16.splat(0x5c);
  for (let i: usize = 0; i < length; ) {
    const hits = i8x16.bitmask(i8x16.eq(v128.load(from + i), backslashes));
    if (hits == 0) {
      i += 16;
      continue;
    }
    i += ctz(hits);
    if (i >= length) return true;
    const c = load<u8>(from + i, 1);
    const kept = c == 0x22 || c == 0x5c || c == 0x62 || c == 0x66 || c == 0x6e || c == 0x72 || c == 0x74;
    if (!kept) return false;
    i += 2;
  }
  return true;
}

// Copies the text of an object or array, its quotes and backslashes escaped. @returns the length, -1 if it has other bytes
// than printable ASCII
function copyEscaped(to: usize, from: usize, length: usize): i32 {
  const start = to;
  for (let i: usize = 0; i < length; i++) {
    const c = load<u8>(from + i);
    if (c < 0x20 || c > 0x7f) return -1;
    if (c == 0x22 || c == 0x5c) store<u8>(to++, 0x5c);
    store<u8>(to++, c);
  }
  return <i32>(to - start);
}

// Copies bytes that need no look.
// @ts-ignore: decorator
@inline
function copy(to: usize, from: usize, length: usize): void {
  for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
}

// @ts-ignore: decorator
@inline
function writeTwo(at: usize, value: i32): void {
  store<u8>(at, 0x30 + value / 10);
  store<u8>(at, 0x30 + (value % 10), 1);
}

const DAY: i32 = 86400;
const CLOCK_LENGTH: usize = 18;
const ISO_LENGTH: usize = 29;
const MOST_DIGITS: usize = 20;

// Instead of an address behind what was written.
const NOT_HERE: usize = 0;
const NO_ROOM: usize = 1;

// The digits behind the point, nine of them, of a time whose text ends at `end`.
// @ts-ignore: decorator
@inline
function writeFraction(to: usize, from: usize, end: usize): void {
  store<u64>(to, 0x3030303030303030);
  store<u8>(to, 0x30, 8);
  // Digits stand between the point and the Z.
  for (let i = from + 20; i < end - 1; i++) store<u8>(to + (i - from) - 20, load<u8>(i));
}

// `HH:MM:SS.nnnnnnnnn`, in local time.
function writeClock(to: usize, from: usize, end: usize): usize {
  let seconds = two(from + 11) * 3600 + two(from + 14) * 60 + two(from + 17) + offset;
  if (seconds < 0) seconds += DAY;
  if (seconds >= DAY) seconds -= DAY;
  writeTwo(to, seconds / 3600);
  store<u8>(to, 0x3a, 2);
  writeTwo(to + 3, (seconds / 60) % 60);
  store<u8>(to, 0x3a, 5);
  writeTwo(to + 6, seconds % 60);
  store<u8>(to, 0x2e, 8);
  writeFraction(to + 9, from, end);
  return to + CLOCK_LENGTH;
}

// `YYYY-MM-DDTHH:MM:SS.nnnnnnnnn`, in UTC.
function writeIso(to: usize, from: usize, end: usize): usize {
  copy(to, from, 19);
  store<u8>(to, 0x2e, 19);
  writeFraction(to + 20, from, end);
  return to + ISO_LENGTH;
}

// Nanoseconds since the epoch, as a number.
function writeNanos(to: usize, from: usize, end: usize): usize {
  const seconds = <u64>plainSeconds(from);
  let digits: usize = 1;
  for (let rest = seconds / 10; rest > 0; rest /= 10) digits++;
  let left = seconds;
  for (let i = digits; i > 0; left /= 10) store<u8>(to + --i, 0x30 + <u8>(left % 10));
  writeFraction(to + digits, from, end);
  return to + digits + 9;
}

// A time that is known to be written as API servers do, if it is of the years that 64 bits of nanoseconds hold, and no finer.
function writeTime(form: i32, to: usize, shift: usize): usize {
  const time = timeNode();
  const from = shift + <usize>load<i32>(time) + 1;
  const end = shift + <usize>load<i32>(time, 4) - 1;
  const year = two(from) * 100 + two(from + 2);
  if (year < 1970 || year > 2500 || end > from + 30) return NOT_HERE;
  if (form == CLOCK) return writeClock(to, from, end);
  if (form == ISO) return writeIso(to, from, end);
  // The numbers have a sign; those below a second have no seconds before them.
  return year > 2261 || plainSeconds(from) == 0 ? NOT_HERE : writeNanos(to, from, end);
}

// @ts-ignore: decorator
@inline
function writeEmpty(shown: i32, to: usize): usize {
  if ((shown & AS_JSON) == 0) return to;
  store<u16>(to, 0x2222);
  return to + 2;
}

// What stands for a value that is not there.
// @ts-ignore: decorator
@inline
function writeAbsent(shown: i32, to: usize): usize {
  if ((shown & OR_EMPTY) != 0) return writeEmpty(shown, to);
  if ((shown & ELSE_CLUSTER) == 0 || clusterLength == NO_CLUSTER) {
    store<u32>(to, (shown & AS_JSON) != 0 ? 0x6c6c756e : 0x3e414e3c); // null, <NA>
    return to + 4;
  }
  if (clusterLength < 0) return NOT_HERE;
  const length = <usize>clusterLength;
  if ((shown & AS_JSON) != 0) {
    store<u8>(to, 0x22);
    copy(to + 1, CLUSTER, length);
    store<u8>(to + 1 + length, 0x22);
    return to + length + 2;
  }
  copy(to, CLUSTER, length);
  return to + length;
}

// The text of a value. A literal and a number of JSON are texts as well where they are a field's.
// @ts-ignore: decorator
@inline
function writeText(node: usize, to: usize, end: usize, shift: usize): usize {
  const type = load<i32>(node, 8);
  const quote: i32 = type == PLAIN || type == CODED ? 1 : 0;
  const from = shift + <usize>(load<i32>(node) + quote);
  const length = <usize>(load<i32>(node, 4) - load<i32>(node) - 2 * quote);
  if (type < 0 || type > OTHER) {
    if (compact == 0) return NOT_HERE;
    if (to + 2 * length > end) return NO_ROOM;
    const escaped = copyEscaped(to, from, length);
    return escaped < 0 ? NOT_HERE : to + <usize>escaped;
  }
  if (to + length > end) return NO_ROOM;
  if (!copyPlain(to, from, length)) return NOT_HERE;
  return type == CODED && !keepsEscapes(from, length) ? NOT_HERE : to + length;
}

// @ts-ignore: decorator
@inline
function writeValue(part: usize, to: usize, end: usize, shift: usize): usize {
  const node = find(load<i32>(part, 4));
  if (node == UNCLEAR) return NOT_HERE;
  const shown = load<i32>(part, 8);
  if (node == MISSING) return to + LONGEST_CLUSTER + 2 > end ? NO_ROOM : writeAbsent(shown, to);
  if (to + 2 > end) return NO_ROOM;
  const type = load<i32>(node, 8);
  if ((shown & STRINGS) != 0 && type != PLAIN && type != CODED) return writeEmpty(shown, to);
  if ((shown & AS_JSON) == 0) return writeText(node, to, end, shift);
  store<u8>(to, 0x22);
  const behind = writeText(node, to + 1, end - 1, shift);
  if (behind <= NO_ROOM) return behind;
  store<u8>(behind, 0x22);
  return behind + 1;
}

// @ts-ignore: decorator
@inline
function writePart(kind: i32, part: usize, to: usize, end: usize, shift: usize): usize {
  if (kind == VALUE) return writeValue(part, to, end, shift);
  if (kind == LITERAL) {
    const length = <usize>load<i32>(part, 8);
    if (to + length > end) return NO_ROOM;
    copy(to, <usize>load<u32>(part, 4), length);
    return to + length;
  }
  return to + ISO_LENGTH + MOST_DIGITS > end ? NO_ROOM : writeTime(kind, to, shift);
}

/**
 * Writes the line of an event that is on the tape and noted.
 * @param state where its walk ended
 * @param shift what to add to an offset on the tape for an address
 * @returns DONE, FULL or LEFT
 */
export function writeAlert(state: i32, shift: usize): i32 {
  const first = load<i32>(LINES + (<usize>state << 2));
  if (first == 0) return LEFT;
  if (written == MOST_LINES) return FULL;
  const end = OUT + OUT_BYTES;
  let to = OUT + used;
  let part = PARTS + <usize>first * PART_BYTES;
  for (let kind = load<i32>(part); kind != LAST; kind = load<i32>(part)) {
    to = writePart(kind, part, to, end, shift);
    if (to == NOT_HERE) return LEFT;
    // A line that is longer than all the room is for the caller.
    if (to == NO_ROOM) return written == 0 ? LEFT : FULL;
    part += PART_BYTES;
  }
  used = to - OUT;
  const line = WRITTEN_LINES + (<usize>written << 3);
  store<i32>(line, load<i32>(part, 4));
  store<i32>(line, <i32>used, 4);
  written++;
  return DONE;
}
