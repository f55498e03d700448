import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Coverage,
  cover,
  forgetCovered,
  frontier,
  NOTHING_READ,
  readAtAge,
  unreadAtAge,
} from '../../../../src/sources/cloudwatch/cursor/coverage.js';

const AFTER = 10;
const END = 40;
const passes = fc.array(
  fc.record({
    from: fc.integer({ min: 5, max: END }),
    length: fc.nat({ max: 12 }),
    started: fc.integer({ min: 0, max: 60 }),
  }),
  { maxLength: 12 },
);

// The same, millisecond by millisecond: when each was last read.
function simply(all: readonly { from: number; length: number; started: number }[]): Map<number, number> {
  const read = new Map<number, number>();
  for (const { from, length, started } of all)
    for (let time = Math.max(from, AFTER + 1); time <= from + length; time++)
      read.set(time, Math.max(read.get(time) ?? Number.NEGATIVE_INFINITY, started));
  return read;
}

function coverageOf(all: readonly { from: number; length: number; started: number }[]): Coverage {
  return all.reduce(
    (coverage, { from, length, started }) => cover(coverage, AFTER, { from, to: from + length, started }),
    NOTHING_READ,
  );
}

describe('coverage', () => {
  it('knows of each moment when it was last read', () => {
    fc.assert(
      fc.property(passes, fc.nat({ max: 30 }), (all, age) => {
        const coverage = coverageOf(all);
        const read = simply(all);
        const done = (time: number): boolean => (read.get(time) ?? Number.NEGATIVE_INFINITY) - time >= age;
        let reached = AFTER;
        while (done(reached + 1)) reached++;
        expect(readAtAge(coverage, AFTER, age)).toBe(reached);
        expect(frontier(coverage, AFTER)).toBe(Math.max(AFTER, ...read.keys()));
        for (let i = 1; i < coverage.length; i++)
          expect(coverage[i]!.to).toBeGreaterThan(coverage[i - 1]!.to);
      }),
    );
  });

  it('finds the first stretch that has not been read at an age', () => {
    fc.assert(
      fc.property(
        passes,
        fc.nat({ max: 30 }),
        fc.integer({ min: 11, max: 60 }),
        fc.nat({ max: 30 }),
        (all, age, from, length) => {
          const read = simply(all);
          const to = from + length;
          const done = (time: number): boolean => (read.get(time) ?? Number.NEGATIVE_INFINITY) - time >= age;
          let begin = from;
          while (begin <= to && done(begin)) begin++;
          let end = begin;
          while (end < to && !done(end + 1)) end++;
          const found = unreadAtAge(coverageOf(all), AFTER, age, from, to);
          expect(found).toEqual(begin > to ? undefined : { from: begin, to: end });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('forgets what is settled', () => {
    const coverage = coverageOf([
      { from: 11, length: 4, started: 20 },
      { from: 16, length: 4, started: 30 },
    ]);
    expect(forgetCovered(coverage, 15)).toEqual([{ to: 20, started: 30 }]);
  });
});
