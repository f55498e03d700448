import { describe, expect, it } from 'vitest';
import type { Lane, Pass } from '../../../src/sources/cloudwatch/cursor/cursor-state.js';
import { createOrder } from '../../../src/sources/cloudwatch/order.js';

const pass = (id: number, from: number, lane: Lane = 'fresh'): Pass => ({
  id,
  lane,
  level: 0,
  from,
  to: from + 999,
  begun: true,
  started: 0,
  token: undefined,
  pages: 0,
  fresh: 0,
  barren: 0,
  oldest: Number.POSITIVE_INFINITY,
  newest: from,
});
const portion = (of: Pass, ...times: number[]) => ({
  pass: of,
  events: times.map((timestamp) => ({ stream: 's', timestamp, ingestion: timestamp, message: '' })),
  ids: times,
});
const idsOf = (portions: readonly { readonly ids: readonly number[] }[]) =>
  portions.flatMap(({ ids }) => ids);

describe('windows read side by side', () => {
  it('are handed on one after the other, whichever answer comes first', () => {
    const order = createOrder();
    const [one, two, three] = [pass(1, 10_000), pass(2, 20_000), pass(3, 30_000)];
    order.add(portion(three, 30_001));
    expect(order.take([one, two])).toEqual([]);
    order.add(portion(one, 10_001));
    expect(idsOf(order.take([one, two]))).toEqual([10_001]);
    order.add(portion(two, 20_001));
    expect(order.oldest()).toBe(20_001);
    expect(order.take([one, two])).toEqual([]);
    order.add(portion(one, 10_002));
    expect(idsOf(order.take([]))).toEqual([10_002, 20_001, 30_001]);
    expect(order.oldest()).toBeUndefined();
  });

  it('make polls and sweeps wait for each other only where their events lie together', () => {
    const order = createOrder();
    const [one, two] = [pass(1, 10_000, 'sweep'), pass(2, 20_000, 'sweep')];
    order.add(portion(two, 20_001));
    const fresh = pass(3, 15_000);
    order.add(portion(fresh, 21_000));
    order.add(portion(fresh, 40_000));
    expect(idsOf(order.take([one]))).toEqual([40_000]);
    expect(idsOf(order.take([]))).toEqual([20_001, 21_000]);
  });

  it('hold back those whose turn it is not while much waits', () => {
    const order = createOrder();
    const [one, two] = [pass(1, 10_000), pass(2, 20_000)];
    for (let i = 0; i < 11; i++) order.add(portion(two, 20_000 + i));
    expect(order.held([one, two])).toEqual([]);
    order.add(portion(two, 20_100));
    expect(order.held([one, two])).toEqual([2]);
  });
});
