// The scanner of src/json/scan-js.ts in AssemblyScript, with SIMD for the ends of strings.
// In: JSON bytes in linear memory. Out: the same tape (src/json/document.ts), offsets counted from `base`.
// The two scanners must agree on every input; test/json/scan.test.ts holds them against each other.

import { CODED, MAX_DEPTH, NODE_SIZE, OTHER, PLAIN } from '../../json/tape';
import { MALFORMED, TAPE_FULL } from '../shared';
import { restOf } from './bytes';

export const NODE_BYTES: usize = <usize>NODE_SIZE << 2;

const SPACE: u8 = 1;
const NUMERIC: u8 = 2;

// Class of each byte outside strings: white space, part of a number, anything else.
const CLASSES = memory.data(256);
// The open containers, innermost last: where each is on the tape, and whether it stands in an object.
const OPEN = memory.data(131072);

function classify(bytes: StaticArray<u8>, kind: u8): void {
  for (let i = 0; i < bytes.length; i++) store<u8>(CLASSES + bytes[i], kind);
}
classify([0x20, 0x09, 0x0a, 0x0d], SPACE);
classify([0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x2e, 0x2d, 0x2b, 0x65, 0x45], NUMERIC);

// @ts-ignore: decorator
@inline
function skipSpace(at: usize, end: usize): usize {
  while (at < end && load<u8>(CLASSES + load<u8>(at)) == SPACE) at++;
  return at;
}

// The known keys (src/json/keys.ts): an open-addressed table of slots, and the bytes of keys longer than 16.
// A slot holds the first and the last eight bytes of a key, its length, its number, and where its bytes are.
const SLOT_BYTES: usize = 32;
const SLOT_COUNT: u32 = 1024;
const SLOTS = memory.data(32768);
const KEY_BYTES = memory.data(12288);
let keyBytesUsed: usize = 0;

let coded: i32 = PLAIN;

/** Whether the text scanned last has no white space between its tokens. */
export let compact: i32 = 1;

// Address behind the string that opens at `at`, 0 if it does not end; sets `coded`.
// Reads up to 16 bytes past `end`: the caller's buffer is padded.
// @ts-ignore: decorator
@inline
function stringEnd(at: usize, end: usize): usize {
  const quotes = i8x16.splat(0x22);
  const backslashes = i8x16.splat(0x5c);
  const nuls = i8x16.splat(0);
  coded = PLAIN;
  let i = at + 1;
  while (i < end) {
    const block = v128.load(i);
    const marks = v128.or(i8x16.eq(block, quotes), i8x16.eq(block, backslashes));
    const hits = i8x16.bitmask(v128.or(marks, i8x16.eq(block, nuls)));
    if (hits == 0) {
      i += 16;
      continue;
    }
    i += ctz(hits);
    if (i >= end) return 0;
    const mark = load<u8>(i);
    if (mark == 0x22) return i + 1;
    coded = CODED;
    i += mark == 0 ? 1 : 2;
  }
  return 0;
}

// Address behind `inf` or `nan` in any case, 0 if neither stands here.
function wordEnd(at: usize, end: usize): usize {
  if (at + 3 > end) return 0;
  const a = load<u8>(at) | 0x20;
  const b = load<u8>(at + 1) | 0x20;
  const c = load<u8>(at + 2) | 0x20;
  const inf = a == 0x69 && b == 0x6e && c == 0x66;
  const nan = a == 0x6e && b == 0x61 && c == 0x6e;
  return inf || nan ? at + 3 : 0;
}

// Address behind the number or literal at `at`, 0 if there is none.
function scalarEnd(at: usize, end: usize): usize {
  const first = load<u8>(at);
  if (load<u8>(CLASSES + first) == NUMERIC) {
    let i = at + 1;
    while (i < end && load<u8>(CLASSES + load<u8>(i)) == NUMERIC) i++;
    const signOnly = i == at + 1 && (first == 0x2b || first == 0x2d);
    return signOnly && i < end ? wordEnd(i, end) : i;
  }
  if (at + 4 <= end) {
    const word = load<u32>(at);
    if (word == 0x65757274 || word == 0x6c6c756e) return at + 4; // true, null
    if (word == 0x736c6166 && at + 5 <= end && load<u8>(at + 4) == 0x65) return at + 5; // false
  }
  return first == 0x74 || first == 0x66 ? 0 : wordEnd(at, end);
}

// The first and the last eight bytes of a key tell all of it up to 16 bytes. Shorter than eight: zeros behind it.
// Reads up to eight bytes past the key.
// @ts-ignore: decorator
@inline
function headOf(at: usize, length: i32): u64 {
  return length >= 8 ? load<u64>(at) : restOf(at, <usize>length);
}

// @ts-ignore: decorator
@inline
function tailOf(at: usize, length: i32): u64 {
  return length > 8 ? load<u64>(at + length - 8) : 0;
}

// @ts-ignore: decorator
@inline
function slotOf(head: u64, tail: u64, length: i32): u32 {
  const mixed = (head ^ (tail * 0x9e3779b97f4a7c15) ^ <u64>length) * 0xff51afd7ed558ccd;
  return <u32>(mixed >> 54);
}

/** Makes the key in memory[input, input + length) known by its number. */
export function addKey(input: usize, length: i32, id: i32): void {
  // Until now it was guessed as a key without one.
  memory.fill(GUESSES, 0, <usize>GUESS_COUNT * GUESS_BYTES);
  const bytes = KEY_BYTES + keyBytesUsed;
  memory.copy(bytes, input, length);
  keyBytesUsed += length;
  const head = headOf(input, length);
  const tail = tailOf(input, length);
  let index = slotOf(head, tail, length);
  while (load<i32>(SLOTS + <usize>index * SLOT_BYTES, 20) != 0) index = (index + 1) & (SLOT_COUNT - 1);
  const slot = SLOTS + <usize>index * SLOT_BYTES;
  store<u64>(slot, head);
  store<u64>(slot, tail, 8);
  store<i32>(slot, length, 16);
  store<i32>(slot, id, 20);
  store<u32>(slot, <u32>bytes, 24);
}

// Number of the key in memory[at, at + length), PLAIN if it is not known.
// @ts-ignore: decorator
@inline
function keyId(at: usize, length: i32): i32 {
  const head = headOf(at, length);
  const tail = tailOf(at, length);
  let index = slotOf(head, tail, length);
  for (;;) {
    const slot = SLOTS + <usize>index * SLOT_BYTES;
    const id = load<i32>(slot, 20);
    if (id == 0) return PLAIN;
    if (load<u64>(slot) == head && load<u64>(slot, 8) == tail && load<i32>(slot, 16) == length) {
      if (length <= 16 || memory.compare(<usize>load<u32>(slot, 24), at, length) == 0) return id;
    }
    index = (index + 1) & (SLOT_COUNT - 1);
  }
  return PLAIN;
}

// Keys by what came before them: the key that followed two others last is expected behind them again, and compared as it
// stands with its quotes and its colon. API servers write keys in one order, so that nine of ten are found so, without
// looking for their ends. By guess: the bytes, which of them count, how many, the number of the key, a hash of it, and
// the guess that followed.
const GUESS_BYTES: usize = 64;
const GUESS_COUNT: u32 = 1024;
const GUESSES = memory.data(65536);
const LONGEST_GUESS: i32 = 32;

// Remembers a key, with its quotes and its colon in memory[at, at + length). @returns its guess
// @ts-ignore: decorator
@inline
function learnGuess(before: usize, at: usize, length: i32, id: i32): usize {
  const mixed = (headOf(at + 1, length - 3) ^ (<u64>length << 56)) * 0xff51afd7ed558ccd;
  const hash = <u32>(mixed >> 32);
  const index = (hash + (load<u32>(before, 44) >> 7)) & (GUESS_COUNT - 1);
  const guess = GUESSES + <usize>index * GUESS_BYTES;
  store<u32>(before, <u32>guess, 48);
  v128.store(guess, v128.load(at));
  v128.store(guess, v128.load(at, 16), 16);
  store<u32>(guess, length == LONGEST_GUESS ? 0xffffffff : (<u32>1 << length) - 1, 32);
  store<i32>(guess, length, 36);
  store<i32>(guess, id, 40);
  store<u32>(guess, hash, 44);
  return guess;
}

// Whether the guess stands at `at`. Reads up to 32 bytes past the end.
// @ts-ignore: decorator
@inline
function guessHolds(guess: usize, at: usize): bool {
  const low = i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(guess)));
  const high = i8x16.bitmask(i8x16.eq(v128.load(at, 16), v128.load(guess, 16)));
  const mask = load<u32>(guess, 32);
  return ((low | (high << 16)) & mask) == mask;
}

/**
 * Scans the one JSON value in memory[input, input + length), white space around it allowed.
 * @param base added to every offset on the tape
 * @param tape where the tape starts; `tapeBytes` may be written
 * @returns 1 if there is no white space between tokens, 0 if there is, MALFORMED or TAPE_FULL
 */
export function scan(input: usize, length: i32, base: i32, tape: usize, tapeBytes: i32): i32 {
  const end = input + <usize>length;
  const shift: i32 = base - <i32>input;
  const tapeEnd = tape + <usize>tapeBytes - 2 * NODE_BYTES;
  let node = tape;
  compact = 1;
  let depth: i32 = 0;
  let inObject = false;
  let i = skipSpace(input, end);
  let guessed: usize = GUESSES;

  for (;;) {
    if (i >= end) return MALFORMED;
    // Room for this value and, in an object, the key behind it.
    if (node > tapeEnd) return TAPE_FULL;
    const c = load<u8>(i);
    let needKey = false;
    if (c == 0x22) {
      const behind = stringEnd(i, end);
      if (behind == 0) return MALFORMED;
      store<i32>(node, <i32>i + shift);
      store<i32>(node, <i32>behind + shift, 4);
      store<i32>(node, coded, 8);
      node += NODE_BYTES;
      i = behind;
    } else if (c == 0x7b || c == 0x5b) {
      if (depth == MAX_DEPTH) return MALFORMED;
      store<i32>(node, <i32>i + shift);
      const open = OPEN + (<usize>depth << 3);
      store<u32>(open, <u32>node);
      store<u32>(open, <u32>inObject, 4);
      depth++;
      node += NODE_BYTES;
      inObject = c == 0x7b;
      const next = skipSpace(i + 1, end);
      if (next != i + 1) compact = 0;
      i = next;
      // ']' and '}' both stand two behind their opening bracket.
      if (i >= end || load<u8>(i) != c + 2) {
        // The value inside counts as a level of its own.
        if (depth == MAX_DEPTH) return MALFORMED;
        if (!inObject) continue;
        needKey = true;
      }
    } else {
      const behind = scalarEnd(i, end);
      if (behind == 0) return MALFORMED;
      store<i32>(node, <i32>i + shift);
      store<i32>(node, <i32>behind + shift, 4);
      store<i32>(node, OTHER, 8);
      node += NODE_BYTES;
      i = behind;
    }

    // Behind a value, or at the bracket that closes an empty container.
    if (!needKey) {
      while (depth > 0) {
        let d = load<u8>(i);
        if (d == 0x2c && i < end) {
          i++;
          needKey = inObject;
          break;
        }
        if (load<u8>(CLASSES + d) == SPACE) {
          compact = 0;
          i = skipSpace(i, end);
          d = load<u8>(i);
        }
        if (i >= end) return MALFORMED;
        if (d == 0x2c) {
          i++;
          needKey = inObject;
          break;
        }
        if (d != (inObject ? 0x7d : 0x5d)) return MALFORMED;
        i++;
        depth--;
        const open = OPEN + (<usize>depth << 3);
        const container = <usize>load<u32>(open);
        store<i32>(container, <i32>i + shift, 4);
        const span = <i32>((node - tape) >> 2);
        store<i32>(container, inObject ? span : -span, 8);
        inObject = load<u32>(open, 4) != 0;
      }
      if (depth == 0) return skipSpace(i, end) < end ? MALFORMED : compact;
      if (!needKey) {
        if (i < end && load<u8>(CLASSES + load<u8>(i)) == SPACE) {
          compact = 0;
          i = skipSpace(i, end);
        }
        continue;
      }
    }

    // A key is due.
    if (i < end && load<u8>(CLASSES + load<u8>(i)) == SPACE) {
      compact = 0;
      i = skipSpace(i, end);
    }
    const guess = <usize>load<u32>(guessed, 48);
    if (guess != 0 && guessHolds(guess, i)) {
      const behindGuess = i + <usize>load<i32>(guess, 36);
      if (behindGuess <= end) {
        store<i32>(node, <i32>i + shift);
        store<i32>(node, <i32>behindGuess - 1 + shift, 4);
        store<i32>(node, load<i32>(guess, 40), 8);
        node += NODE_BYTES;
        guessed = guess;
        i = behindGuess;
        if (i < end && load<u8>(CLASSES + load<u8>(i)) == SPACE) {
          compact = 0;
          i = skipSpace(i, end);
        }
        continue;
      }
    }
    if (i >= end || load<u8>(i) != 0x22) return MALFORMED;
    const behindKey = stringEnd(i, end);
    if (behindKey == 0) return MALFORMED;
    store<i32>(node, <i32>i + shift);
    store<i32>(node, <i32>behindKey + shift, 4);
    const id = coded == CODED ? CODED : keyId(i + 1, <i32>(behindKey - i) - 2);
    store<i32>(node, id, 8);
    node += NODE_BYTES;
    const withColon = <i32>(behindKey - i) + 1;
    const guessable = id != CODED && withColon <= LONGEST_GUESS && behindKey < end && load<u8>(behindKey) == 0x3a;
    guessed = guessable ? learnGuess(guessed, i, withColon, id) : GUESSES;
    i = behindKey;
    if (i < end && load<u8>(i) != 0x3a && load<u8>(CLASSES + load<u8>(i)) == SPACE) {
      compact = 0;
      i = skipSpace(i, end);
    }
    if (i >= end || load<u8>(i) != 0x3a) return MALFORMED;
    i++;
    if (i < end && load<u8>(CLASSES + load<u8>(i)) == SPACE) {
      compact = 0;
      i = skipSpace(i, end);
    }
  }
  return MALFORMED;
}
