// A progress in its file, with its lock.

import { createCheckpoint } from '../../checkpoint.js';
import type { SourceLog } from '../../source.js';
import type { Clock } from '../clock.js';
import { createLock } from './lock.js';
import { createProgress, isProgressRecord, type Progress } from './progress.js';

export interface OpenProgressOptions {
  readonly path: string;
  readonly group: string;
  /** File that is taken over, and removed, if it is this group's and there is none at `path`. */
  readonly former?: string;
  /** As that of createProgress(). */
  readonly caution: number;
  readonly clock: Clock;
  readonly log: SourceLog;
}

/** Nothing is read or written before claim(). */
export function openProgress({ former, clock, log, ...rest }: OpenProgressOptions): Progress {
  return createProgress({
    ...rest,
    file: createCheckpoint(rest.path, isProgressRecord),
    former: former === undefined ? undefined : createCheckpoint(former, isProgressRecord),
    lock: createLock(rest.path, clock, log),
  });
}
