// What a CloudWatch source remembers over a restart: settled time and identities, as deltas in a checkpoint file.
// In: what each batch changed. Out: one record a commit, and the sum of the records at a start.

import { type Checkpoint, createCheckpoint } from '../checkpoint.js';
import type { CursorCheckpoint } from './cursor-state.js';
import type { SeenEntries } from './seen.js';

/** A line of the file. The first one says whose it is. */
export interface ProgressRecord extends CursorCheckpoint {
  readonly group?: string;
}

export interface Progress {
  /** The state to go on from; undefined: there is none yet. Errors: SourceError. */
  load(): Promise<CursorCheckpoint | undefined>;
  save(records: readonly CursorCheckpoint[]): Promise<void>;
}

const WORTH_REWRITING = 256 * 1024;

export function createProgress(path: string, group: string): Progress {
  const file: Checkpoint<ProgressRecord> = createCheckpoint(path, isRecord(group));
  let rewrittenSize = 0;

  async function rewrite(): Promise<CursorCheckpoint | undefined> {
    const records = await file.load();
    if (records.length === 0) return undefined;
    const sum = sumOf(records);
    await file.replace({ group, ...sum });
    rewrittenSize = file.size();
    return sum;
  }

  return {
    load: rewrite,
    async save(records) {
      if (file.size() === 0) await file.replace({ group, ...sumOf(records) });
      else await file.append(sumOf(records));
      if (file.size() > Math.max(WORTH_REWRITING, 4 * rewrittenSize)) await rewrite();
    },
  };
}

/** Many records → one. */
export function sumOf(records: readonly CursorCheckpoint[]): CursorCheckpoint {
  const settled = Math.max(...records.map((record) => record.settled));
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

function isRecord(group: string) {
  return (json: unknown): json is ProgressRecord => {
    if (typeof json !== 'object' || json === null) return false;
    const record = json as Partial<Record<keyof ProgressRecord, unknown>>;
    const whose = record.group === undefined || record.group === group;
    return (
      whose && Number.isFinite(record.settled) && Array.isArray(record.seen) && record.seen.every(isEntry)
    );
  };
}

function isEntry(entry: unknown): boolean {
  return (
    Array.isArray(entry) &&
    Number.isFinite(entry[0]) &&
    Array.isArray(entry[1]) &&
    entry[1].every(Number.isFinite)
  );
}
