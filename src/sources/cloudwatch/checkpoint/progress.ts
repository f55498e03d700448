// What a CloudWatch source remembers over a restart: settled time and identities, as deltas in a checkpoint file.
// In: what each batch changed. Out: one record a commit, and the sum of the records at a start. What cannot be read of
// the file may make events come again, and loses none.

import type { Checkpoint, CheckpointLock, Remembered } from '../../checkpoint/store.js';
import { SourceError } from '../../source.js';
import type { CursorCheckpoint } from '../cursor/cursor-state.js';
import { newSeed, type SeenEntries } from '../cursor/seen.js';

/** A line of the file. The first one says whose it is. */
export interface ProgressRecord extends CursorCheckpoint {
  readonly group?: string;
  /** What the identities are made with. */
  readonly seed?: number;
  /** The start was reckoned by this machine's clock, and the service has not said yet whether it agrees. */
  readonly guessed?: boolean;
}

export interface Stored extends CursorCheckpoint {
  readonly guessed: boolean;
  /** A place to start at where `settled` cannot be true: well before the file was last written. */
  readonly cautious: number;
  /** What people should know of the file's state. */
  readonly warning?: string;
}

export interface Progress {
  /** As that of Source. */
  readonly beside?: Checkpoint<object> | undefined;
  /** What identities are made with; known after load(). */
  seed(): number;
  /** Waits until no other process uses the file. @returns false after the abort. Errors: SourceError. */
  claim(signal: AbortSignal): Promise<boolean>;
  /** Whether it is still this process that has the file. Errors: SourceError, where it is not or nobody can say. */
  confirm(): Promise<void>;
  /** Nothing is read any more; save() may still be called. */
  rest(): void;
  /** Lets the next process have the file. */
  release(): Promise<void>;
  /** The state to go on from; undefined: there is none yet. Errors: SourceError. */
  load(): Promise<Stored | undefined>;
  /**
   * Notes where reading starts, in place of all that was noted before. Without this a crash before the first commit
   * would start later and lose what lies between. Errors: SourceError (retryable); then the next save does it.
   */
  begin(settled: number, guessed: boolean): Promise<void>;
  /** Adds what has been dealt with. Errors: SourceError (retryable; or not: another process has the file now). */
  save(records: readonly CursorCheckpoint[]): Promise<void>;
}

export interface ProgressOptions {
  readonly path: string;
  readonly group: string;
  readonly file: Checkpoint<ProgressRecord>;
  /** File that is taken over, and removed, if it is this group's and there is none at `path`. */
  readonly former?: Checkpoint<ProgressRecord> | undefined;
  readonly lock?: CheckpointLock | undefined;
  readonly beside?: Checkpoint<object> | undefined;
  /** How long before the last write of a file that says nothing any more reading starts, milliseconds. */
  readonly caution: number;
}

export function createProgress(options: ProgressOptions): Progress {
  const { path, group, file, former, lock, caution } = options;
  let seed = newSeed();
  // A start that could not be written yet: what is in the file is not to be added to.
  let start: CursorCheckpoint | undefined;

  async function replace(records: readonly CursorCheckpoint[]): Promise<void> {
    await file.replace({ group, seed, ...sumOf(records) });
  }

  function checkOwner(records: readonly ProgressRecord[]): void {
    const other = records.find((record) => record.group !== undefined && record.group !== group)?.group;
    if (other === undefined) return;
    throw new SourceError(
      `checkpoint ${path} belongs to log group ${other}, not to ${group}: name another file for this cluster, or remove it`,
    );
  }

  async function takeOver(): Promise<Remembered<ProgressRecord> | undefined> {
    const remembered = await former?.load();
    const [first] = remembered?.records ?? [];
    if (first?.group !== group || first.guessed === true) return undefined;
    seed = first.seed ?? 0;
    await replace(remembered!.records);
    await former?.remove();
    return remembered;
  }

  function toStored({ records, bad, written = 0 }: Remembered<ProgressRecord>): Stored {
    const cautious = Math.floor(written - caution);
    if (records.length === 0) {
      const from = new Date(cautious).toISOString();
      const warning = `checkpoint ${path} cannot be read; reading goes on at ${from}, well before it was last written: events may come again`;
      return { settled: cautious, seen: [], guessed: false, cautious, warning };
    }
    const { settled, seen } = sumOf(records);
    const owner = ownerOf(records);
    seed = owner === undefined ? seed : (owner.seed ?? 0);
    return {
      settled,
      // Identities whose seed is lost say nothing any more.
      seen: owner === undefined ? [] : seen,
      guessed: records.length === 1 && records[0]!.guessed === true,
      cautious,
      ...(bad.length > 0 && {
        warning: `checkpoint ${path}: ${linesOf(bad)} cannot be read and left out; events of the last minutes may come again`,
      }),
    };
  }

  return {
    beside: options.beside,
    seed: () => seed,
    claim: async (signal) => (await lock?.acquire(signal)) ?? true,
    confirm: async () => lock?.confirm(),
    rest: () => lock?.rest(),
    release: async () => lock?.release(),
    async load() {
      const own = await file.load();
      const isNew = own.records.length === 0 && own.bad.length === 0;
      const remembered = isNew ? await takeOver() : own;
      if (remembered === undefined) return undefined;
      checkOwner(remembered.records);
      const stored = toStored(remembered);
      // What is spoilt is written anew with the next save.
      if (remembered.bad.length > 0 || ownerOf(remembered.records) === undefined) start = stored;
      return stored;
    },
    async begin(settled, guessed) {
      start = { settled, seen: [] };
      await file.replace({ group, seed, ...start, ...(guessed && { guessed }) });
      start = undefined;
    },
    async save(records) {
      await lock?.confirm();
      if (start !== undefined) await replace([start, ...records]);
      else await file.append(sumOf(records));
      start = undefined;
      // What counts is noted; that the file stays long is no reason to note it again.
      if (file.isFull()) await replace((await file.load()).records).catch(() => {});
    },
  };
}

// The first line says whose file it is and what its identities were made with.
function ownerOf(records: readonly ProgressRecord[]): ProgressRecord | undefined {
  return records.find(({ group }) => group !== undefined);
}

function linesOf(numbers: readonly number[]): string {
  if (numbers.length === 1) return `line ${numbers[0]}`;
  return `${numbers.length} lines (the first is line ${numbers[0]})`;
}

/** Many records → one. */
export function sumOf(records: readonly CursorCheckpoint[]): CursorCheckpoint {
  const settled = records.reduce((most, record) => Math.max(most, record.settled), Number.NEGATIVE_INFINITY);
  const first = Math.floor((settled + 1) / 1000);
  const seconds = new Map<number, number[]>();
  for (const { seen } of records) {
    for (const [second, ids] of seen) {
      if (second < first) continue;
      const all = seconds.get(second);
      if (all === undefined) seconds.set(second, [...ids]);
      else for (const id of ids) all.push(id);
    }
  }
  return { settled, seen: [...seconds] satisfies SeenEntries };
}

/** Whether parsed JSON is a line of such a file, whoever's it is. */
export function isProgressRecord(json: unknown): json is ProgressRecord {
  if (typeof json !== 'object' || json === null) return false;
  const record = json as Partial<Record<keyof ProgressRecord, unknown>>;
  return (
    (record.group === undefined || typeof record.group === 'string') &&
    (record.seed === undefined || Number.isSafeInteger(record.seed)) &&
    Number.isSafeInteger(record.settled) &&
    (record.guessed === undefined || typeof record.guessed === 'boolean') &&
    Array.isArray(record.seen) &&
    record.seen.every(isEntry)
  );
}

function isEntry(entry: unknown): boolean {
  return (
    Array.isArray(entry) &&
    Number.isSafeInteger(entry[0]) &&
    Array.isArray(entry[1]) &&
    entry[1].every(Number.isSafeInteger)
  );
}
