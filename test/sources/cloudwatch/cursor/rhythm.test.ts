import { describe, expect, it } from 'vitest';
import { chooseRhythm } from '../../../../src/sources/cloudwatch/cursor/rhythm.js';

const choose = (eventsPerSecond: number, callsPerSecond: number, lateness = 120_000) =>
  chooseRhythm({ eventsPerSecond, eventsPerPage: 900 }, { lateness, callsPerSecond, minLookBack: 1500 });

describe('rhythm', () => {
  it.each([
    [0, 5],
    [1, 2.5],
    [20, 12.5],
  ])('reads all that is not settled with each poll at %i events/s and %f calls/s', (events, calls) => {
    const rhythm = choose(events, calls);
    expect(rhythm.lookBack).toBe(Number.POSITIVE_INFINITY);
    expect(rhythm.ages).toEqual([120_000]);
    expect(rhythm.strained).toBe(false);
  });

  it.each([
    [100, 5],
    [300, 5],
    [300, 12.5],
    [1000, 12.5],
    [2000, 12.5],
  ])('plans no more than nine tenths of the calls at %i events/s and %f calls/s', (events, calls) => {
    const { poll, lookBack, ages, periods, page, strained } = choose(events, calls);
    const pages = (span: number): number => span / page + 0.5;
    const planned = periods.reduce(
      (sum, period) => sum + pages(period) / period,
      pages(lookBack + poll) / poll,
    );
    expect(planned * 1000).toBeLessThanOrEqual(0.9 * calls);
    expect(poll).toBeLessThanOrEqual(1500);
    expect(ages.length).toBeGreaterThan(1);
    expect(ages.at(-1)).toBe(120_000);
    expect([...ages].sort((a, b) => a - b)).toEqual(ages);
    expect(strained).toBe(false);
  });

  it('has more ages where more calls are allowed, and fewer where more comes', () => {
    const count = (events: number, calls: number): number => choose(events, calls).ages.length;
    expect(count(300, 12.5)).toBeGreaterThan(count(300, 5));
    expect(count(300, 12.5)).toBeGreaterThan(count(1000, 12.5));
    expect(count(1000, 12.5)).toBeGreaterThan(count(2000, 12.5));
  });

  it('drops ages where nothing fits, and says so', () => {
    for (const events of [3000, 10_000, 100_000])
      expect(choose(events, 5)).toMatchObject({ ages: [120_000], strained: true });
  });

  it('takes any lateness', () => {
    for (const lateness of [0, 1, 500, 1500, 2000, 10_000, 3_600_000]) {
      const { ages, periods, poll } = choose(300, 5, lateness);
      expect(ages.at(-1)).toBe(lateness);
      expect(periods.every((period) => period > 0)).toBe(true);
      expect(poll).toBeGreaterThanOrEqual(200);
    }
  });
});
