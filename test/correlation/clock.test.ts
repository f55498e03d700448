import { describe, expect, it } from 'vitest';
import { createClock } from '../../src/correlation/clock.js';

const SECOND = 1_000_000;

describe('event time of several sources', () => {
  it('is that of the one that is furthest behind, by the lateness', () => {
    let now = 0;
    const clock = createClock(60 * SECOND, () => now);
    const [a, b] = [clock.open(), clock.open()];
    a.seen(1000 * SECOND);
    b.seen(900 * SECOND);
    expect(clock.passed()).toBe(840 * SECOND);
    // One that is silent holds nobody up.
    now = 61_000;
    a.seen(1100 * SECOND);
    expect(clock.passed()).toBe(1040 * SECOND);
    b.end();
    a.end();
    expect(clock.passed()).toBe(1100 * SECOND + 1);
  });

  it('is what a source says of itself, through outages', () => {
    let now = 0;
    const clock = createClock(60 * SECOND, () => now);
    const a = clock.open();
    a.seen(1000 * SECOND);
    a.settled(700 * SECOND);
    now = 3_600_000;
    expect(clock.passed()).toBe(700 * SECOND);
    a.settled(990 * SECOND);
    expect(clock.passed()).toBe(940 * SECOND);
  });

  it('does not run ahead where new events of a source come before old ones', () => {
    const clock = createClock(60 * SECOND, () => 0);
    const a = clock.open();
    a.settled(Number.NEGATIVE_INFINITY);
    a.seen(1000 * SECOND);
    expect(clock.passed()).toBe(Number.NEGATIVE_INFINITY);
    a.settled(800 * SECOND);
    expect(clock.passed()).toBe(800 * SECOND);
  });

  it('goes on by the machine where nothing comes from anywhere', () => {
    let now = 0;
    const clock = createClock(60 * SECOND, () => now);
    clock.open().seen(1000 * SECOND);
    now = 100_000;
    expect(clock.passed()).toBe(980 * SECOND);
  });
});
