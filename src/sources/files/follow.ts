// `file://`: follows a growing file through rotation by renaming, by copying and cutting, and half-written lines.
// Answers to OpenFileWatch in Falco's k8saudit plugin: starts at the end of a file that is there, waits for one that
// is not, needs the folder. Better than there: nothing written to a renamed file is lost, a line may come in pieces.

import { readdir, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import type { ByteString } from '../../bytes.js';
import { createCalmLog } from '../calm-log.js';
import type { Checkpoint } from '../checkpoint/store.js';
import { type Batch, SourceError, type SourceLog } from '../source.js';
import { systemPath } from './input.js';
import type { LineLimit } from './lines.js';
import { openTail, type Tail } from './tail.js';
import { createWake } from './wake.js';

export interface FollowOptions extends LineLimit {
  readonly log: SourceLog;
  /** Remembers the place over restarts. Without it, each start begins at the end of the file. */
  readonly checkpoint?: Checkpoint<FilePosition> | undefined;
}

/** A place in a file: everything before it is done with. */
export interface FilePosition {
  readonly inode: number;
  readonly offset: number;
}

export function isFilePosition(json: unknown): json is FilePosition {
  if (typeof json !== 'object' || json === null || !('inode' in json) || !('offset' in json)) return false;
  return Number.isSafeInteger(json.inode) && Number.isSafeInteger(json.offset) && Number(json.offset) >= 0;
}

/** How often the file is looked at where changes are not reported. */
const POLL_MS = 500;
/** How long a renamed file may still get lines from a writer that has not noticed. */
const LINGER_MS = 10_000;

/** Lines of the file from now on, until the abort. Errors: SourceError. */
export async function* followFile(
  path: ByteString,
  options: FollowOptions,
  signal: AbortSignal,
): AsyncGenerator<Batch<ByteString>> {
  const wake = createWake(posix.dirname(path), posix.basename(path), options.log);
  const calm = createCalmLog(options.log);
  const open: OpenTail = async (file, from) => {
    try {
      return await openTail(file, from, options);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      calm('warning', `${error.message}; trying again`);
      return undefined;
    }
  };
  let current: Tail | undefined;
  let renamed: Tail | undefined;
  let renamedUntil = Date.now() + LINGER_MS;
  try {
    ({ current, renamed } = await openFirst(path, options, open));
    const place = current === undefined ? 'as soon as it is there' : `from byte ${current.offset()} on`;
    options.log('debug', `reading ${path} ${place}`);
    while (!signal.aborted) {
      if (renamed !== undefined) yield* batchesOf(renamed);
      if (current !== undefined) yield* batchesOf(current);
      if (renamed !== undefined && Date.now() > renamedUntil) {
        yield* lastBatch(renamed);
        await renamed.close();
        renamed = undefined;
      }
      if (await isOther(path, current)) {
        const next = await open(path, 0);
        if (next !== undefined) {
          if (renamed !== undefined) yield* lastBatch(renamed);
          await renamed?.close();
          renamed = current;
          renamedUntil = Date.now() + LINGER_MS;
          current = next;
          continue;
        }
      }
      await wake.next(POLL_MS, signal);
    }
  } finally {
    wake.close();
    await renamed?.close();
    await current?.close();
  }
}

async function* batchesOf(tail: Tail): AsyncGenerator<Batch<ByteString>> {
  for await (const payloads of tail.read()) yield { payloads, position: placeOf(tail) };
}

async function* lastBatch(tail: Tail): AsyncGenerator<Batch<ByteString>> {
  yield* batchesOf(tail);
  const line = tail.finish();
  if (line !== undefined) yield { payloads: [line], position: placeOf(tail) };
}

function placeOf(tail: Tail): FilePosition {
  return { inode: tail.inode, offset: tail.offset() };
}

// Whether another file than the one that is followed has the path now.
async function isOther(path: ByteString, tail: Tail | undefined): Promise<boolean> {
  const found = await stat(systemPath(path)).catch(() => undefined);
  return found?.isFile() === true && found.ino !== tail?.inode;
}

/** As openTail(), but a file that cannot be opened is said and waited for. */
type OpenTail = (path: ByteString, from: number | 'end') => Promise<Tail | undefined>;

interface Opened {
  readonly current: Tail | undefined;
  /** The file that was followed before the restart and has been renamed since. */
  readonly renamed: Tail | undefined;
}

async function openFirst(path: ByteString, options: FollowOptions, open: OpenTail): Promise<Opened> {
  const found = await stat(systemPath(path)).catch(() => undefined);
  if (found !== undefined && !found.isFile()) throw new SourceError(`read ${path}: not a regular file`);
  const remembered = await options.checkpoint?.load();
  const place = remembered?.records.at(-1);
  const spoilt = remembered !== undefined && remembered.bad.length > 0;
  if (spoilt) options.log('warning', spoiltWords(path, place));
  if (place === undefined) {
    return { current: await open(path, spoilt ? 0 : 'end'), renamed: undefined };
  }
  const same = await fileAt(path, place);
  if (same) return { current: await open(path, place.offset), renamed: undefined };
  const old = await findRenamed(path, place);
  return {
    current: await open(path, 0),
    renamed: old === undefined ? undefined : await open(old, place.offset),
  };
}

function spoiltWords(path: ByteString, place: FilePosition | undefined): string {
  const where = place === undefined ? 'its start' : 'the last place that can be read';
  return `the checkpoint of ${path} is damaged; reading goes on at ${where}: events may come again`;
}

async function fileAt(path: ByteString, place: FilePosition): Promise<boolean> {
  const found = await stat(systemPath(path)).catch(() => undefined);
  return found?.isFile() === true && found.ino === place.inode && found.size >= place.offset;
}

async function findRenamed(path: ByteString, place: FilePosition): Promise<ByteString | undefined> {
  const folder = posix.dirname(path);
  for (const name of await readdir(systemPath(folder), { encoding: 'buffer' })) {
    const candidate = posix.join(folder, name.toString('latin1'));
    if (await fileAt(candidate, place)) return candidate;
  }
  return undefined;
}
