// What the prefilter has been taught: places, states, steps, and the classes of values as they are written, so that equal
// bytes mean equal values, whatever they decode to. Tables of fixed size; where one is full, the caller begins anew.

import { CODED, OTHER, PLAIN } from '../../json/tape';
import { ALL_PLACES, AS_FLAG, AS_JSON, AS_NOTHING, AS_OWN, AS_STRING, AS_VALUE, HASH_KEY_BYTES, LONGEST_VALUE, MOST_PLACES, MOST_STEPS, PLACE_DEPTH, SECONDS_LENGTH, UNCLASSIFIED } from '../shared';
import { restOf, same } from './bytes';
import { dropLooks, forgetLooks, looksAt, signClass } from './looks';
import { compact } from './scan';

const PLACE_BYTES: usize = <usize>PLACE_DEPTH << 2;
const STEP_SLOTS: u32 = 2 * MOST_STEPS;
const VALUE_BITS: u32 = 14;
const VALUE_SLOTS: u32 = 1 << VALUE_BITS;
const VALUE_BYTES: i32 = 524288;
/** Instead of place and length: a value that was forgotten. */
const NO_VALUE: i32 = -1;

// By place: the numbers of its keys, 0 behind the last, and the elements that they are in arrays, from 1; the class of a value that is not there; of all values that are
// not among the learned ones; of all that are long. 0: not known.
const PLACES = memory.data(6144);
const INDEXES = memory.data(6144);
const ABSENT = memory.data(256);
const OTHERS = memory.data(256);
const LONGS = memory.data(256);
// By place: values that were remembered, though their signs tell the class.
const REMEMBERED = memory.data(256);
// By place: how its values are read, and the class of those that make a difference to that.
const FORMS = memory.data(256);
const NO_STRINGS = memory.data(256);
const MOST_REMEMBERED: i32 = 256;
const FEW_LOOKS: i32 = 4;
// By state: the place that it looks at, or NOTHING or FINAL.
const STATES = memory.data(65536);
// Steps: state and class (0: free), the next state.
const STEPS = memory.data(524288);
// Values: hash, place and length (0: free), where their bytes are, class.
const VALUES = memory.data(262144);
const BYTES = memory.data(524296);
const HASH_KEY = memory.data(288);

let bytesUsed: i32 = 0;
let valuesUsed: u32 = 0;
let stepsUsed: u32 = 0;
let timePlace: i32 = -1;

/** Forgets all states, steps, values and places. */
export function forgetPrefilter(): void {
  timePlace = -1;
  forgetLooks();
  memory.fill(PLACES, 0, <usize>ALL_PLACES * PLACE_BYTES);
  memory.fill(ABSENT, 0, MOST_PLACES * 4);
  memory.fill(OTHERS, 0, MOST_PLACES * 4);
  memory.fill(LONGS, 0, MOST_PLACES * 4);
  memory.fill(REMEMBERED, 0, MOST_PLACES * 4);
  memory.fill(FORMS, 0, MOST_PLACES * 4);
  memory.fill(NO_STRINGS, 0, MOST_PLACES * 4);
  // What nothing was written to takes no memory, and is to stay so.
  if (stepsUsed > 0) memory.fill(STEPS, 0, <usize>STEP_SLOTS * 8);
  stepsUsed = 0;
  if (valuesUsed > 0) memory.fill(VALUES, 0, <usize>VALUE_SLOTS * 16);
  valuesUsed = 0;
  bytesUsed = 0;
}

/** Forgets the values of a place, and what is looked for in them. States, steps and classes stay. */
export function forgetPlace(place: i32): void {
  const at = <usize>place << 2;
  dropLooks(place);
  store<i32>(ABSENT + at, 0);
  store<i32>(OTHERS + at, 0);
  store<i32>(LONGS + at, 0);
  store<i32>(REMEMBERED + at, 0);
  store<i32>(NO_STRINGS + at, 0);
  // Slots that others were put behind stay in use.
  for (let slot = VALUES; slot < VALUES + <usize>VALUE_SLOTS * 16; slot += 16)
    if (load<i32>(slot, 4) != 0 && load<i32>(slot, 4) >> 16 == place) store<i32>(slot, NO_VALUE, 4);
}

/** The key at a depth of a place, and which element it is in an array; -1: none. */
export function setPlaceKey(place: i32, depth: i32, key: i32, index: i32): void {
  const step = <usize>place * PLACE_BYTES + (<usize>depth << 2);
  store<i32>(PLACES + step, key);
  store<i32>(INDEXES + step, index + 1);
}

/** Whether nothing is known of whatever stands at a place. */
// @ts-ignore: decorator
@inline
export function isGivenUp(place: i32): bool {
  return load<i32>(FORMS + (<usize>place << 2)) == AS_NOTHING;
}

/** How values at a place are read: AS_VALUE, which is how it begins, or another of these. */
export function setPlaceForm(place: i32, form: i32): void {
  store<i32>(FORMS + (<usize>place << 2), form);
}

/** Whether a place is that of the event's time. */
// @ts-ignore: decorator
@inline
export function isTimePlace(place: i32): bool {
  return place == timePlace;
}

/** Which place holds the event's time: values there count by their seconds. */
export function setTimePlace(place: i32): void {
  timePlace = place;
}

/** The number of a place's key at a depth; 0 behind the last. */
// @ts-ignore: decorator
@inline
export function placeKey(place: i32, depth: i32): i32 {
  return load<i32>(PLACES + <usize>place * PLACE_BYTES + (<usize>depth << 2));
}

/** The element that a place's key at a depth is in an array; -1: none. */
// @ts-ignore: decorator
@inline
export function placeIndex(place: i32, depth: i32): i32 {
  return load<i32>(INDEXES + <usize>place * PLACE_BYTES + (<usize>depth << 2)) - 1;
}

/** What a state looks at. */
// @ts-ignore: decorator
@inline
export function placeOf(state: i32): i32 {
  return load<i32>(STATES + (<usize>state << 2));
}

/** What a state looks at: a place, NOTHING or FINAL. */
export function learnState(state: i32, place: i32): void {
  store<i32>(STATES + (<usize>state << 2), place);
}

// @ts-ignore: decorator
@inline
function stepSlot(key: u32): u32 {
  return (key * 0x9e3779b1) >> 16;
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

/** The class of all values at a place that have not been learned, if they stand as they are (isPlain). */
export function learnOthers(place: i32, kind: i32): void {
  store<i32>(OTHERS + (<usize>place << 2), kind);
}

/** The class of all values at a place that are no strings (AS_STRING), or of `true` (AS_FLAG), where the others are one class. */
export function learnNoStrings(place: i32, kind: i32): void {
  store<i32>(NO_STRINGS + (<usize>place << 2), kind);
}

/** The class of all values at a place that are longer than can be learned, if they stand as they are (isPlain). */
export function learnLong(place: i32, kind: i32): void {
  store<i32>(LONGS + (<usize>place << 2), kind);
}

/** Draws the secret that values are hashed with: bytes that nobody can foretell, HASH_KEY_BYTES of them. */
export function setHashKey(at: usize): void {
  memory.copy(HASH_KEY, at, HASH_KEY_BYTES);
}

// Words of the value, each half added to a secret number of its own, and multiplied with the other (NH, as in UMAC): whoever
// does not know the secret cannot make values that collide. Seeds alone would not do: of many hashes, some differences of
// texts cancel out whatever the seed.
// @ts-ignore: decorator
@inline
function hashOf(tag: i32, at: usize, length: i32): u32 {
  let hash: u64 = <u64>tag * (load<u64>(HASH_KEY) | 1);
  let key = HASH_KEY + 8;
  let i: i32 = 0;
  for (; i + 8 <= length; i += 8, key += 8) hash += product(load<u64>(at + i), load<u64>(key));
  if (i < length) hash += product(restOf(at + i, <usize>(length - i)), load<u64>(key));
  return <u32>((hash * (load<u64>(HASH_KEY, HASH_KEY_BYTES - 8) | 1)) >> 32);
}

// @ts-ignore: decorator
@inline
function product(word: u64, key: u64): u64 {
  return <u64>(<u32>word + <u32>key) * <u64>(<u32>(word >> 32) + <u32>(key >> 32));
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
    const tag = (place << 16) | length;
    store<u32>(slot, hashOf(tag, at, length));
    store<i32>(slot, tag, 4);
    store<u32>(slot, <u32>bytes, 8);
  }
  store<i32>(slot, kind, 12);
  return true;
}

// The slot of a value, or the free one where it belongs.
// @ts-ignore: decorator
@inline
function valueSlot(place: i32, at: usize, length: i32): usize {
  const tag = (place << 16) | length;
  const hash = hashOf(tag, at, length);
  let index = hash >> (32 - VALUE_BITS);
  for (;;) {
    const slot = VALUES + (<usize>index << 4);
    const found = load<i32>(slot, 4);
    if (found == 0) return slot;
    if (found == tag && load<u32>(slot) == hash && same(<usize>load<u32>(slot, 8), at, <usize>length)) return slot;
    index = (index + 1) & (VALUE_SLOTS - 1);
  }
  return 0;
}

/** The class of a value that is not there; 0: not known. */
// @ts-ignore: decorator
@inline
export function absentClass(place: i32): i32 {
  return load<i32>(ABSENT + (<usize>place << 2));
}

// Whether the value is the text as it stands: no string with escapes, no white space in an object or array.
// @ts-ignore: decorator
@inline
function isPlain(kind: i32): bool {
  return kind != CODED && (compact == 1 || (kind >= 0 && kind <= 2));
}

// Looking often takes longer than comparing: the first values of a place are remembered.
function remember(place: i32, at: usize, length: i32, kind: i32): void {
  const slot = REMEMBERED + (<usize>place << 2);
  const count = load<i32>(slot);
  // What has to be learned keeps half of the room.
  if (valuesUsed >= VALUE_SLOTS / 4 || bytesUsed >= VALUE_BYTES / 2) return;
  if (count < MOST_REMEMBERED && learnValue(place, at, length, kind)) store<i32>(slot, count + 1);
}

/** The class of a value; 0: not known. */
// @ts-ignore: decorator
@inline
export function classOf(place: i32, at: usize, bytes: i32, kind: i32): i32 {
  // The time is known to be written in the usual form.
  const length = place == timePlace ? SECONDS_LENGTH : bytes;
  const form = load<i32>(FORMS + (<usize>place << 2));
  if (form != AS_VALUE) {
    const isString = kind == PLAIN || kind == CODED;
    if (form == AS_STRING && !isString) return load<i32>(NO_STRINGS + (<usize>place << 2));
    if (form == AS_JSON && isString) return UNCLASSIFIED;
    // Its bytes are those of `true`: no other word or number has them.
    if (form == AS_FLAG) return load<i32>((kind == OTHER && load<u32>(at) == 0x65757274 ? NO_STRINGS : OTHERS) + (<usize>place << 2));
  }
  if (length > LONGEST_VALUE) return isPlain(kind) ? load<i32>(LONGS + (<usize>place << 2)) : 0;
  const slot = valueSlot(place, at, length);
  if (load<i32>(slot, 4) != 0) return load<i32>(slot, 12);
  if (!isPlain(kind) || form == AS_OWN) return 0;
  const looks = looksAt(place);
  if (looks == 0) return load<i32>(OTHERS + (<usize>place << 2));
  const found = signClass(place, at, length, kind);
  if (looks > FEW_LOOKS && found != 0) remember(place, at, length, found);
  return found;
}

/** The state that a class of value leads to; -1: not known. */
// @ts-ignore: decorator
@inline
export function stepOf(state: i32, kind: i32): i32 {
  const key = (<u32>state << 16) | <u32>kind;
  let slot = stepSlot(key);
  for (;;) {
    const at = STEPS + (<usize>slot << 3);
    const found = load<u32>(at);
    if (found == key) return load<i32>(at, 4);
    if (found == 0) return -1;
    slot = (slot + 1) & (STEP_SLOTS - 1);
  }
  return -1;
}
