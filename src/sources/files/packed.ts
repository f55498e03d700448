// Packed bytes → what is in them, chunk by chunk: gzip (several members, too) and zstd, told by how they begin; others as they
// are. Memory does not depend on the size. Answers to nothing in Falco, whose plugins read plain files only.

import { Readable } from 'node:stream';
import type { ByteString } from '../../bytes.js';
import { pathError } from '../go-error.js';
import { SourceError } from '../source.js';

/** Bytes in order. A chunk is only valid until the next one is asked for. Errors: SourceError. */
export type Chunks = AsyncIterable<Buffer>;

const CHUNK = 1024 * 1024;
const MAGIC = 4;
const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

/** The same bytes, or what was packed in them. */
export async function* unpacked(chunks: Chunks, path: ByteString, signal: AbortSignal): Chunks {
  const source = chunks[Symbol.asyncIterator]();
  try {
    // Whoever types or writes slowly need not come up with four bytes.
    const first = await readHead(source, 1);
    const maybe = first[0] === GZIP[0] || first[0] === ZSTD[0];
    const head = maybe ? await readHead(source, MAGIC, first) : first;
    const all = rejoined(head, source);
    if (isGzip(head)) yield* gunzip(all, path, signal);
    else if (isZstd(head)) yield* unzstd(all, path, signal);
    else yield* all;
  } finally {
    await source.return?.();
  }
}

export const isGzip = (head: Buffer): boolean => GZIP.every((byte, at) => head[at] === byte);
export const isZstd = (head: Buffer): boolean => ZSTD.every((byte, at) => head[at] === byte);

/** At least so many bytes, if there are as many; the first of them have been read. */
export async function readHead(
  source: AsyncIterator<Buffer>,
  least: number,
  first?: Buffer,
): Promise<Buffer> {
  let head = first ?? Buffer.alloc(0);
  while (head.length < least) {
    // A chunk is gone with the next.
    const before = Buffer.from(head);
    const next = await source.next();
    if (next.done === true) return before;
    head = before.length === 0 ? next.value : Buffer.concat([before, next.value]);
  }
  return head;
}

/** What was read, and the rest. */
export async function* rejoined(head: Buffer, source: AsyncIterator<Buffer>): Chunks {
  if (head.length > 0) yield head;
  for (;;) {
    const next = await source.next();
    if (next.done === true) return;
    yield next.value;
  }
}

async function* gunzip(chunks: Chunks, path: ByteString, signal: AbortSignal): Chunks {
  // Loaded here: most inputs are not packed.
  const { createGunzip } = await import('node:zlib');
  const gunzip = createGunzip({ chunkSize: CHUNK });
  // Streams read ahead, so that each chunk must be a copy.
  const input = Readable.from(copies(chunks), { objectMode: false, highWaterMark: CHUNK });
  input.on('error', (error) => gunzip.destroy(error));
  try {
    for await (const chunk of input.pipe(gunzip) as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    // An abort cuts the packed data off.
    if (signal.aborted) return;
    if (error instanceof SourceError) throw error;
    throw new SourceError(pathError('gunzip', path, error), { cause: error });
  } finally {
    input.destroy();
    gunzip.destroy();
  }
}

async function* copies(chunks: Chunks): Chunks {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

/** What is fed to the unpacker at a time: it gives all that comes of it at once. */
const ZSTD_PIECE = 64 * 1024;

// Not every Node that runs this has zstd.
async function* unzstd(chunks: Chunks, path: ByteString, signal: AbortSignal): Chunks {
  const { Decompress } = await import('fzstd');
  const ready: Buffer[] = [];
  const stream = new Decompress(
    (chunk) => void ready.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)),
  );
  const feed = (piece: Uint8Array, last: boolean): void => {
    try {
      stream.push(piece, last);
    } catch (error) {
      if (!signal.aborted) throw new SourceError(pathError('zstd', path, error), { cause: error });
    }
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += ZSTD_PIECE) {
      feed(Uint8Array.prototype.slice.call(chunk, at, at + ZSTD_PIECE), false);
      yield* ready.splice(0);
    }
  }
  feed(new Uint8Array(0), true);
  yield* ready.splice(0);
}
