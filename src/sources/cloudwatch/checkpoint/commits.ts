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
  /** As that of Source. What it refused once is not done with: the next commit says so. */
  permit(): Promise<boolean>;
  /** Everything up to this position is done with. Errors: SourceError. */
  commit(position: unknown): Promise<void>;
  /** Positions that are not done with. */
  open(): number;
}

export interface CommitWatcher {
  /** Hears of places that could not be noted; they are noted with the next commit. */
  readonly complain: (error: unknown) => void;
  readonly onSaved: () => void;
}

export function createCommits(progress: Progress, { complain, onSaved }: CommitWatcher): Commits {
  const open: Position[] = [];
  let number = 0;
  let refusal: { readonly error: unknown } | undefined;
  return {
    add(record) {
      const position: Position = { number: ++number, record };
      open.push(position);
      return position;
    },
    permit: () =>
      progress.confirm().then(
        () => true,
        (error: unknown) => {
          refusal = { error };
          return false;
        },
      ),
    async commit(position) {
      if (refusal !== undefined) throw refusal.error;
      const { number: done } = position as Position;
      const records = open.filter((each) => each.number <= done).map(({ record }) => record);
      if (records.length === 0) return;
      try {
        await progress.save(records);
        open.splice(0, records.length);
        onSaved();
      } catch (error) {
        complain(error);
      }
    },
    open: () => open.length,
  };
}
