// Memory for the lines of pages, used again and again: the collector would free it long after it is done with, and a back-fill
// would take several times as much. In: sizes, and payloads that are dealt with. Out: room.

import type { Payload } from '../source.js';

/** The service's pages hold 1 MB of texts. */
const ROOM_BYTES = 1.25 * 1024 * 1024;
/** Smaller pages are not worth a room; what is new in a live run is mostly little. */
const SMALL_BYTES = 64 * 1024;
/** Pages that are read, wait for their turn and wait for evaluation. */
const KEPT_ROOMS = 24;

// One supply for all clusters.
const free: Uint8Array[] = [];

/** Room for so many bytes, or more of it. */
export function takeRoom(bytes: number): Uint8Array {
  if (bytes < SMALL_BYTES || bytes > ROOM_BYTES) return new Uint8Array(bytes);
  return free.pop() ?? new Uint8Array(ROOM_BYTES);
}

/** Takes back the rooms of payloads that nobody reads any more. */
export function giveBack(payloads: readonly Payload[]): void {
  const memories = new Set(
    payloads.map((payload) => (typeof payload === 'string' ? undefined : payload.buffer)),
  );
  for (const memory of memories)
    if (memory?.byteLength === ROOM_BYTES && free.length < KEPT_ROOMS) free.push(new Uint8Array(memory));
}
