// A file that remembers how far a source has come. In: records (plain JSON). Out: the same after a restart.
// One record a line; appending is cheap, and a file that grows is written anew beside the old one and renamed over it.
// A last line that a crash or a full disk cut off does not count: what it said happens again.

import { appendFile, mkdir, open, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SourceError } from './source.js';

export interface Checkpoint<T> {
  /** The records of the file in order; none if there is no file. Errors: SourceError. */
  load(): Promise<readonly T[]>;
  /** Adds a record. Errors: SourceError (retryable). */
  append(record: T): Promise<void>;
  /** Replaces all records by one. Errors: SourceError (retryable). */
  replace(record: T): Promise<void>;
  /** Removes the file. Errors: SourceError (retryable). */
  remove(): Promise<void>;
  /** Bytes of whole records in the file, as far as this process wrote or read them. */
  size(): number;
}

/** @param isRecord whether parsed JSON is a record */
export function createCheckpoint<T>(path: string, isRecord: (json: unknown) => json is T): Checkpoint<T> {
  let size = 0;
  // Half a line may stand behind `size`: of a crash, or of a disk that is full.
  let torn = false;

  // Appending behind half a line would spoil the next one as well.
  async function cut(): Promise<void> {
    if (!torn) return;
    if ((await sizeOf(path)) > size) await truncate(path, size);
    torn = false;
  }

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
      const text = await readIfThere(path);
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      const records = whole
        .split('\n')
        .slice(0, -1)
        .map((line, i) => parse(line, i + 1, path, isRecord));
      size = Buffer.byteLength(whole);
      torn = whole.length < text.length;
      return records;
    },
    append: (record) =>
      writing(async () => {
        await cut();
        const line = `${JSON.stringify(record)}\n`;
        torn = true;
        await appendFile(path, line, { mode: 0o600 });
        torn = false;
        size += Buffer.byteLength(line);
      }),
    replace: (record) =>
      writing(async () => {
        const text = `${JSON.stringify(record)}\n`;
        await writeAnew(path, text);
        torn = false;
        size = Buffer.byteLength(text);
      }),
    remove: () => writing(() => rm(path, { force: true })),
    size: () => size,
  };
}

function parse<T>(line: string, number: number, path: string, isRecord: (json: unknown) => json is T): T {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    json = undefined;
  }
  if (!isRecord(json)) {
    throw new SourceError(`checkpoint ${path} is damaged in line ${number}: remove it to start without it`);
  }
  return json;
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new SourceError(`cannot read checkpoint ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

async function writeAnew(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.new`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
