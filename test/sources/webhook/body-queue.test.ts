import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createBodyQueue } from '../../../src/sources/webhook/body-queue.js';

function queueOf(more: Partial<Parameters<typeof createBodyQueue>[0]> = {}) {
  const queue = createBodyQueue({ capacity: 2, small: 10, patienceMs: 20, portion: 100, ...more });
  const released: string[] = [];
  const put = (...payloads: string[]): Promise<boolean> =>
    queue.put({
      bytes: payloads.join('').length,
      payloads: payloads[Symbol.iterator](),
      release: () => released.push(payloads.join('')),
    });
  return { ...queue, put, released };
}

const LARGE = 'x'.repeat(11);

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
    expect(await queue.take()).toEqual(['c', 'd']);
    expect(await Promise.all([waits, late])).toEqual([true, true]);
    await Promise.all([queue.put('e'), queue.put('f')]);
    expect(await queue.put('g')).toBe(false);
    expect(queue.released).toEqual(['a', 'b', 'g']);
  });

  it('releases a body when all of it is dealt with', async () => {
    const queue = queueOf();
    void queue.put('a');
    expect(await queue.take()).toEqual(['a']);
    expect(queue.released).toEqual([]);
    void queue.put('b');
    expect(await queue.take()).toEqual(['b']);
    expect(queue.released).toEqual(['a']);
  });

  it('gives parts of large bodies in turn, and lets no small one wait for them', async () => {
    const queue = queueOf();
    void queue.put(LARGE, '1');
    void queue.put(`${LARGE}!`, '2');
    expect(await queue.take()).toEqual([LARGE]);
    void queue.put('small');
    expect(await queue.take()).toEqual(['small', `${LARGE}!`]);
    expect(await queue.take()).toEqual(['1']);
    expect(await queue.take()).toEqual(['2']);
    expect(queue.released).toEqual(['small', `${LARGE}1`]);
    queue.close();
    expect(await queue.take()).toBeUndefined();
    expect(queue.released).toEqual(['small', `${LARGE}1`, `${LARGE}!2`]);
  });

  it('has room for small bodies while large ones fill theirs', async () => {
    const queue = queueOf({ capacity: 1 });
    expect(await queue.put(LARGE)).toBe(true);
    expect(await queue.put(LARGE)).toBe(false);
    expect(await queue.put('small')).toBe(true);
  });

  it('gives small bodies up to a portion', async () => {
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
