// What a CloudWatch source remembers over a restart: settled time and identities, as deltas in a checkpoint file.
// In: what each batch changed. Out: one record a commit, and the sum of the records at a start.

import { type Checkpoint, createCheckpoint } from '../../checkpoint.js';
import type { CursorCheckpoint } from '../cursor/cursor-state.js';
import type { SeenEntries } from '../cursor/seen.js';

/** A line of the file. The first one says whose it is. */
export interface ProgressRecord extends CursorCheckpoint {
  readonly group?: string;
  /** The start was reckoned by this machine's clock, and the service has not said yet whether it agrees. */
  readonly guessed?: boolean;
}

export interface Stored extends CursorCheckpoint {
  readonly guessed: boolean;
}

export interface Progress {
  /** The state to go on from; undefined: there is none yet. Errors: SourceError. */
  load(): Promise<Stored | undefined>;
  /**
   * Notes where reading starts, in place of all that was noted before. Without this a crash before the first commit
   * would start later and lose what lies between. Errors: SourceError (retryable); then the next save does it.
   */
  begin(settled: number, guessed: boolean): Promise<void>;
  /** Adds what has been dealt with. Errors: SourceError (retryable). */
  save(records: readonly CursorCheckpoint[]): Promise<void>;
}

const WORTH_REWRITING = 256 * 1024;

/** @param former file that is taken over, and removed, if it is this group's and there is none at `path` */
export function createProgress(path: string, group: string, former?: string): Progress {
  const file = createCheckpoint(path, isRecordOf(group));
  return progressIn(file, group, former === undefined ? undefined : createCheckpoint(former, isRecord));
}

/** The same in any kind of checkpoint. */
export function progressIn(
  file: Checkpoint<ProgressRecord>,
  group: string,
  former?: Checkpoint<ProgressRecord>,
): Progress {
  let rewrittenSize = 0;
  // A start that could not be written yet: what is in the file is not to be added to.
  let start: CursorCheckpoint | undefined;

  async function replace(records: readonly CursorCheckpoint[]): Promise<void> {
    await file.replace({ group, ...sumOf(records) });
    rewrittenSize = file.size();
  }

  async function takeOver(): Promise<readonly ProgressRecord[]> {
    const records = (await former?.load()) ?? [];
    if (records[0]?.group !== group || records[0].guessed === true) return [];
    await replace(records);
    await former?.remove();
    return records;
  }

  return {
    async load() {
      const own = await file.load();
      const records = own.length > 0 ? own : await takeOver();
      if (records.length === 0) return undefined;
      return { ...sumOf(records), guessed: records.length === 1 && records[0]!.guessed === true };
    },
    async begin(settled, guessed) {
      start = { settled, seen: [] };
      await file.replace({ group, ...start, ...(guessed && { guessed }) });
      start = undefined;
    },
    async save(records) {
      if (start !== undefined) await replace([start, ...records]);
      else await file.append(sumOf(records));
      start = undefined;
      if (file.size() > Math.max(WORTH_REWRITING, 4 * rewrittenSize)) await replace(await file.load());
    },
  };
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

function isRecordOf(group: string) {
  return (json: unknown): json is ProgressRecord =>
    isRecord(json) && (json.group === undefined || json.group === group);
}

function isRecord(json: unknown): json is ProgressRecord {
  if (typeof json !== 'object' || json === null) return false;
  const record = json as Partial<Record<keyof ProgressRecord, unknown>>;
  return (
    (record.group === undefined || typeof record.group === 'string') &&
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
