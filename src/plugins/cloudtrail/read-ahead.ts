// Log files of a bucket, fetched side by side before it is their turn (s3DownloadConcurrency). Of each so much is held that the
// memory stays bounded; what is larger goes on when it is read.

import type { Store } from './aws.js';
import type { LogObject } from './notification.js';

export interface ReadAhead extends Pick<Store, 'read'> {
  /** Objects that will be read, in order; as many of them are fetched as may be at once. */
  expect(objects: readonly LogObject[], signal: AbortSignal): void;
}

type Chunks = AsyncIterable<Buffer>;

const MOST_EACH = 2 * 1024 * 1024;

const nameOf = (bucket: string, key: string): string => `${bucket}/${key}`;

/** @param most objects that are fetched at once */
export function createReadAhead(store: Pick<Store, 'read'>, most: number): ReadAhead {
  let expected: readonly LogObject[] = [];
  const fetched = new Map<string, Promise<Chunks>>();

  function fetchMore(signal: AbortSignal): void {
    while (fetched.size < most && expected.length > 0 && !signal.aborted) {
      const [{ bucket, key }, ...rest] = expected as readonly [LogObject, ...LogObject[]];
      expected = rest;
      const name = nameOf(bucket, key);
      if (fetched.has(name)) continue;
      const chunks = store.read(bucket, key, signal).then(begun);
      // What went wrong is said when it is its turn.
      chunks.catch(() => {});
      fetched.set(name, chunks);
    }
  }

  return {
    expect(objects, signal) {
      expected = objects;
      fetched.clear();
      fetchMore(signal);
    },
    read(bucket, key, signal) {
      const name = nameOf(bucket, key);
      const known = fetched.get(name);
      fetched.delete(name);
      fetchMore(signal);
      return known ?? store.read(bucket, key, signal);
    },
  };
}

/** The same chunks, of which the first are here already. */
async function begun(chunks: Chunks): Promise<Chunks> {
  const iterator = chunks[Symbol.asyncIterator]();
  const held: Buffer[] = [];
  let isDone = false;
  for (let size = 0; size < MOST_EACH && !isDone; ) {
    const { done, value } = await iterator.next();
    isDone = done === true;
    if (done !== true) {
      held.push(value);
      size += value.length;
    }
  }
  return all(held, isDone ? undefined : iterator);
}

async function* all(
  held: readonly Buffer[],
  rest: AsyncIterator<Buffer> | undefined,
): AsyncGenerator<Buffer> {
  yield* held;
  if (rest !== undefined) yield* { [Symbol.asyncIterator]: () => rest };
}
