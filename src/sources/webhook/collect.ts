// Chunks of a body → the body, in memory that a place was taken for (rooms.ts). A body of a stated length has its place
// from the start; another one moves to larger rooms as it grows. Chunks are copied together: a sender decides how small
// they are, and each costs far more than its bytes.

import type { Admission, Rooms } from './rooms.js';

/** A body that has come, and the memory it is in. */
export interface Body {
  readonly bytes: Buffer;
  /** It is done with. */
  release(): void;
}

/** Why a body does not come: too large; no place in time; it made room for others. */
export type Failure = 'too large' | 'no room' | 'gave way';

export interface Collector {
  /** Takes a chunk; resolves, if it is a promise, when the next one may come. */
  push(chunk: Buffer): true | Failure | Promise<true | Failure>;
  /** The body is whole. */
  finish(): Body;
  /** Nothing comes of it. */
  discard(): void;
}

export interface CollectOptions {
  readonly rooms: Rooms;
  readonly slabs: Slabs;
  /** Largest body, bytes. */
  readonly maxBody: number;
  /** Its length, if it is known. */
  readonly length: number | undefined;
  readonly from: string;
  /** It made room for others; no more chunks are taken. */
  readonly onDropped: () => void;
}

/** Buffers of the largest size, used again: no body of theirs waits for the garbage collector. */
export interface Slabs {
  take(bytes: number): Buffer;
  give(buffer: Buffer): void;
}

export function createSlabs(upTo: number, maxBody: number): Slabs {
  const free: Buffer[] = [];
  return {
    take: (bytes) =>
      bytes <= upTo ? Buffer.allocUnsafeSlow(bytes) : (free.pop() ?? Buffer.allocUnsafeSlow(maxBody)),
    give(buffer) {
      if (buffer.length === maxBody && maxBody > upTo) free.push(buffer);
    },
  };
}

/** undefined: there was no place in time. */
export async function createCollector(options: CollectOptions): Promise<Collector | Failure> {
  const { rooms, slabs, maxBody, length, from } = options;
  if ((length ?? 0) > maxBody) return 'too large';
  let place: Admission | undefined;
  let buffer: Buffer | undefined;
  let size = 0;
  let dropped = false;

  async function enter(bytes: number): Promise<boolean> {
    const guest = {
      bytes,
      from,
      onDropped: () => {
        dropped = true;
        discard();
        options.onDropped();
      },
    };
    const entered = rooms.enter(guest);
    const next = entered instanceof Promise ? await entered : entered;
    if (next === undefined) return false;
    if (dropped) next.leave();
    else {
      place?.leave();
      place = next;
    }
    return true;
  }

  function discard(): void {
    if (buffer !== undefined) slabs.give(buffer);
    buffer = undefined;
    place?.leave();
    place = undefined;
  }

  function write(chunk: Buffer): void {
    buffer ??= slabs.take(place!.bytes);
    chunk.copy(buffer, size);
    size += chunk.length;
  }

  async function grow(chunk: Buffer): Promise<true | Failure> {
    const before = buffer;
    if (!(await enter(Math.min(rooms.upTo(size + chunk.length), maxBody)))) return 'no room';
    if (dropped) return 'gave way';
    buffer = slabs.take(place!.bytes);
    before?.copy(buffer, 0, 0, size);
    if (before !== undefined) slabs.give(before);
    write(chunk);
    return true;
  }

  const first = Math.min(length ?? rooms.upTo(0), maxBody);
  if (!(await enter(first))) return 'no room';
  return {
    push(chunk) {
      if (dropped) return 'gave way';
      if (size + chunk.length > maxBody) return 'too large';
      if (size + chunk.length > place!.bytes) return grow(chunk);
      // The usual body comes at once, and in memory of its own.
      if (buffer === undefined && chunk.length === length) {
        buffer = chunk;
        size = chunk.length;
      } else write(chunk);
      return true;
    },
    finish() {
      place?.keep();
      const bytes = buffer?.subarray(0, size) ?? Buffer.alloc(0);
      return { bytes, release: discard };
    },
    discard,
  };
}
