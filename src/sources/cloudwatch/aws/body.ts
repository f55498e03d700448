// The body of an answer: put together in memory that is used again, or limited. In: a stream. Out: its bytes, or an error where
// they are more than any page holds. Pages come by the megabyte in many chunks: kept as they come, they outlive the
// garbage collector's first look, and then fill the memory several times over before it looks again.

import { pipeline, type Readable, Transform } from 'node:stream';

/** The service's pages hold 1 MB of texts, those of stand-ins more. */
const MOST_BYTES = 64 * 1024 * 1024;
const FIRST_ROOM = 2 * 1024 * 1024;
/** So many pages are read at a time; larger rooms are not kept. */
const KEPT_ROOMS = 8;
const KEPT_BYTES = 2 * FIRST_ROOM;

export interface Bodies {
  /** @param use gets all bytes, which are valid until it returns. Errors: those of the stream; a body that is too large */
  collect<T>(body: Readable, use: (bytes: Buffer) => T): Promise<T>;
}

export function createBodies(): Bodies {
  const free: Buffer[] = [];

  return {
    async collect(body, use) {
      const room = createRoom(free.pop() ?? Buffer.allocUnsafeSlow(FIRST_ROOM));
      try {
        return use(await fill(room, body));
      } finally {
        const memory = room.memory();
        if (memory.length <= KEPT_BYTES && free.length < KEPT_ROOMS) free.push(memory);
      }
    },
  };
}

interface Room {
  add(chunk: Buffer): void;
  memory(): Buffer;
  bytes(): Buffer;
}

function createRoom(first: Buffer): Room {
  let memory = first;
  let size = 0;
  return {
    add(chunk) {
      const needed = size + chunk.length;
      if (needed > memory.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(2 * memory.length, needed));
        memory.copy(larger, 0, 0, size);
        memory = larger;
      }
      chunk.copy(memory, size);
      size = needed;
    },
    memory: () => memory,
    bytes: () => memory.subarray(0, size),
  };
}

// By events: to await each chunk takes longer than to read it.
function fill(room: Room, body: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let size = 0;
    body.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_BYTES) body.destroy(tooLarge());
      else room.add(chunk);
    });
    body.once('end', () => resolve(room.bytes()));
    body.once('error', reject);
    // Without an end or an error before it.
    body.once('close', () =>
      reject(Object.assign(new Error('the answer was cut off'), { code: 'ECONNRESET' })),
    );
  });
}

const tooLarge = (): Error => new Error(`an answer of more than ${MOST_BYTES >> 20} MB`);

/** The same body; beyond what any page holds, nothing is read or parsed. */
export function limited(body: Readable): Readable {
  let size = 0;
  const limiter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size <= MOST_BYTES) done(null, chunk);
      else done(tooLarge());
    },
  });
  // The error is that of the limiter, which the SDK reads.
  pipeline(body, limiter, () => {});
  return limiter;
}
