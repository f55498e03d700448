// A file, named pipe or standard input → chunks of bytes, unpacked if they are packed. Memory does not depend on the size.

import { close, constants, fstat, open, read } from 'node:fs';
import { Socket } from 'node:net';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import type { ByteString } from '../../bytes.js';
import { pathError } from '../go-error.js';
import { SourceError } from '../source.js';
import { type Chunks, unpacked } from './packed.js';

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
