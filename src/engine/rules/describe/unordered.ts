// The order in which C++ (GNU's library) walks a set of texts: what `-L` prints as JSON comes from such sets, and
// tools that compare outputs see their order. A new element goes to the front of its bucket, or of all.

import { type ByteString, bytesOf } from '../../../bytes.js';

const MASK = (1n << 64n) - 1n;
const FACTOR = 0xc6a4a7935bd1e995n;
const SEED = 0xc70f6907n;
/** Numbers of buckets: each time the set is full, the next one. */
const BUCKETS = [13, 29, 59, 127, 257, 541, 1109, 2357, 5087, 10273, 20753, 42043];

const mix = (value: bigint): bigint => value ^ (value >> 47n);

/** GNU's hash of a text: MurmurHash2, 64 bits. */
function hash(text: ByteString): bigint {
  const bytes = bytesOf(text);
  const blocks = new DataView(bytes.buffer);
  const whole = bytes.length - (bytes.length % 8);
  let value = SEED ^ ((BigInt(bytes.length) * FACTOR) & MASK);
  for (let at = 0; at < whole; at += 8) {
    const block = (blocks.getBigUint64(at, true) * FACTOR) & MASK;
    value = ((value ^ ((mix(block) * FACTOR) & MASK)) * FACTOR) & MASK;
  }
  if (whole < bytes.length) {
    const rest = [...bytes.subarray(whole)].reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    value = ((value ^ rest) * FACTOR) & MASK;
  }
  return mix((mix(value) * FACTOR) & MASK);
}

interface Element {
  readonly text: ByteString;
  readonly hash: bigint;
}

function insert(elements: Element[], element: Element, buckets: bigint): void {
  const bucket = element.hash % buckets;
  const first = elements.findIndex((other) => other.hash % buckets === bucket);
  elements.splice(Math.max(first, 0), 0, element);
}

/** The texts, each once, as a set that got them in this order is walked. */
export function unordered(texts: Iterable<ByteString>): readonly ByteString[] {
  let size = 0;
  let elements: Element[] = [];
  for (const text of new Set(texts)) {
    if (elements.length === BUCKETS[size]) {
      size++;
      const old = elements;
      elements = [];
      for (const element of old) insert(elements, element, BigInt(BUCKETS[size]!));
    }
    insert(elements, { text, hash: hash(text) }, BigInt(BUCKETS[size]!));
  }
  return elements.map(({ text }) => text);
}
