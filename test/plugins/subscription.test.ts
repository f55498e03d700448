import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Subscription } from '../../src/plugins/pubsub-client.js';
import { openSubscription } from '../../src/plugins/subscription.js';

/** A subscription as the service behaves: what is not acknowledged comes again with the next connection. */
function fakeSubscription(texts: readonly string[], faults: readonly Error[] = []) {
  const left = new Set(texts);
  const pending = [...faults];
  const state = { left, connections: 0 };
  const subscribe = (): Subscription => {
    state.connections++;
    const events = new EventEmitter();
    const fault = pending.shift();
    setImmediate(() => {
      if (fault !== undefined) events.emit('error', fault);
      else
        for (const text of left)
          events.emit('message', {
            id: text,
            data: Buffer.from(text),
            ack: () => void left.delete(text),
            nack: () => {},
          });
    });
    return {
      on: (event: string, hear: (...args: never[]) => void) => void events.on(event, hear as () => void),
      close: async () => {},
    };
  };
  return { ...state, state, subscribe };
}

const grpc = (code: number, message: string) => Object.assign(new Error(message), { code });

async function read(fake: ReturnType<typeof fakeSubscription>, wanted: number, commits = true) {
  const logged: string[] = [];
  const io = {
    log: (level: string, message: string) => void logged.push(`${level} ${message}`),
    drop: () => {},
  };
  const source = openSubscription({ name: 'audit', subscribe: fake.subscribe, most: 1000, io });
  const payloads: string[] = [];
  const stop = new AbortController();
  for await (const batch of source.batches(stop.signal)) {
    payloads.push(...batch.payloads.map(String));
    if (commits) await source.commit?.(batch.position);
    if (payloads.length >= wanted) stop.abort();
  }
  return { payloads, logged };
}

describe('a subscription', () => {
  it('has messages acknowledged when their alerts have left', async () => {
    const fake = fakeSubscription(['a', 'b']);
    expect((await read(fake, 2)).payloads).toEqual(['a', 'b']);
    expect(fake.left.size).toBe(0);
  });

  it('gives messages again whose alerts did not leave', async () => {
    const fake = fakeSubscription(['a', 'b']);
    await read(fake, 2, false);
    expect((await read(fake, 2)).payloads).toEqual(['a', 'b']);
  });

  it('survives trouble of the service, and says it', async () => {
    const fake = fakeSubscription(['a'], [grpc(14, 'unavailable'), grpc(8, 'quota exceeded')]);
    const { payloads, logged } = await read(fake, 1);
    expect(payloads).toEqual(['a']);
    expect(logged).toEqual([
      'warning Pub/Sub subscription audit: unavailable; trying again',
      'warning Pub/Sub subscription audit: quota exceeded; trying again',
    ]);
  });

  it.each([
    [5, 'Pub/Sub subscription audit: there is no such subscription'],
    [7, 'Pub/Sub subscription audit: the credentials may not read it: roles/pubsub.subscriber is needed'],
    [16, 'Pub/Sub subscription audit: the credentials are refused'],
  ])('that answers %s ends the start with one line', async (code, text) => {
    await expect(read(fakeSubscription([], [grpc(code, 'x')]), 1)).rejects.toThrow(text);
  });
});
