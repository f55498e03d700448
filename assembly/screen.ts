// The screen in AssemblyScript: walks a machine of states (src/screen.ts) over the values at a few places of an event,
// as far as it has been taught, and says whether any rule can match. What it does not know it leaves to its caller.
// In: a tape. Out: a state, or why there is none. Values are compared as they are written, so that equal bytes
// mean equal values, whatever they decode to.

import { CODED, NODE_BYTES, OTHER, PLAIN, scan, TAPE_FULL } from './scan';

// What judge() and nextLine() answer, besides a state (from 0) and what scan() answers.
/** No rule can match. */
const PASSED: i32 = -3;
/** Not an event of the usual form: whoever asked must look at it as a whole. */
const UNSURE: i32 = -4;
/** A value or a step that has not been learned. */
const UNKNOWN: i32 = -5;
/** No more lines. */
const END: i32 = -6;

// States that look at no place.
const NOTHING: i32 = -1;
const FINAL: i32 = -2;

const MOST_KEYS: usize = 1024;
const PLACE_DEPTH: i32 = 8;
const PLACE_BYTES: usize = 32;
const MOST_PLACES: usize = 64;
const MOST_STATES: usize = 4096;
const STEP_SLOTS: u32 = 16384;
const VALUE_SLOTS: u32 = 8192;
const VALUE_BYTES: i32 = 262144;
const LONGEST_VALUE: i32 = 256;

// By the number of a key: the event whose root has it, and the node of its value.
const ROOTS = memory.data(8192);
// By place: the numbers of its keys, 0 behind the last; the class of a value that is not there; the class of all
// values that are not among the learned ones. 0: not known.
const PLACES = memory.data(2048);
const ABSENT = memory.data(256);
const OTHERS = memory.data(256);
// By state: the place that it looks at, or NOTHING or FINAL.
const STATES = memory.data(16384);
// Steps: state and class (0: free), the next state.
const STEPS = memory.data(131072);
// Values: hash, place and length (0: free), where their bytes are, class.
const VALUES = memory.data(131072);
const BYTES = memory.data(262144);
// For the caller: start and end of the line, lines passed over, where the time of the last event passed over stands,
// and whether the line has no white space between tokens.
const RESULTS = memory.data(20);
// Bytes of a time as far as its seconds, with the quote before it.
const SECONDS_LENGTH: i32 = 20;
// For what the caller hands over besides texts: keys, and values that stand in no text.
const SCRATCH = memory.data(512);

let bytesUsed: i32 = 0;
let valuesUsed: u32 = 0;
let stepsUsed: u32 = 0;
let event: i32 = 0;
let rootCoded = false;

let tape: usize = 0;
let tapeBytes: i32 = 0;
let cursor: usize = 0;
let linesEnd: usize = 0;
let largest: i32 = 0;
let screening = false;

let kindKey: i32 = 0;
let auditKey: i32 = 0;
let timeKey: i32 = 0;
let timePlace: i32 = -1;

export function resultsAt(): usize {
  return RESULTS;
}

export function scratchAt(): usize {
  return SCRATCH;
}

/** Where there is room for a tape. */
export function placeTape(at: usize, bytes: i32): void {
  tape = at;
  tapeBytes = bytes;
}

/** The numbers of the keys that every event must have. */
export function setEventKeys(kind: i32, audit: i32, time: i32): void {
  kindKey = kind;
  auditKey = audit;
  timeKey = time;
}

/** Forgets all states, steps, values and places. */
export function forgetScreen(): void {
  timePlace = -1;
  memory.fill(PLACES, 0, MOST_PLACES * PLACE_BYTES);
  memory.fill(ABSENT, 0, MOST_PLACES * 4);
  memory.fill(OTHERS, 0, MOST_PLACES * 4);
  memory.fill(STEPS, 0, <usize>STEP_SLOTS * 8);
  stepsUsed = 0;
  memory.fill(VALUES, 0, <usize>VALUE_SLOTS * 16);
  valuesUsed = 0;
  bytesUsed = 0;
}

/** The key at a depth of a place. */
export function setPlaceKey(place: i32, depth: i32, key: i32): void {
  store<i32>(PLACES + <usize>place * PLACE_BYTES + (<usize>depth << 2), key);
}

/** Which place holds the event's time: values there count by their seconds. */
export function setTimePlace(place: i32): void {
  timePlace = place;
}

/** What a state looks at: a place, NOTHING or FINAL. */
export function learnState(state: i32, place: i32): void {
  store<i32>(STATES + (<usize>state << 2), place);
}

// @ts-ignore: decorator
@inline
function stepSlot(key: u32): u32 {
  return ((key * 0x9e3779b1) >> 18) & (STEP_SLOTS - 1);
}

/** Where a class of value leads from a state. @returns whether there was room */
export function learnStep(state: i32, kind: i32, next: i32): bool {
  if (stepsUsed >= STEP_SLOTS / 2) return false;
  const key = (<u32>state << 16) | <u32>kind;
  let slot = stepSlot(key);
  for (;;) {
    const at = STEPS + (<usize>slot << 3);
    const found = load<u32>(at);
    if (found == key) return true;
    if (found == 0) {
      store<u32>(at, key);
      store<i32>(at, next, 4);
      stepsUsed++;
      return true;
    }
    slot = (slot + 1) & (STEP_SLOTS - 1);
  }
  return false;
}

/** The class of all values at a place that have not been learned, if they are no strings with escapes. */
export function learnOthers(place: i32, kind: i32): void {
  store<i32>(OTHERS + (<usize>place << 2), kind);
}

// @ts-ignore: decorator
@inline
function hashOf(place: i32, at: usize, length: i32): u32 {
  let hash: u64 = <u64>(place + 1) * 0x9e3779b97f4a7c15 + <u64>length;
  let i: i32 = 0;
  for (; i + 8 <= length; i += 8) hash = (hash ^ load<u64>(at + i)) * 0xff51afd7ed558ccd;
  for (; i < length; i++) hash = (hash ^ <u64>load<u8>(at + i)) * 0x100000001b3;
  hash ^= hash >> 29;
  return <u32>(hash * 0xc4ceb9fe1a85ec53 >> 32);
}

/**
 * The class of a value as it is written; 0: one that must be asked for. Without a value (length 0): of its absence.
 * @returns whether there was room
 */
export function learnValue(place: i32, at: usize, length: i32, kind: i32): bool {
  if (length == 0) {
    store<i32>(ABSENT + (<usize>place << 2), kind);
    return true;
  }
  if (length > LONGEST_VALUE) return true;
  if (valuesUsed >= VALUE_SLOTS / 2 || bytesUsed + length > VALUE_BYTES) return false;
  const slot = valueSlot(place, at, length);
  if (load<i32>(slot, 4) == 0) {
    const bytes = BYTES + <usize>bytesUsed;
    memory.copy(bytes, at, length);
    bytesUsed += length;
    valuesUsed++;
    store<u32>(slot, hashOf(place, at, length));
    store<i32>(slot, (place << 16) | length, 4);
    store<u32>(slot, <u32>bytes, 8);
  }
  store<i32>(slot, kind, 12);
  return true;
}

// The slot of a value, or the free one where it belongs.
// @ts-ignore: decorator
@inline
function valueSlot(place: i32, at: usize, length: i32): usize {
  const hash = hashOf(place, at, length);
  const tag = (place << 16) | length;
  let index = hash & (VALUE_SLOTS - 1);
  for (;;) {
    const slot = VALUES + (<usize>index << 4);
    const found = load<i32>(slot, 4);
    if (found == 0) return slot;
    if (found == tag && load<u32>(slot) == hash && same(<usize>load<u32>(slot, 8), at, length)) return slot;
    index = (index + 1) & (VALUE_SLOTS - 1);
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function same(a: usize, b: usize, length: i32): bool {
  let i: i32 = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false;
  for (; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

// @ts-ignore: decorator
@inline
function behind(node: usize): usize {
  const kind = load<i32>(node, 8);
  if (kind > OTHER) return tape + (<usize>kind << 2);
  return kind < 0 ? tape + (<usize>-kind << 2) : node + NODE_BYTES;
}

// Notes where the values of the root's known keys are; the first of equal keys counts.
function noteRoots(root: usize): void {
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

// What find() answers where there is no node.
const MISSING: usize = 0;
const UNCLEAR: usize = 1;

// @ts-ignore: decorator
@inline
function rootMember(key: i32): usize {
  const slot = ROOTS + (<usize>key << 3);
  if (load<i32>(slot) == event) return <usize>load<u32>(slot, 4);
  return rootCoded ? UNCLEAR : MISSING;
}

// A key as it is written goes before one that only decodes to the same.
function member(object: usize, key: i32): usize {
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

function find(place: i32): usize {
  const keys = PLACES + <usize>place * PLACE_BYTES;
  const first = load<i32>(keys);
  if (first == 0) return UNCLEAR;
  let node = rootMember(first);
  for (let depth = 1; depth < PLACE_DEPTH; depth++) {
    if (node <= UNCLEAR) return node;
    const key = load<i32>(keys + (<usize>depth << 2));
    if (key == 0) break;
    node = member(node, key);
  }
  return node;
}

const INPUT_KIND: i64 = 0x0022746e65764522; // "Event" with its quotes, in the low seven bytes

function isEventKind(node: usize, shift: usize): bool {
  if (node <= UNCLEAR || load<i32>(node, 8) != PLAIN) return false;
  const start = shift + <usize>load<i32>(node);
  return load<i32>(node, 4) - load<i32>(node) == 7 && (load<i64>(start) & 0x00ffffffffffffff) == INPUT_KIND;
}

// @ts-ignore: decorator
@inline
function two(at: usize): i32 {
  const tens = <i32>load<u8>(at) - 0x30;
  const ones = <i32>load<u8>(at, 1) - 0x30;
  return <u32>tens <= 9 && <u32>ones <= 9 ? tens * 10 + ones : -1;
}

// Whether a time is of the form that API servers write, and a day that every month has: `YYYY-MM-DDTHH:MM:SS[.n]Z`.
function isPlainTime(node: usize, shift: usize): bool {
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
  if (century < 0 || year < 0 || month < 1 || month > 12 || day < 1) return false;
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

// The class of the value at a place; 0: not known.
function classAt(place: i32, shift: usize): i32 {
  const node = find(place);
  if (node == MISSING) return load<i32>(ABSENT + (<usize>place << 2));
  if (node == UNCLEAR) return 0;
  const kind = load<i32>(node, 8);
  if (kind > OTHER || kind < 0) return 0;
  const start = load<i32>(node);
  // The time is known to be written in the usual form.
  const length = place == timePlace ? SECONDS_LENGTH : load<i32>(node, 4) - start;
  if (length > LONGEST_VALUE) return 0;
  const slot = valueSlot(place, shift + <usize>start, length);
  if (load<i32>(slot, 4) != 0) return load<i32>(slot, 12);
  return kind == CODED ? 0 : load<i32>(OTHERS + (<usize>place << 2));
}

/**
 * Judges an event on the tape.
 * @param node of the event, in integers from the start of the tape
 * @param shift what to add to an offset on the tape for an address
 * @param needsKind whether it must say that it is an event
 * @returns a final state, PASSED, UNSURE or UNKNOWN
 */
export function judge(node: i32, shift: usize, needsKind: bool): i32 {
  const root = tape + (<usize>node << 2);
  if (load<i32>(root, 8) <= OTHER) return UNSURE;
  noteRoots(root);
  if (needsKind && !isEventKind(rootMember(kindKey), shift)) return UNSURE;
  if (rootMember(auditKey) <= UNCLEAR) return UNSURE;
  const time = rootMember(timeKey);
  if (!isPlainTime(time, shift)) return UNSURE;
  let state: i32 = 0;
  for (;;) {
    const place = load<i32>(STATES + (<usize>state << 2));
    if (place < 0) {
      if (place == FINAL) return state;
      store<i32>(RESULTS, <i32>(shift + <usize>load<i32>(time)), 12);
      return PASSED;
    }
    const kind = classAt(place, shift);
    if (kind == 0) return UNKNOWN;
    const key = (<u32>state << 16) | <u32>kind;
    let slot = stepSlot(key);
    for (;;) {
      const at = STEPS + (<usize>slot << 3);
      const found = load<u32>(at);
      if (found == key) {
        state = load<i32>(at, 4);
        break;
      }
      if (found == 0) return UNKNOWN;
      slot = (slot + 1) & (STEP_SLOTS - 1);
    }
  }
  return UNSURE;
}

/**
 * Begins to read lines.
 * @param largestEvent longer lines are left to the caller, bytes
 * @param screened whether lines are judged at all
 */
export function openLines(from: usize, to: usize, largestEvent: i32, screened: bool): void {
  cursor = from;
  linesEnd = to;
  largest = largestEvent;
  screening = screened;
  store<i32>(RESULTS, 0, 8);
}

// Address of the next newline, or the end. Reads up to 16 bytes past the end.
// @ts-ignore: decorator
@inline
function lineEnd(from: usize, end: usize): usize {
  const newlines = i8x16.splat(0x0a);
  for (let at = from; at < end; at += 16) {
    const hits = i8x16.bitmask(i8x16.eq(v128.load(at), newlines));
    if (hits != 0) return min(at + ctz(hits), end);
  }
  return end;
}

/**
 * Scans and judges lines up to one that the caller has to see.
 * @returns as judge(), MALFORMED, TAPE_FULL (the line comes again), or END. The tape is that of the line, offsets
 * counted from its start; results hold where it is.
 */
export function nextLine(): i32 {
  while (cursor < linesEnd) {
    const start = cursor;
    let end = lineEnd(start, linesEnd);
    cursor = end + 1;
    if (end > start && load<u8>(end - 1) == 0x0d) end--;
    if (end == start) continue;
    const length = <i32>(end - start);
    const answer = scan(start, length, 0, tape, tapeBytes);
    if (answer == TAPE_FULL) cursor = start;
    let verdict = answer;
    if (answer >= 0) verdict = screening && length <= largest ? judge(0, start, true) : UNSURE;
    if (verdict == PASSED) {
      store<i32>(RESULTS, load<i32>(RESULTS, 8) + 1, 8);
      continue;
    }
    store<i32>(RESULTS, <i32>start);
    store<i32>(RESULTS, <i32>end, 4);
    store<i32>(RESULTS, answer, 16);
    return verdict;
  }
  return END;
}

/** Where memory is free for the caller's text and tape. */
export function freeFrom(): usize {
  return __heap_base;
}
