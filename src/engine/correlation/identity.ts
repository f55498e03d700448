// Texts → numbers that take little room: groups by 64 bits of a seeded hash, values by 53, audit ids by their own 128 bits.
// Nobody who does not know the seed can make two groups meet.

import type { ByteString } from '../../bytes.js';

/** 48 bits that nobody can guess. */
export function newSeed(): number {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return (high! & 0xffff) * 2 ** 32 + low!;
}

export interface Hasher {
  /** Puts 64 bits into `lo` and `hi`. */
  hash(text: ByteString, kind: number): void;
  readonly lo: number;
  readonly hi: number;
  /** 53 bits. */
  hash53(text: ByteString, kind: number): number;
}

export function createHasher(seed: number): Hasher {
  const hasher = {
    lo: 0,
    hi: 0,
    hash(text: ByteString, kind: number): void {
      let a = 0x9e3779b9 ^ (seed % 0x1000000) ^ Math.imul(kind, 0x85ebca6b);
      let b = 0x41c6ce57 ^ Math.floor(seed / 0x1000000) ^ text.length;
      for (let i = 0; i < text.length; i++) {
        const char = text.charCodeAt(i);
        a = Math.imul(a ^ char, 0x85ebca6b);
        a ^= a >>> 15;
        b = Math.imul(b ^ char, 0xc2b2ae35);
        b ^= b >>> 13;
      }
      a = Math.imul(a ^ (b >>> 16), 0x27d4eb2f);
      b = Math.imul(b ^ (a >>> 13), 0x165667b1);
      hasher.lo = a ^ (a >>> 16);
      hasher.hi = b ^ (b >>> 15);
    },
    hash53(text: ByteString, kind: number): number {
      hasher.hash(text, kind);
      return (hasher.hi >>> 0) * 0x200000 + (hasher.lo >>> 11);
    },
  };
  return hasher;
}

/** A text of 106 bits that says whether two texts are equal, where nobody wants to fool us. */
export function digestOf(text: ByteString): string {
  const { hash53 } = createHasher(0);
  return [2, 3].map((kind) => hash53(text, kind).toString(16).padStart(14, '0')).join('');
}

/** Shorter texts are copied when they are cut out. */
const SLICED = 13;

/** A text of its own: what is cut out of an event would keep all of it. Engines cut only of what they have put together. */
export function copied(text: ByteString): ByteString {
  return text.length < SLICED ? text : ` ${text}`.slice(1);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Writes an id into four numbers. @returns false: it is no UUID in its usual spelling */
export function packId(id: ByteString, into: Int32Array, at: number): boolean {
  if (!UUID.test(id)) return false;
  into[at] = Number.parseInt(id.slice(0, 8), 16) | 0;
  into[at + 1] = Number.parseInt(id.slice(9, 13) + id.slice(14, 18), 16) | 0;
  into[at + 2] = Number.parseInt(id.slice(19, 23) + id.slice(24, 28), 16) | 0;
  into[at + 3] = Number.parseInt(id.slice(28), 16) | 0;
  return true;
}

export function unpackId(from: Int32Array, at: number): ByteString {
  const hex = [0, 1, 2, 3].map((i) => (from[at + i]! >>> 0).toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
