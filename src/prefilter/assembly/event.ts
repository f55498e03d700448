// One event on the tape: where the values of its keys are, and whether it has the form that API servers write. The rules
// of look-up are those of src/json/read.ts; where a key with escapes could decide, the answer is UNCLEAR.

import { CODED, OTHER, PLAIN } from '../../json/tape';
import { ANY_STRING, ANY_VALUE, LONGEST_TEST, PLACE_DEPTH, THIS_TEXT } from '../shared';
import { same } from './bytes';
import { placeIndex, placeKey } from './learned';
import { NODE_BYTES } from './scan';

const MOST_KEYS: usize = 1024;

// By the number of a key: the event whose root has it, and the node of its value.
const ROOTS = memory.data(8192);
let event: i32 = 0;
let rootCoded = false;

// What find() answers where there is no node.
export const MISSING: usize = 0;
export const UNCLEAR: usize = 1;

/** Where the tape is. */
export let tape: usize = 0;
/** Room for it. */
export let tapeBytes: i32 = 0;

/** Where there is room for a tape. */
export function placeTape(at: usize, bytes: i32): void {
  tape = at;
  tapeBytes = bytes;
}

// @ts-ignore: decorator
@inline
function behind(node: usize): usize {
  const kind = load<i32>(node, 8);
  if (kind > OTHER) return tape + (<usize>kind << 2);
  return kind < 0 ? tape + (<usize>-kind << 2) : node + NODE_BYTES;
}

/** Begins an event: notes where the values of the root's known keys are; the first of equal keys counts. */
export function noteRoots(root: usize): void {
  event++;
  if (event == 0) {
    memory.fill(ROOTS, 0, MOST_KEYS * 8);
    event = 1;
  }
  rootCoded = false;
  const end = behind(root);
  for (let at = root + NODE_BYTES; at < end; ) {
    const key = load<i32>(at, 8);
    at += NODE_BYTES;
    if (key > CODED) {
      const slot = ROOTS + (<usize>key << 3);
      if (load<i32>(slot) != event) {
        store<i32>(slot, event);
        store<u32>(slot, <u32>at, 4);
      }
    } else if (key == CODED) rootCoded = true;
    at = behind(at);
  }
}

// @ts-ignore: decorator
@inline
export function rootMember(key: i32): usize {
  const slot = ROOTS + (<usize>key << 3);
  if (load<i32>(slot) == event) return <usize>load<u32>(slot, 4);
  return rootCoded ? UNCLEAR : MISSING;
}

let timeKey: i32 = 0;
let timeKnown = false;

/** The key of the event's time; 0: it does not stand in the text. */
export function setTimeKey(key: i32): void {
  timeKey = key;
}

/** Whether the caller knows the time of the events that come now, whatever stands in them. */
export function setTimeKnown(known: bool): void {
  timeKnown = known;
}

/** Whether the event's time is what stands in the text. */
// @ts-ignore: decorator
@inline
export function isTimeInText(): bool {
  return timeKey != 0 && !timeKnown;
}

/** The node of the event's time; MISSING if it does not stand in the text. */
// @ts-ignore: decorator
@inline
export function timeNode(): usize {
  return isTimeInText() ? rootMember(timeKey) : MISSING;
}

// A key as it is written goes before one that only decodes to the same.
export function member(object: usize, key: i32): usize {
  if (load<i32>(object, 8) <= OTHER) return MISSING;
  const end = behind(object);
  let coded = false;
  for (let at = object + NODE_BYTES; at < end; ) {
    const found = load<i32>(at, 8);
    at += NODE_BYTES;
    if (found == key) return at;
    if (found == CODED) coded = true;
    at = behind(at);
  }
  return coded ? UNCLEAR : MISSING;
}

function element(array: usize, index: i32): usize {
  if (index < 0) return MISSING;
  const end = behind(array);
  let at = array + NODE_BYTES;
  for (let i = 0; i < index && at < end; i++) at = behind(at);
  return at < end ? at : MISSING;
}

/** The node of the value at a place. */
export function find(place: i32): usize {
  const first = placeKey(place, 0);
  if (first == 0) return UNCLEAR;
  let node = rootMember(first);
  for (let depth = 1; depth < PLACE_DEPTH; depth++) {
    if (node <= UNCLEAR) return node;
    const key = placeKey(place, depth);
    if (key == 0) break;
    node = load<i32>(node, 8) < 0 ? element(node, placeIndex(place, depth)) : member(node, key);
  }
  return node;
}

// Tests of what an event is: kind, key, text and its length.
const TEST_BYTES: usize = 16;
const TESTS = memory.data(256);
const TEST_TEXTS = memory.data(1040);
let tests: i32 = 0;

export function forgetTests(): void {
  tests = 0;
}

/** Something that an event must have; at most MOST_TESTS, with texts of LONGEST_TEST bytes. */
export function addTest(kind: i32, key: i32, at: usize, length: i32): void {
  const test = TESTS + <usize>tests * TEST_BYTES;
  const text = TEST_TEXTS + <usize>tests * LONGEST_TEST;
  memory.copy(text, at, length);
  store<i32>(test, kind);
  store<i32>(test, key, 4);
  store<u32>(test, <u32>text, 8);
  store<i32>(test, length, 12);
  tests++;
}

/** Whether what was noted last is an event; false also where that is not clear. */
export function isEvent(shift: usize): bool {
  for (let i = 0; i < tests; i++) if (!passes(TESTS + <usize>i * TEST_BYTES, shift)) return false;
  return true;
}

// @ts-ignore: decorator
@inline
function passes(test: usize, shift: usize): bool {
  const kind = load<i32>(test);
  const node = rootMember(load<i32>(test, 4));
  if (node <= UNCLEAR) return false;
  const type = load<i32>(node, 8);
  if (kind == ANY_VALUE) return true;
  if (kind == ANY_STRING) return type == PLAIN || type == CODED;
  if (type != PLAIN) return false;
  const start = load<i32>(node) + 1;
  const length = load<i32>(test, 12);
  const holds =
    load<i32>(node, 4) - 1 - start == length &&
    same(shift + <usize>start, <usize>load<u32>(test, 8), <usize>length);
  return holds == (kind == THIS_TEXT);
}

const INPUT_KIND: i64 = 0x0022746e65764522; // "Event" with its quotes, in the low seven bytes

export function isEventKind(node: usize, shift: usize): bool {
  if (node <= UNCLEAR || load<i32>(node, 8) != PLAIN) return false;
  const start = shift + <usize>load<i32>(node);
  return load<i32>(node, 4) - load<i32>(node) == 7 && (load<i64>(start) & 0x00ffffffffffffff) == INPUT_KIND;
}

/** The number of two digits; -1 if they are none. */
// @ts-ignore: decorator
@inline
export function two(at: usize): i32 {
  const tens = <i32>load<u8>(at) - 0x30;
  const ones = <i32>load<u8>(at, 1) - 0x30;
  return <u32>tens <= 9 && <u32>ones <= 9 ? tens * 10 + ones : -1;
}

// Whether a time is of the form that API servers write, and a day that every month has: `YYYY-MM-DDTHH:MM:SS[.n]Z`. The first
// century is left to the caller, since the first day of the year 1 stands for no time.
export function isPlainTime(node: usize, shift: usize): bool {
  if (node <= UNCLEAR || load<i32>(node, 8) != PLAIN) return false;
  const at = shift + <usize>load<i32>(node) + 1;
  const end = shift + <usize>load<i32>(node, 4) - 1;
  if (end < at + 20 || load<u8>(end - 1) != 0x5a) return false;
  const century = two(at);
  const year = two(at + 2);
  const month = two(at + 5);
  const day = two(at + 8);
  const hour = two(at + 11);
  const minute = two(at + 14);
  const second = two(at + 17);
  if (century < 1 || year < 0 || month < 1 || month > 12 || day < 1) return false;
  if (<u32>hour > 23 || <u32>minute > 59 || <u32>second > 59) return false;
  if (day > 28 && (day > 31 || month == 2 || (day == 31 && (month == 4 || month == 6 || month == 9 || month == 11))))
    return false;
  if (load<u8>(at, 4) != 0x2d || load<u8>(at, 7) != 0x2d || load<u8>(at, 10) != 0x54) return false;
  if (load<u8>(at, 13) != 0x3a || load<u8>(at, 16) != 0x3a) return false;
  if (end == at + 20) return true;
  if (load<u8>(at, 19) != 0x2e || end == at + 21) return false;
  for (let i = at + 20; i < end - 1; i++) if (<u32>(<i32>load<u8>(i) - 0x30) > 9) return false;
  return true;
}

/** Whole seconds since the epoch of a plain time at `at`. */
export function plainSeconds(at: usize): f64 {
  const month = two(at + 5);
  // Years begin in March, so that the odd day is their last.
  const year = two(at) * 100 + two(at + 2) + (month > 2 ? 0 : -1);
  const era = (year >= 0 ? year : year - 399) / 400;
  const yearInEra = year - era * 400;
  const dayInYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + two(at + 8) - 1;
  const days = era * 146097 + yearInEra * 365 + yearInEra / 4 - yearInEra / 100 + dayInYear - 719468;
  return <f64>days * 86400 + <f64>(two(at + 11) * 3600 + two(at + 14) * 60 + two(at + 17));
}
