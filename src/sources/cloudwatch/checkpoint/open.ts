// A progress in its store: a file with its lock, or an object in S3.

import { openStore } from '../../checkpoint/open.js';
import type { CheckpointStore } from '../../checkpoint/store.js';
import type { SourceLog } from '../../source.js';
import type { Clock } from '../clock.js';
import { createProgress, isProgressRecord, type Progress, type ProgressRecord } from './progress.js';

export interface OpenProgressOptions {
  /** A file, or `s3://bucket/key`. */
  readonly path: string;
  readonly group: string;
  /** Place that is taken over, and removed, if it is this group's and there is nothing at `path`. */
  readonly former?: string;
  /** As that of createProgress(). */
  readonly caution: number;
  readonly clock: Clock;
  readonly log: SourceLog;
  /** For S3. */
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Nothing is read or written before claim(). */
export function openProgress({ former, path, group, caution, ...rest }: OpenProgressOptions): Progress {
  const open = (place: string): CheckpointStore<ProgressRecord> =>
    openStore({
      place,
      isRecord: isProgressRecord,
      clock: rest.clock,
      log: rest.log,
      region: rest.region,
      profile: rest.profile,
      env: rest.env ?? {},
    });
  const { records, lock, beside } = open(path);
  const before = former === undefined ? undefined : open(former).records;
  return createProgress({ path, group, caution, file: records, former: before, lock, beside });
}
