// Text of a setting → a store: `s3://bucket/key`, or a file.

import { createCheckpoint } from './file.js';
import { createLock } from './file-lock.js';
import { createObjectStore, type ObjectStoreOptions } from './object.js';
import { objectPlace } from './object-client.js';
import { createS3Client, type S3Options } from './s3-client.js';
import type { CheckpointStore } from './store.js';

export interface OpenStoreOptions<T extends object>
  extends Omit<ObjectStoreOptions<T>, 'client'>,
    Omit<S3Options, 'bucket' | 'key'> {}

/** Nothing is read or written before it is asked for. */
export function openStore<T extends object>(options: OpenStoreOptions<T>): CheckpointStore<T> {
  const { place, isRecord, clock, log } = options;
  const object = objectPlace(place);
  if (object !== undefined)
    return createObjectStore({ ...options, client: createS3Client({ ...options, ...object }) });
  return { records: createCheckpoint(place, isRecord), lock: createLock(place, clock, log) };
}
