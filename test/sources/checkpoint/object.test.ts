import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { createObjectStore } from '../../../src/sources/checkpoint/object.js';
import type { Found, ObjectClient } from '../../../src/sources/checkpoint/object-client.js';
import { SourceError } from '../../../src/sources/source.js';
import { type HandClock, handClock, pass } from './hand-clock.js';

interface Place {
  readonly at: number;
}
const isPlace = (json: unknown): json is Place => typeof (json as Place).at === 'number';
const NEVER = new AbortController().signal;

// An object store's rules: a write names what it replaces. Each network call can be made to fail, before or after it counts.
let object: Found | undefined;
let writes: number;
let fault: 'before' | 'after' | undefined;

function client(): ObjectClient {
  return {
    async get(known) {
      if (fault === 'before')
        throw new SourceError('S3 cannot be reached (ECONNREFUSED)', { retryable: true });
      return object !== undefined && object.tag === known ? 'same' : object;
    },
    async put(bytes, expected) {
      if (fault === 'before')
        throw new SourceError('S3 cannot be reached (ECONNREFUSED)', { retryable: true });
      if (object?.tag !== expected) return undefined;
      object = { bytes, tag: `"${++writes}"`, written: 1_700_000_000_000 };
      if (fault === 'after') throw new SourceError('S3 cannot be reached (ECONNRESET)', { retryable: true });
      return object.tag;
    },
    async remove() {
      object = undefined;
    },
    close: () => {},
  };
}

beforeEach(() => {
  object = undefined;
  writes = 0;
  fault = undefined;
});

function storeOf(hand: HandClock, lines: string[] = []) {
  const log = (level: string, line: string): void => void lines.push(`${level} ${line}`);
  return createObjectStore({
    place: 's3://b/k',
    client: client(),
    isRecord: isPlace,
    clock: hand.clock,
    log,
  });
}

type Store = ReturnType<typeof storeOf>;

// Its clock goes on until the sign of life, and what was noted before it, is written.
async function beat(hand: HandClock): Promise<void> {
  const before = writes;
  hand.move(1000);
  await expect.poll(() => writes).toBeGreaterThan(before);
}

function held(): {
  readonly owner: { readonly id: string };
  readonly free: boolean;
  readonly records: Place[];
} {
  return JSON.parse(gunzipSync(object!.bytes).toString('utf8'));
}

describe('a checkpoint in an object', () => {
  it('remembers the records for the next process, whatever machine it runs on', async () => {
    const hand = handClock();
    const one = storeOf(hand);
    expect(await one.lock.acquire(NEVER)).toBe(true);
    expect(await one.records.load()).toEqual({ records: [], bad: [], written: undefined });
    await one.records.replace({ at: 1 });
    await one.records.append({ at: 2 });
    await one.lock.release();
    const two = storeOf(handClock());
    expect(await two.lock.acquire(NEVER)).toBe(true);
    expect(await two.records.load()).toEqual({
      records: [{ at: 1 }, { at: 2 }],
      bad: [],
      written: 1_700_000_000_000,
    });
  });

  it('has the start written before anything is read, and what follows once a second', async () => {
    const hand = handClock();
    const one = storeOf(hand);
    await one.lock.acquire(NEVER);
    await one.records.replace({ at: 0 });
    expect(held().records).toEqual([{ at: 0 }]);
    const before = writes;
    for (let at = 1; at <= 50; at++) await one.records.append({ at });
    expect(writes).toBe(before);
    await beat(hand);
    expect(writes).toBe(before + 1);
    expect(held().records).toHaveLength(51);
    await one.lock.release();
  });

  it('keeps what others put beside it, in the same write', async () => {
    const hand = handClock();
    const one = storeOf(hand);
    await one.lock.acquire(NEVER);
    await one.records.replace({ at: 1 });
    const before = writes;
    await one.beside?.replace({ state: 'é"' });
    await one.beside?.append({ more: 1 });
    await one.records.append({ at: 2 });
    await beat(hand);
    expect(writes).toBe(before + 1);
    const second = handClock();
    const two = storeOf(second);
    expect(await pass(second, 6000, two.lock.acquire(NEVER))).toBe(true);
    expect((await two.beside?.load())?.records).toEqual([{ state: 'é"' }, { more: 1 }]);
    expect((await two.records.load()).records).toEqual([{ at: 1 }, { at: 2 }]);
    hand.move(6000);
    await expect(one.lock.confirm()).rejects.toThrow(/has been taken over/);
    await expect(one.beside?.append({ more: 2 })).rejects.toThrow(/has been taken over/);
    await two.lock.release();
  });

  it('asks for a sum when many records have come, and stays small by it', async () => {
    const one = storeOf(handClock());
    await one.lock.acquire(NEVER);
    for (let at = 0; !one.records.isFull(); at++) await one.records.append({ at });
    await one.records.replace({ at: 99 });
    expect(one.records.isFull()).toBe(false);
    await one.lock.release();
    expect(held().records).toEqual([{ at: 99 }]);
  });

  it('is never written over something else that is there', async () => {
    object = { bytes: Buffer.from('a photo'), tag: '"x"', written: 0 };
    await expect(storeOf(handClock()).lock.acquire(NEVER)).rejects.toThrow(
      /^s3:\/\/b\/k is no checkpoint: name another key, or remove the object$/,
    );
    const owner = { id: '1', host: 'h', pid: '2' };
    const other = { tsfalco: 'checkpoint', owner, beat: 1, free: true, records: [{ else: 1 }] };
    object = { bytes: gzipSync(JSON.stringify(other)), tag: '"y"', written: 0 };
    await expect(storeOf(handClock()).lock.acquire(NEVER)).rejects.toThrow(
      /^s3:\/\/b\/k is a checkpoint of another kind of source: name another key$/,
    );
    expect(writes).toBe(0);
  });
});

describe('two processes on one object', () => {
  async function leader(hand: HandClock): Promise<Store> {
    const store = storeOf(hand);
    expect(await store.lock.acquire(NEVER)).toBe(true);
    return store;
  }

  it('take turns: the second stands by, says so, and goes on when the first ends', async () => {
    const first = handClock();
    const one = await leader(first);
    const second = handClock();
    const lines: string[] = [];
    const waiting = storeOf(second, lines).lock.acquire(NEVER);
    for (let seconds = 0; seconds < 70; seconds++) {
      await beat(first);
      expect(await pass(second, 1000, waiting)).toBe('waits');
    }
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^warning checkpoint s3:\/\/b\/k is in use by process \d+ on host \S+; standing by$/,
    );
    await one.lock.confirm();
    await one.lock.release();
    expect(await pass(second, 1000, waiting)).toBe(true);
    expect(lines.at(-1)).toBe('info checkpoint s3://b/k is free; going on');
  });

  it('take over from one that was killed when it gave no sign of life for four seconds', async () => {
    const one = await leader(handClock());
    await one.records.replace({ at: 7 });
    const second = handClock();
    const two = storeOf(second);
    const waiting = two.lock.acquire(NEVER);
    expect(await pass(second, 3500, waiting)).toBe('waits');
    expect(await pass(second, 2000, waiting)).toBe(true);
    expect((await two.records.load()).records).toEqual([{ at: 7 }]);
  });

  it('do not count time in which they stood still themselves', async () => {
    await leader(handClock());
    const second = handClock();
    const waiting = storeOf(second).lock.acquire(NEVER);
    expect(await pass(second, 1000, waiting)).toBe('waits');
    second.move(3_600_000);
    expect(await pass(second, 1500, waiting)).toBe('waits');
  });

  it('fence off one that stood still: it may neither alert nor note any more', async () => {
    const slow = handClock();
    const one = await leader(slow);
    await one.records.replace({ at: 1 });
    const second = handClock();
    const two = storeOf(second);
    expect(await pass(second, 6000, two.lock.acquire(NEVER))).toBe(true);
    slow.move(6000);
    const said =
      /^checkpoint s3:\/\/b\/k has been taken over by process \d+ on host \S+ since this process gave no sign/;
    await expect(one.lock.confirm()).rejects.toThrow(said);
    await expect(one.records.append({ at: 2 })).rejects.toThrow(said);
    await one.lock.release();
    expect(held()).toMatchObject({ free: false, records: [{ at: 1 }] });
  });

  it('give up waiting on the abort', async () => {
    await leader(handClock());
    const stop = new AbortController();
    const waiting = storeOf(handClock()).lock.acquire(stop.signal);
    stop.abort();
    expect(await waiting).toBe(false);
  });
});

describe('when the store cannot be reached', () => {
  it('alerts wait until it is known again whose they are, and none is let through meanwhile', async () => {
    const hand = handClock();
    const one = storeOf(hand);
    await one.lock.acquire(NEVER);
    hand.move(3000);
    await one.lock.confirm();
    fault = 'before';
    hand.move(4000);
    const confirming = one.lock.confirm().then(() => true);
    expect(await pass(hand, 2000, confirming)).toBe('waits');
    await expect(one.records.append({ at: 1 })).rejects.toThrow(
      /^cannot write checkpoint s3:\/\/b\/k: S3 cannot be reached \(ECONNREFUSED\)$/,
    );
    fault = undefined;
    expect(await pass(hand, 1000, confirming)).toBe(true);
    await one.lock.release();
  });

  it('a write whose answer was lost is known as our own', async () => {
    const hand = handClock();
    const one = storeOf(hand);
    await one.lock.acquire(NEVER);
    fault = 'after';
    await expect(one.records.replace({ at: 1 })).rejects.toThrow(/ECONNRESET/);
    fault = undefined;
    await beat(hand);
    await one.records.append({ at: 2 });
    await one.lock.release();
    expect(held()).toMatchObject({ free: true, records: [{ at: 1 }, { at: 2 }] });
  });

  it('a stop says what could not be noted, and ends', async () => {
    const one = storeOf(handClock());
    await one.lock.acquire(NEVER);
    one.lock.rest();
    fault = 'before';
    await expect(one.records.append({ at: 1 })).rejects.toThrow(/cannot write checkpoint/);
    await one.lock.release();
  });

  it('an object that someone removed is made again', async () => {
    const hand = handClock();
    const one = storeOf(hand);
    await one.lock.acquire(NEVER);
    await one.records.replace({ at: 5 });
    object = undefined;
    await beat(hand);
    expect(held().records).toEqual([{ at: 5 }]);
    await one.lock.release();
  });
});
