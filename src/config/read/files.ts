// Files as the configuration needs them: read whole, looked at, listed. Names and contents are byte strings, so names
// that are no UTF-8 work too. Passed in, so that tests need no disk.

import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import type { ByteString } from '../../bytes.js';

export interface Files {
  /** Content of a file, or the first `most` bytes of it. @throws the system's error */
  read(path: ByteString, most?: number): ByteString;
  /** What a path leads to, links followed; undefined: nothing. */
  kind(path: ByteString): 'file' | 'directory' | 'other' | undefined;
  /** Names in a directory. @throws the system's error */
  list(path: ByteString): readonly ByteString[];
  /** Whether the file can be opened for reading (directories can). */
  canOpen(path: ByteString): boolean;
}

function native(path: ByteString): Buffer {
  return Buffer.from(path, 'latin1');
}

const CHUNK = 64 * 1024;
/** Of what is no regular file and may never end, where nobody has said how much he wants. */
const LONGEST = 64 * 1024 * 1024;
/** How long a pipe may keep silent. */
const PATIENCE_MS = 10_000;
/** So many times longer where a command at the other end is known to run. */
const RUNNING = 6;
const PAUSE_MS = 20;

/** @param patienceMs how long a pipe may keep silent; a pipe that has ended is not waited for */
export function createFiles(patienceMs = PATIENCE_MS): Files {
  return {
    read: (path, most) => readFile(path, most, patienceMs),
    kind: (path) => {
      const stats = statSync(native(path), { throwIfNoEntry: false });
      if (stats === undefined) return undefined;
      return stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
    },
    list: (path) => readdirSync(native(path), { encoding: 'latin1' }),
    canOpen: (path) => {
      try {
        // Opened and closed, a pipe would be over for whoever writes into it.
        if (statSync(native(path)).isFIFO()) accessSync(native(path), constants.R_OK);
        else closeSync(openSync(native(path), 'r'));
        return true;
      } catch {
        return false;
      }
    },
  };
}

export const SYSTEM_FILES = createFiles();

function readFile(path: ByteString, most: number | undefined, patienceMs: number): ByteString {
  const stats = statSync(native(path));
  if (stats.isFile() && most === undefined) return readFileSync(native(path), 'latin1');
  const fifo = stats.isFIFO();
  // A pipe that nobody has opened for writing must not block.
  const file = openSync(native(path), fifo ? constants.O_RDONLY | constants.O_NONBLOCK : 'r');
  try {
    const read = fifo ? pipeReader(file, path, patienceMs) : (chunk: Buffer) => readSync(file, chunk);
    const text = readStart(read, most ?? LONGEST + 1);
    if (most === undefined && text.length > LONGEST) throw new Error(`it holds more than ${LONGEST} bytes`);
    return text;
  } finally {
    closeSync(file);
  }
}

function readStart(read: (chunk: Buffer) => number, most: number): ByteString {
  let text = '';
  while (text.length < most) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, most - text.length));
    const length = read(chunk);
    if (length === 0) break;
    text += chunk.toString('latin1', 0, length);
  }
  return text;
}

/** Reads of a pipe, which wait for what is being written. */
function pipeReader(file: number, path: ByteString, patienceMs: number): (chunk: Buffer) => number {
  // The other end of a descriptor is open, or has been; that of a name may be opened yet.
  const descriptor = /^\/(?:dev|proc)\//.test(path);
  const longest = descriptor ? patienceMs * RUNNING : patienceMs;
  let written = descriptor;
  const readNow = (chunk: Buffer): number | undefined => {
    try {
      const length = readSync(file, chunk);
      return length > 0 || written ? length : undefined;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return undefined;
      throw error;
    }
  };
  return (chunk) => {
    for (let waited = 0; waited <= longest; waited += PAUSE_MS) {
      const length = readNow(chunk);
      if (length !== undefined) {
        written = true;
        return length;
      }
      Atomics.wait(PAUSE, 0, 0, PAUSE_MS);
    }
    throw new Error(`a pipe out of which nothing came for ${longest / 1000} s`);
  };
}

/** What is waited on, without end: reading is not asynchronous here. */
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** The regular files directly inside a directory, links followed, sorted by path as bytes. */
export function filesInside(files: Files, directory: ByteString): readonly ByteString[] {
  return files
    .list(directory)
    .map((name) => joinPath(directory, name))
    .filter((path) => files.kind(path) === 'file')
    .sort();
}

/** Directory and name, with one slash between them, nothing else changed. */
function joinPath(directory: ByteString, name: ByteString): ByteString {
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}
