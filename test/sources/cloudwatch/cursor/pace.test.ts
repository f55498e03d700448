import { describe, expect, it } from 'vitest';
import { makeDice } from '../crash-model.js';
import { follow, type Pace } from './pace-model.js';

// Pages of 200 events instead of 800, and a quarter of the events: what counts is how many pages come in a second.
const pace = (perSecond: number, latenessSeconds: number, more: Partial<Pace> = {}): Pace => ({
  perSecond: perSecond / 4,
  pageSize: 200,
  lateness: latenessSeconds * 1000,
  callsPerSecond: 12.5,
  answers: [50, 300],
  dice: makeDice(1),
  ...more,
});

/** Events a second, late by up to so many seconds, and how long the late ones may wait, p50 and p99. */
const LATE = [
  [20, 20, 0.5, 2],
  [20, 55, 0.5, 2],
  [300, 20, 2, 7],
  [300, 55, 4, 22],
  [2000, 20, 15, 55],
] as const;

describe('from visible to alert, where calls are few', () => {
  it.each(LATE)('%i events a second, a tenth of them late by up to %i s', (perSecond, lateness, p50, p99) => {
    const { late, others, callsPerSecond } = follow(pace(perSecond, lateness));
    expect(late[0]).toBeLessThan(p50);
    expect(late[1]).toBeLessThan(p99);
    expect(others[0]).toBeLessThan(1);
    expect(others[1]).toBeLessThan(3);
    expect(callsPerSecond).toBeLessThan(12.5);
  });

  it('keeps up with 2,000 events a second where answers take 0 to 0.6 s, and hardly less where they take 0.8 to 2', () => {
    const quick = follow(pace(2000, 20, { answers: [0, 600] }));
    expect(quick.others[0]).toBeLessThan(2);
    const slow = follow(pace(2000, 20, { answers: [800, 2000] }));
    expect(slow.others[1]).toBeLessThan(15);
  });
});
