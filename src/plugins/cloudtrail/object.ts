// A log file in a bucket → groups of records. Where reading breaks off it is read again, and goes on behind what was given.

import type { ByteString } from '../../bytes.js';
import { unpacked } from '../../sources/files/packed.js';
import { SourceError } from '../../sources/source.js';
import { faultText } from '../faults.js';
import { createPatience } from '../patience.js';
import type { Store } from './aws.js';
import type { RecordReader } from './log-file.js';
import type { LogObject } from './notification.js';

const MOST_TRIES = 5;

/** Errors: SourceError, for what is not there or may not be read, and for what could not be read in many tries. */
export async function* readObject(
  store: Pick<Store, 'read'>,
  { bucket, key }: LogObject,
  reader: RecordReader,
  signal: AbortSignal,
): AsyncGenerator<readonly ByteString[]> {
  const name = `s3://${bucket}/${key}`;
  const patience = createPatience();
  let given = 0;
  for (let tries = 1; !signal.aborted; tries++) {
    try {
      const chunks = unpacked(await store.read(bucket, key, signal), name, signal);
      let skip = given;
      for await (const records of reader.read(chunks, name)) {
        const fresh = records.slice(Math.min(skip, records.length));
        skip -= records.length - fresh.length;
        given += fresh.length;
        if (fresh.length > 0) yield fresh;
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      const lasting = error instanceof SourceError && !error.retryable;
      if (lasting || tries === MOST_TRIES)
        throw new SourceError(`${name}: ${faultText(error)}`, { retryable: !lasting, cause: error });
      await patience.wait(signal);
    }
  }
}
