// Looks: what some checks want to know of a value at a place, besides which text it is: how it begins and ends, and what it
// contains. Which of them hold is the value's sign; values of one sign, at one place, have one class. So texts that differ
// in each event, such as URIs, need not be learned one by one.

import { OTHER, PLAIN } from '../../json/tape';
import { CONTAINS, ICONTAINS, MOST_PLACES, STARTS } from '../shared';
import { same, within } from './bytes';

const MOST_LOOKS: i32 = 4096;
const LOOK_BYTES: usize = 32;
const TEXT_BYTES: i32 = 65536;
// A sign has a bit for each look of a place; where there are more, it has the numbers of those that hold, from 1.
const MOST_BITS: i32 = 128;
const MOST_HOLDING: i32 = 8;
// Of places with more looks, those that cannot hold are told by the pairs of bytes in them.
const FEW_LOOKS: i32 = 8;
const SIGN_SLOTS: u32 = 2048;
const SIGN_BYTES: usize = 24;

// By place: its first look, and how many it has.
const FIRSTS = memory.data(256);
const COUNTS = memory.data(256);
// Looks: kind, where the text is, its length; its pairs of bytes, as two sets of bits.
const LOOKS = memory.data(131072);
const TEXTS = memory.data(65552);
// Signs: the bits, the place from 1 (0: free), the class.
const SIGNS = memory.data(49152);
// A value with its letters in lower case.
const FOLDED = memory.data(288);

let looksUsed: i32 = 0;
let textsUsed: i32 = 0;
let signsUsed: u32 = 0;
let low: u64 = 0;
let high: u64 = 0;
let pairsLow: u64 = 0;
let pairsHigh: u64 = 0;

export function forgetLooks(): void {
  memory.fill(COUNTS, 0, MOST_PLACES * 4);
  memory.fill(SIGNS, 0, <usize>SIGN_SLOTS * SIGN_BYTES);
  looksUsed = 0;
  textsUsed = 0;
  signsUsed = 0;
}

/** Adds a look to a place; all of one place one after the other. @returns whether there was room */
export function addLook(place: i32, kind: i32, at: usize, length: i32): bool {
  const count = load<i32>(COUNTS + (<usize>place << 2));
  if (looksUsed == MOST_LOOKS || textsUsed + length > TEXT_BYTES) return false;
  const text = TEXTS + <usize>textsUsed;
  memory.copy(text, at, length);
  textsUsed += length;
  if (count == 0) store<i32>(FIRSTS + (<usize>place << 2), looksUsed);
  const look = LOOKS + <usize>looksUsed * LOOK_BYTES;
  store<i32>(look, kind);
  store<u32>(look, <u32>text, 4);
  store<i32>(look, length, 8);
  notePairs(text, <usize>length);
  store<u64>(look, pairsLow, 16);
  store<u64>(look, pairsHigh, 24);
  looksUsed++;
  store<i32>(COUNTS + (<usize>place << 2), count + 1);
  return true;
}

/** A place is looked at no more. */
export function dropLooks(place: i32): void {
  store<i32>(COUNTS + (<usize>place << 2), 0);
}

/** How many looks a place has. */
// @ts-ignore: decorator
@inline
export function looksAt(place: i32): i32 {
  return load<i32>(COUNTS + (<usize>place << 2));
}

// Reads up to one vector past the end.
function contains(at: usize, length: usize, text: usize, textLength: usize): bool {
  if (textLength > length) return false;
  const first = i8x16.splat(load<u8>(text));
  const last = length - textLength;
  for (let i: usize = 0; i <= last; i += 16) {
    let hits = i8x16.bitmask(i8x16.eq(v128.load(at + i), first));
    while (hits != 0) {
      const from = i + ctz(hits);
      if (from > last) return false;
      if (same(at + from, text, textLength)) return true;
      hits &= hits - 1;
    }
  }
  return false;
}

function fold(at: usize, length: usize): void {
  const before = i8x16.splat(0x40);
  const behind = i8x16.splat(0x5b);
  const bit = i8x16.splat(0x20);
  for (let i: usize = 0; i < length; i += 16) {
    const block = v128.load(at + i);
    const letters = v128.and(i8x16.gt_s(block, before), i8x16.lt_s(block, behind));
    v128.store(FOLDED + i, v128.or(block, v128.and(letters, bit)));
  }
}

// Sets `pairsLow` and `pairsHigh`: a bit for each pair of neighbouring bytes, whatever the case of letters. What has another
// text in it has its pairs as well.
function notePairs(at: usize, length: usize): void {
  pairsLow = 0;
  pairsHigh = 0;
  if (length < 2) return;
  let before = <u32>load<u8>(at) & 0xdf;
  for (let i: usize = 1; i < length; i++) {
    const next = <u32>load<u8>(at + i) & 0xdf;
    const bit = ((before | (next << 8)) * 0x9e3779b1) >> 25;
    if (bit < 64) pairsLow |= (<u64>1) << <u64>bit;
    else pairsHigh |= (<u64>1) << <u64>(bit - 64);
    before = next;
  }
}

// Notes that a look holds. False: so many do that the sign has no room for them.
function note(index: i32, count: i32, holding: i32): bool {
  if (count <= MOST_BITS) {
    if (index < 64) low |= (<u64>1) << <u64>index;
    else high |= (<u64>1) << <u64>(index - 64);
    return true;
  }
  if (holding == MOST_HOLDING) return false;
  const number = <u64>(index + 1) << <u64>((holding & 3) << 4);
  if (holding < 4) low |= number;
  else high |= number;
  return true;
}

// Sets `low` and `high`: which looks of a place hold. False: more than there is room for.
function look(place: i32, at: usize, length: usize): bool {
  low = 0;
  high = 0;
  let folded = false;
  const count = looksAt(place);
  const many = count > FEW_LOOKS;
  if (many) notePairs(at, length);
  let holding = 0;
  let each = LOOKS + <usize>load<i32>(FIRSTS + (<usize>place << 2)) * LOOK_BYTES;
  for (let i = 0; i < count; i++, each += LOOK_BYTES) {
    if (many && ((load<u64>(each, 16) & ~pairsLow) | (load<u64>(each, 24) & ~pairsHigh)) != 0) continue;
    const kind = load<i32>(each);
    const text = <usize>load<u32>(each, 4);
    const textLength = <usize>load<i32>(each, 8);
    let holds = false;
    if (kind == CONTAINS) holds = contains(at, length, text, textLength);
    else if (kind == ICONTAINS) {
      if (!folded) fold(at, length);
      folded = true;
      holds = contains(FOLDED, length, text, textLength);
    } else if (textLength <= length) {
      holds = same(kind == STARTS ? at : at + length - textLength, text, textLength);
    }
    if (holds && !note(i, count, holding++)) return false;
  }
  return true;
}

// The slot of the present sign, or the free one where it belongs.
function signSlot(place: i32): usize {
  const mixed = (low ^ (high * 0x9e3779b97f4a7c15) ^ <u64>(place + 1)) * 0xff51afd7ed558ccd;
  let index = <u32>(mixed >> 40) & (SIGN_SLOTS - 1);
  for (;;) {
    const slot = SIGNS + <usize>index * SIGN_BYTES;
    const found = load<i32>(slot, 16);
    if (found == 0) return slot;
    if (found == place + 1 && load<u64>(slot) == low && load<u64>(slot, 8) == high) return slot;
    index = (index + 1) & (SIGN_SLOTS - 1);
  }
  return 0;
}

// Looks at the value itself, without quotes. False: its sign does not tell its class: an object or array in which a NUL ends
// what fields show, or more looks that hold than a sign has room for.
function lookAt(place: i32, at: usize, bytes: i32, kind: i32): bool {
  const quote: i32 = kind == PLAIN ? 1 : 0;
  const length = <usize>(bytes - 2 * quote);
  if (kind != PLAIN && kind != OTHER && hasNul(at, length)) return false;
  return look(place, at + quote, length);
}

function hasNul(at: usize, length: usize): bool {
  const nuls = i8x16.splat(0);
  for (let i: usize = 0; i < length; i += 16) {
    const hits = i8x16.bitmask(i8x16.eq(v128.load(at + i), nuls));
    if (within(hits, length - i) != 0) return true;
  }
  return false;
}

/** The class of a value that stands as it is written, by its sign; 0: not known. */
export function signClass(place: i32, at: usize, bytes: i32, kind: i32): i32 {
  if (!lookAt(place, at, bytes, kind)) return 0;
  const slot = signSlot(place);
  return load<i32>(slot, 16) == 0 ? 0 : load<i32>(slot, 20);
}

/** The class of all values at a place that have the same sign as this one. @returns whether there was room */
export function learnSign(place: i32, at: usize, bytes: i32, kind: i32, learned: i32): bool {
  if (!lookAt(place, at, bytes, kind)) return true;
  const slot = signSlot(place);
  if (load<i32>(slot, 16) == 0) {
    if (signsUsed >= SIGN_SLOTS / 2) return false;
    signsUsed++;
    store<u64>(slot, low);
    store<u64>(slot, high, 8);
    store<i32>(slot, place + 1, 16);
  }
  store<i32>(slot, learned, 20);
  return true;
}
