// Keys that readers look for, numbered once for the whole process. A scanner that knows them writes their numbers on
// its tapes, so that looking up a key compares integers; where it does not, readers compare text as ever.

import type { ByteString } from '../bytes.js';

export interface Key {
  readonly text: ByteString;
  /** Its number on tapes, from FIRST_KEY; NO_KEY if there was no room. */
  readonly id: number;
  /** Which element of an array a JSON pointer means by it; -1: none. */
  readonly index: number;
}

/** Numbers on tapes begin here: those below stand for plain and coded strings. */
export const FIRST_KEY = 2;

// Scanners have fixed room. Rules use far fewer keys; what does not fit is looked up by its text.
const MOST_KEYS = 600;

/** Larger than the number of any key: that of keys for which there was no room. */
export const NO_KEY = FIRST_KEY + MOST_KEYS;

const LONGEST_KEY = 64;
const MOST_BYTES = 12_000;

const known = new Map<ByteString, Key>();
const numbered: Key[] = [];
let bytes = 0;

const INDEX = /^[+-]?[0-9]+$/;
// Larger ones are behind the end of every array as well.
const LARGEST_INDEX = 0x3fffffff;

function indexOf(text: ByteString): number {
  const index = INDEX.test(text) ? Number(text) : -1;
  return index < 0 ? -1 : Math.min(index, LARGEST_INDEX);
}

/** The key for a (decoded) text; equal texts give the same key. */
export function internKey(text: ByteString): Key {
  const existing = known.get(text);
  if (existing !== undefined) return existing;
  const fits = numbered.length < MOST_KEYS && text.length <= LONGEST_KEY && bytes + text.length <= MOST_BYTES;
  const index = indexOf(text);
  if (!fits) return { text, id: NO_KEY, index };
  const key = { text, id: FIRST_KEY + numbered.length, index };
  known.set(text, key);
  numbered.push(key);
  bytes += text.length;
  return key;
}

/** All numbered keys, in order of their numbers; it grows. */
export function numberedKeys(): readonly Key[] {
  return numbered;
}
