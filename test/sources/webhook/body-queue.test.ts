import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createBodyQueue } from '../../../src/sources/webhook/body-queue.js';

function queueOf(more: Partial<Parameters<typeof createBodyQueue>[0]> = {}) {
  const queue = createBodyQueue({ capacity: 2, maxBytes: 10, patienceMs: 20, portion: 100, ...more });
  const put = (body: string): Promise<boolean> => {
    if (!queue.hold(body.length)) throw new Error('no room');
    return queue.put(body);
  };
  return { ...queue, put };
}

describe('createBodyQueue', () => {
  it('gives what was put in, in order, and waits for it', async () => {
    const queue = queueOf();
    const taking = queue.take();
    await sleep(1);
    void queue.put('a');
    void queue.put('b');
    expect(await taking).toEqual(['a', 'b']);
  });

  it('makes a body wait for room, and refuses it when there is none in time', async () => {
    const queue = queueOf();
    const first = [queue.put('a'), queue.put('b')];
    const waits = queue.put('c');
    const late = queue.put('d');
    expect(await Promise.all(first)).toEqual([true, true]);
    expect(await queue.take()).toEqual(['a', 'b']);
    expect(await Promise.all([waits, late])).toEqual([true, true]);
    expect(await queue.put('e')).toBe(false);
    expect(await queue.take()).toEqual(['c', 'd']);
  });

  it('counts the bytes of bodies on their way in, in the queue and in the batch that is evaluated', async () => {
    const queue = createBodyQueue({ capacity: 2, maxBytes: 10, patienceMs: 20, portion: 100 });
    expect(queue.hold(6)).toBe(true);
    expect(queue.hold(5)).toBe(false);
    expect(await queue.put('x'.repeat(6))).toBe(true);
    await queue.take();
    expect(queue.hold(5)).toBe(false);
    const next = queue.take();
    expect(queue.hold(5)).toBe(true);
    queue.release(5);
    expect(queue.hold(10)).toBe(true);
    queue.close();
    expect(await next).toBeUndefined();
  });

  it('gives refused bytes back', async () => {
    const queue = queueOf({ capacity: 1 });
    await queue.put('aaaaa');
    expect(await queue.put('bbbbb')).toBe(false);
    expect(queue.hold(5)).toBe(true);
  });

  it('gives portions, but never less than one body', async () => {
    const queue = queueOf({ capacity: 9, portion: 3 });
    for (const body of ['aaaa', 'b', 'cc', 'd']) void queue.put(body);
    expect([await queue.take(), await queue.take(), await queue.take()]).toEqual([
      ['aaaa'],
      ['b', 'cc'],
      ['d'],
    ]);
  });

  it('gives what is in it after it was closed, and refuses more', async () => {
    const queue = queueOf({ capacity: 1 });
    const put = queue.put('a');
    const waits = queue.put('b');
    queue.close();
    expect(await put).toBe(true);
    expect(await waits).toBe(false);
    expect(await queue.put('c')).toBe(false);
    expect(await queue.take()).toEqual(['a']);
    expect(await queue.take()).toBeUndefined();
  });
});
