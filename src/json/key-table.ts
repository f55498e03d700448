// The known keys (keys.ts) as the scanner in JavaScript looks them up: by bytes, in a table of slots.

import type { Key } from './keys.js';

export interface KeyTable {
  add(key: Key): void;
  /** Number of the key in bytes[from, to), 0 if it is not known. */
  find(bytes: Uint8Array, from: number, to: number): number;
}

const SLOTS = 2048;

/** Makes a table with room for all keys that keys.ts numbers. */
export function createKeyTable(): KeyTable {
  // By slot: number of the key (0: free), its length, and where its bytes are.
  const ids = new Int16Array(SLOTS);
  const lengths = new Uint8Array(SLOTS);
  const places = new Int32Array(SLOTS);
  let bytesOfKeys = new Uint8Array(1024);
  let used = 0;

  function find(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    for (let slot = slotOf(bytes, from, to); ids[slot] !== 0; slot = (slot + 1) & (SLOTS - 1)) {
      if (lengths[slot] === length && sameBytes(bytesOfKeys, places[slot]!, bytes, from, length))
        return ids[slot]!;
    }
    return 0;
  }

  function add({ text, id }: Key): void {
    if (used + text.length > bytesOfKeys.length) {
      const larger = new Uint8Array(bytesOfKeys.length * 2);
      larger.set(bytesOfKeys);
      bytesOfKeys = larger;
    }
    for (let i = 0; i < text.length; i++) bytesOfKeys[used + i] = text.charCodeAt(i);
    let slot = slotOf(bytesOfKeys, used, used + text.length);
    while (ids[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
    ids[slot] = id;
    lengths[slot] = text.length;
    places[slot] = used;
    used += text.length;
  }

  return { add, find };
}

// From a few bytes only: most keys of events are not known, and differ in them.
function slotOf(bytes: Uint8Array, from: number, to: number): number {
  if (to === from) return 0;
  const middle = bytes[(from + to) >> 1]!;
  return (bytes[from]! * 131 + bytes[to - 1]! * 7 + middle * 521 + (to - from) * 33) & (SLOTS - 1);
}

function sameBytes(a: Uint8Array, atA: number, b: Uint8Array, atB: number, length: number): boolean {
  for (let i = 0; i < length; i++) {
    if (a[atA + i] !== b[atB + i]) return false;
  }
  return true;
}
