// A file that remembers how far a source has come. In: records (plain JSON objects). Out: the same after a restart.
// One record a line, each with a sum over its text: what a disk or a crash has spoilt is left out, and says so. Behind
// the records stands room that is taken from the disk beforehand, so that a disk that fills up stops no one. A file whose
// room is used up is written anew beside the old one and renamed over it.

import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { errorCode } from '../go-error.js';
import { SourceError } from '../source.js';
import type { Checkpoint } from './store.js';

/** Room that a file has at least, and as a multiple of what it holds when it is written anew, bytes. */
const LEAST_ROOM = 256 * 1024;
const ROOM_FACTOR = 4;
/** No file of ours grows so far: about twenty million identities. */
const MOST_BYTES = 512 * 1024 * 1024;
const NEWLINE = 10;

/** @param isRecord whether parsed JSON is a record */
export function createCheckpoint<T extends object>(
  path: string,
  isRecord: (json: unknown) => json is T,
): Checkpoint<T> {
  let size = 0;
  let room = LEAST_ROOM;

  async function writing(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      throw new SourceError(`cannot write checkpoint ${path}: ${reasonOf(error)}`, {
        retryable: true,
        cause: error,
      });
    }
  }

  return {
    async load() {
      const { bytes, written } = await readIfThere(path);
      size = bytes.lastIndexOf(NEWLINE) + 1;
      room = Math.max(LEAST_ROOM, bytes.length);
      const lines = bytes.toString('utf8', 0, size).split('\n').slice(0, -1);
      const records: T[] = [];
      const bad: number[] = [];
      lines.forEach((line, i) => {
        const json = unseal(line);
        if (isRecord(json)) records.push(json);
        else bad.push(i + 1);
      });
      // A line without its end is what a crash leaves of the last one. Where it is all there is, something was lost.
      if (size === 0 && bytes.toString('latin1').trim() !== '') bad.push(1);
      return { records, bad, written };
    },
    append: (record) =>
      writing(async () => {
        const line = Buffer.from(seal(record));
        size = await writeAt(path, line, size);
      }),
    replace: (record) =>
      writing(async () => {
        const text = Buffer.from(seal(record));
        await makeFolder(dirname(path));
        // Where this fails, it is not worth a try again at once.
        room += LEAST_ROOM;
        room = await writeAnew(path, text, Math.max(LEAST_ROOM, ROOM_FACTOR * text.length));
        size = text.length;
      }),
    remove: () => writing(() => rm(path, { force: true })),
    isFull: () => size > room,
  };
}

// The sum is a member of the record, so that a version that knows nothing of it reads the file as well.
function seal(record: object): string {
  const text = JSON.stringify(record).slice(0, -1);
  return `${text},"sum":"${sumOf(text)}"}\n`;
}

function unseal(line: string): unknown {
  const sealed = /^(.*),"sum":"([0-9a-f]{8})"\}$/.exec(line);
  if (sealed !== null && sumOf(sealed[1]!) !== sealed[2]) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function sumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

async function readIfThere(
  path: string,
): Promise<{ readonly bytes: Buffer; readonly written: number | undefined }> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error('it is no regular file');
    if (found.size > MOST_BYTES) throw new Error(`it has ${found.size} bytes, which no checkpoint has`);
    const bytes = await readFile(path);
    return { bytes, written: bytes.length === 0 ? undefined : found.mtimeMs };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { bytes: Buffer.alloc(0), written: undefined };
    throw new SourceError(`cannot read checkpoint ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Also over what a write that failed has left behind the last whole line.
 * @returns where the bytes end: a file that someone has removed begins anew
 */
async function writeAt(path: string, bytes: Buffer, position: number): Promise<number> {
  const there = await open(path, 'r+').catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
    return undefined;
  });
  const file = there ?? (await open(path, 'w', 0o600));
  const start = there === undefined ? 0 : position;
  try {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, start + done);
      done += bytesWritten;
    }
  } finally {
    await file.close();
  }
  return start + bytes.length;
}

/** @returns how far the file reaches: less than `room` where the disk has no more */
async function writeAnew(path: string, text: Buffer, room: number): Promise<number> {
  const beside = `${path}.new`;
  try {
    const reached = await writeWithRoom(beside, text, room);
    await rename(beside, path);
    return reached;
  } catch (error) {
    // Half a file would only take room.
    await rm(beside, { force: true });
    throw error;
  }
}

async function writeWithRoom(path: string, text: Buffer, room: number): Promise<number> {
  const file = await open(path, 'w', 0o600);
  let reached = text.length;
  try {
    await file.writeFile(text);
    reached = await file.writeFile(' '.repeat(room - text.length)).then(
      () => room,
      () => text.length,
    );
    await file.sync();
  } finally {
    await file.close();
  }
  return reached;
}

/** As `mkdir -p`. Node's own does not come back where a file system takes no folders (`/proc`). Errors: of the system. */
export async function makeFolder(path: string): Promise<void> {
  const code = await make(path);
  if (code !== 'ENOENT' || dirname(path) === path) return;
  await makeFolder(dirname(path));
  await mkdir(path).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
}

// @returns what speaks against it and may be no fault
async function make(path: string): Promise<string | undefined> {
  try {
    await mkdir(path);
    return undefined;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST' || code === 'ENOENT') return code;
    throw error;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
