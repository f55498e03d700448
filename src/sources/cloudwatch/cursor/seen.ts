// Which log events have been delivered: a persistent set of identities, in buckets of one second.
// In: time stamps and identities. Out: new sets; old ones stay as they are (a page copies the buckets it touches),
// so that the cursor is a pure function, and forgetting what is settled is dropping whole buckets.

import { randomBytes } from 'node:crypto';
import type { LogEvent } from '../client-types.js';

const BUCKET_MS = 1000;

export interface Seen {
  readonly buckets: ReadonlyMap<number, ReadonlySet<number>>;
  readonly size: number;
}

/** Identities by second, as they stand in a checkpoint: `[second, [identity, …]]`. */
export type SeenEntries = readonly (readonly [number, readonly number[]])[];

export const NOTHING_SEEN: Seen = { buckets: new Map(), size: 0 };

/** For the identities of a new checkpoint, or of a process without one: 48 bits that nobody can guess. */
export function newSeed(): number {
  return randomBytes(6).readUIntBE(0, 6);
}

/**
 * Identity of a log event: 53 bits of its eventId, log stream and time (of its text where it has no eventId).
 * Compared only with others of the same second: among 10,000 of them two are equal by chance once in 10^8 seconds.
 * Nobody can make an event whose identity is another's, since he does not know the seed.
 * prefilter/assembly/pages.ts makes it as well, where the client was told the seed.
 */
export function identity(event: LogEvent, seed: number): number {
  if (event.identity !== undefined) return event.identity;
  const id = event.id ?? event.message;
  let a = 0x9e3779b9 ^ (event.timestamp % 0x7fffffff) ^ (seed % 0x1000000);
  let b = 0x41c6ce57 ^ id.length ^ Math.floor(seed / 0x1000000);
  for (const text of [id, event.stream]) {
    for (let i = 0; i < text.length; i++) {
      const char = text.charCodeAt(i);
      a = Math.imul(a ^ char, 0x85ebca6b);
      a ^= a >>> 15;
      b = Math.imul(b ^ char, 0xc2b2ae35);
      b ^= b >>> 13;
    }
  }
  a = Math.imul(a ^ (b >>> 16), 0x27d4eb2f);
  b = Math.imul(b ^ (a >>> 13), 0x165667b1);
  return ((b ^ (b >>> 15)) >>> 0) * 0x200000 + ((a ^ (a >>> 16)) >>> 11);
}

export function secondOf(timestamp: number): number {
  return Math.floor(timestamp / BUCKET_MS);
}

export function hasSeen(seen: Seen, timestamp: number, id: number): boolean {
  return seen.buckets.get(secondOf(timestamp))?.has(id) ?? false;
}

/** The set with more identities; those that are in already change nothing. */
export function addSeen(seen: Seen, entries: SeenEntries): Seen {
  if (entries.length === 0) return seen;
  const buckets = new Map(seen.buckets);
  let size = seen.size;
  for (const [second, ids] of entries) {
    const old = buckets.get(second);
    const bucket = new Set(old);
    for (const id of ids) bucket.add(id);
    size += bucket.size - (old?.size ?? 0);
    buckets.set(second, bucket);
  }
  return { buckets, size };
}

/** The set without whole seconds at or before `settled`: nothing of them is asked for again. */
export function forgetSettled(seen: Seen, settled: number): Seen {
  const first = secondOf(settled + 1);
  const buckets = new Map<number, ReadonlySet<number>>();
  let size = 0;
  for (const [second, bucket] of seen.buckets) {
    if (second < first) continue;
    buckets.set(second, bucket);
    size += bucket.size;
  }
  return size === seen.size ? seen : { buckets, size };
}

/** How many are remembered of whole seconds between two times, milliseconds. */
export function countBetween(seen: Seen, from: number, to: number): number {
  let count = 0;
  for (let second = secondOf(from); second < secondOf(to); second++)
    count += seen.buckets.get(second)?.size ?? 0;
  return count;
}

/** Events and their identities → entries to add. */
export function groupBySecond(events: readonly LogEvent[], ids: readonly number[]): SeenEntries {
  const seconds = new Map<number, number[]>();
  events.forEach((event, i) => {
    const second = secondOf(event.timestamp);
    const group = seconds.get(second);
    if (group === undefined) seconds.set(second, [ids[i]!]);
    else group.push(ids[i]!);
  });
  return [...seconds];
}

/** Time of the newest event that is remembered and not after `now`, to the second (its last millisecond). */
export function newestSeen(seen: Seen, now: number): number {
  let newest = Number.NEGATIVE_INFINITY;
  for (const second of seen.buckets.keys()) {
    if (second > newest && second <= secondOf(now)) newest = second;
  }
  return Math.min(now, newest * BUCKET_MS + BUCKET_MS - 1);
}

export function seenEntries(seen: Seen): SeenEntries {
  return [...seen.buckets].map(([second, ids]) => [second, [...ids]] as const);
}
