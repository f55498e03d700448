import { describe, expect, it } from 'vitest';
import { createReadAhead } from '../../../src/plugins/cloudtrail/read-ahead.js';

const { signal } = new AbortController();
const objects = ['a', 'b', 'c', 'd', 'e'].map((key) => ({ bucket: 'trail', key }));

/** A bucket; tells how many objects were asked for at once. */
function fakeStore(broken: readonly string[] = []) {
  const asked: string[] = [];
  return {
    asked,
    async read(_: string, key: string) {
      asked.push(key);
      if (broken.includes(key) && asked.filter((each) => each === key).length === 1) throw new Error('no');
      return (async function* () {
        yield Buffer.from(key);
        // More than is held of one.
        yield Buffer.alloc(3 * 1024 * 1024, key);
        yield Buffer.from('.');
      })();
    },
  };
}

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  let size = 0;
  let first = '';
  for await (const chunk of chunks) {
    first ||= chunk.toString();
    size += chunk.length;
  }
  return `${first} ${size}`;
}

describe('log files of a bucket', () => {
  it('are fetched side by side, no more than may be, and read whole and in order', async () => {
    const store = fakeStore();
    const ahead = createReadAhead(store, 3);
    ahead.expect(objects, signal);
    expect(store.asked).toEqual(['a', 'b', 'c']);
    const texts: string[] = [];
    for (const { bucket, key } of objects) texts.push(await textOf(await ahead.read(bucket, key, signal)));
    expect(texts).toEqual(['a', 'b', 'c', 'd', 'e'].map((key) => `${key} ${3 * 1024 * 1024 + 2}`));
    expect(store.asked).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('are asked for again where fetching them failed', async () => {
    const store = fakeStore(['b']);
    const ahead = createReadAhead(store, 3);
    ahead.expect(objects, signal);
    await expect(ahead.read('trail', 'b', signal)).rejects.toThrow('no');
    expect(await textOf(await ahead.read('trail', 'b', signal))).toBe(`b ${3 * 1024 * 1024 + 2}`);
  });
});
