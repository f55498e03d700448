import { expect, it } from 'vitest';
import { type Collector, createCollector, createSlabs } from '../../../src/sources/webhook/collect.js';
import { createRooms } from '../../../src/sources/webhook/rooms.js';

const MAX = 1000;

function setUp() {
  const rooms = createRooms(
    [
      { upTo: 10, bytes: 20, graceMs: 0 },
      { upTo: MAX, bytes: MAX, graceMs: 0 },
    ],
    20,
  );
  const slabs = createSlabs(10, MAX);
  const dropped: number[] = [];
  const collect = async (length?: number): Promise<Collector> => {
    const onDropped = (): void => void dropped.push(length ?? 0);
    const collector = await createCollector({ rooms, slabs, maxBody: MAX, length, from: 'a', onDropped });
    if (typeof collector === 'string') throw new Error(collector);
    return collector;
  };
  return { collect, slabs, dropped };
}

const chunk = (length: number): Buffer => Buffer.alloc(length, 'x');

it('a body that comes at once is not copied', async () => {
  const { collect } = setUp();
  const collector = await collect(8);
  const whole = chunk(8);
  expect(collector.push(whole)).toBe(true);
  expect(collector.finish().bytes.buffer).toBe(whole.buffer);
});

it('a body without a stated length moves to a larger room as it grows', async () => {
  const { collect } = setUp();
  const collector = await collect();
  for (let i = 0; i < 100; i++) expect(await collector.push(Buffer.from(`${i % 10}`))).toBe(true);
  const { bytes, release } = collector.finish();
  expect(bytes.toString()).toBe('0123456789'.repeat(10));
  release();
});

it('a body larger than the largest is refused, by its length or as it comes', async () => {
  const { collect } = setUp();
  await expect(collect(MAX + 1)).rejects.toThrow('too large');
  const collector = await collect();
  expect(await collector.push(chunk(MAX))).toBe(true);
  expect(collector.push(chunk(1))).toBe('too large');
});

it('a body that makes room for others takes no more', async () => {
  const { collect, dropped } = setUp();
  const held = [await collect(10), await collect(9)];
  expect(held[0]!.push(chunk(9))).toBe(true);
  const next = await collect(10);
  expect(dropped).toEqual([10]);
  expect(held[0]!.push(chunk(1))).toBe('gave way');
  expect(next.push(chunk(10))).toBe(true);
});

it('memory of the largest bodies is used again', async () => {
  const { collect } = setUp();
  const first = await collect(500);
  void first.push(chunk(1));
  const body = first.finish();
  const memory = body.bytes.buffer;
  body.release();
  const second = await collect(500);
  void second.push(chunk(1));
  expect(second.finish().bytes.buffer).toBe(memory);
});
