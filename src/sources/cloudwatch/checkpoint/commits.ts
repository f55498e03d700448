// What has been handed out and not yet been dealt with. In: what each batch changes. Out: records for the checkpoint, as
// the pipeline commits.

import type { CursorCheckpoint } from '../cursor/cursor-state.js';
import type { Progress } from './progress.js';

interface Position {
  readonly number: number;
  readonly record: CursorCheckpoint;
}

export interface Commits {
  /** The position of a batch that is about to be handed out. */
  add(record: CursorCheckpoint): unknown;
  /** Everything up to this position is done with. */
  commit(position: unknown): Promise<void>;
}

/** @param complain hears of places that could not be noted; they are noted with the next commit */
export function createCommits(progress: Progress, complain: (error: unknown) => void): Commits {
  const open: Position[] = [];
  let number = 0;
  return {
    add(record) {
      const position: Position = { number: ++number, record };
      open.push(position);
      return position;
    },
    async commit(position) {
      const { number: done } = position as Position;
      const records = open.filter((each) => each.number <= done).map(({ record }) => record);
      if (records.length === 0) return;
      try {
        await progress.save(records);
        open.splice(0, records.length);
      } catch (error) {
        complain(error);
      }
    },
  };
}
