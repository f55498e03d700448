// A file, named pipe or standard input → chunks of bytes, unpacked if they are gzip. Memory does not depend on the size.

import { close, constants, fstat, open, read } from 'node:fs';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import type { ByteString } from '../../bytes.js';
import { pathError } from '../go-error.js';
import { SourceError } from '../source.js';

/** Bytes in order. A chunk is only valid until the next one is asked for. Errors: SourceError. */
export type Chunks = AsyncIterable<Buffer>;

const CHUNK = 1024 * 1024;
/** Blocks of a file that are read at once. */
const AHEAD = 3;
const STDIN = 0;

const openFile = promisify(open);
const closeFile = promisify(close);
const statFile = promisify(fstat);
const readFile = promisify(read);

/** Begins to read a block; whoever waits for it hears of errors. */
function readBlock(fd: number, buffer: Buffer, position: number | null) {
  const reading = readFile(fd, buffer, 0, CHUNK, position);
  reading.catch(() => {});
  return reading;
}

/** A path as the system takes it: bytes, whatever they mean. */
export function systemPath(path: ByteString): Buffer {
  return Buffer.from(path, 'latin1');
}

/** The bytes of a file or named pipe, until its end or the abort. */
export async function* readPath(path: ByteString, signal: AbortSignal): Chunks {
  const fd = await openForReading(path, signal);
  if (fd === undefined) return;
  yield* unpacked(readDescriptor(fd, path, signal), path, signal);
}

/** The bytes of standard input, whatever it is, until its end or the abort. */
export function readStdin(signal: AbortSignal): Chunks {
  return unpacked(readDescriptor(STDIN, '/dev/stdin', signal), '/dev/stdin', signal);
}

// undefined: aborted while it waited for a writer.
async function openForReading(path: ByteString, signal: AbortSignal): Promise<number | undefined> {
  // Opening a named pipe waits for a writer, and nothing but a writer ends the wait.
  const release = (): void => {
    openFile(systemPath(path), constants.O_WRONLY | constants.O_NONBLOCK)
      .then(closeFile)
      .catch(() => {});
  };
  signal.addEventListener('abort', release, { once: true });
  try {
    const fd = await openFile(systemPath(path), constants.O_RDONLY);
    if (!signal.aborted) return fd;
    await closeFile(fd);
    return undefined;
  } catch (error) {
    throw new SourceError(pathError('open', path, error), { cause: error });
  } finally {
    signal.removeEventListener('abort', release);
  }
}

// Takes the descriptor over, but for standard input, which stays open.
async function* readDescriptor(fd: number, path: ByteString, signal: AbortSignal): Chunks {
  try {
    const stat = await statFile(fd);
    // Reads of pipes and terminals may wait for ever; as streams they can be given up.
    if (isatty(fd)) yield* readStream(new ReadStream(fd), signal);
    else if (stat.isFIFO() || stat.isSocket())
      yield* readStream(new Socket({ fd, readable: true, writable: false }), signal);
    else if (stat.isFile() && fd !== STDIN) yield* readAhead(fd, signal);
    else yield* readBlocks(fd, signal);
  } catch (error) {
    throw new SourceError(pathError('read', path, error), { cause: error });
  }
}

// One block is read while the one before is dealt with, from where the descriptor stands.
async function* readBlocks(fd: number, signal: AbortSignal): Chunks {
  const buffers = [Buffer.allocUnsafeSlow(CHUNK), Buffer.allocUnsafeSlow(CHUNK)] as const;
  let pending = readBlock(fd, buffers[0], null);
  try {
    for (let n = 1; !signal.aborted; n++) {
      const { bytesRead, buffer } = await pending;
      if (bytesRead === 0) return;
      pending = readBlock(fd, buffers[n % 2]!, null);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    // The descriptor must not be closed under a read.
    await pending.catch(() => {});
    if (fd !== STDIN) await closeFile(fd);
  }
}

// Several blocks of a file are read while one is dealt with: whoever reads them may have to wait for a processor.
async function* readAhead(fd: number, signal: AbortSignal): Chunks {
  const free = Array.from({ length: AHEAD + 1 }, (): Buffer => Buffer.allocUnsafeSlow(CHUNK));
  const pending: ReturnType<typeof readBlock>[] = [];
  let position = 0;
  const fill = (): void => {
    for (; pending.length < AHEAD; position += CHUNK) pending.push(readBlock(fd, free.shift()!, position));
  };
  try {
    for (let done = 0; !signal.aborted; ) {
      fill();
      const { bytesRead, buffer } = await pending.shift()!;
      if (bytesRead === 0) return;
      done += bytesRead;
      yield buffer.subarray(0, bytesRead);
      free.push(buffer);
      // The end, which may have moved since: what was read ahead lies behind a gap.
      if (bytesRead < CHUNK) {
        await Promise.allSettled(pending);
        for (const ahead of pending.splice(0)) free.push((await ahead).buffer);
        position = done;
      }
    }
  } finally {
    // The descriptor must not be closed under a read.
    await Promise.allSettled(pending);
    await closeFile(fd);
  }
}

async function* readStream(stream: Socket, signal: AbortSignal): Chunks {
  const abort = (): void => void stream.destroy();
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    stream.destroy();
  }
}

async function* unpacked(chunks: Chunks, path: ByteString, signal: AbortSignal): Chunks {
  const source = chunks[Symbol.asyncIterator]();
  try {
    const head = await readHead(source);
    const all = rejoined(head, source);
    if (head[0] === 0x1f && head[1] === 0x8b) yield* gunzip(all, path, signal);
    else yield* all;
  } finally {
    await source.return?.();
  }
}

// At least two bytes, if there are as many.
async function readHead(source: AsyncIterator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await source.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

async function* rejoined(head: Buffer, source: AsyncIterator<Buffer>): Chunks {
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
