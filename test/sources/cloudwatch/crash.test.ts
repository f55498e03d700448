import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder, live, makeDice, START, type Stored } from './crash-model.js';

/** TSFALCO_SCHEDULES=20000 for a night. */
const SCHEDULES = Number(process.env['TSFALCO_SCHEDULES'] ?? 300);
const PATIENCE = 60_000 + SCHEDULES * 60;

const schedules = fc.record({
  seed: fc.integer({ min: 1, max: 0x7fff_ffff }),
  lateness: fc.constantFrom(4000, 10_000, 40_000),
  pollingInterval: fc.constantFrom(100, 1000, 5000),
  callsPerSecond: fc.constantFrom(0.5, 5, 1000),
  minLookBack: fc.constantFrom(0, 500, 2000),
  maxSeen: fc.constantFrom(3, 20, 1_000_000),
  pageSize: fc.integer({ min: 1, max: 40 }),
  callTime: fc.constantFrom(1, 50, 900),
  spread: fc.constantFrom(0, 1, 5, 60),
  crashes: fc.constantFrom(0, 0.01, 0.05, 0.2),
  stops: fc.constantFrom(0, 0.01, 0.05),
  stopTimeout: fc.constantFrom(0, 10, 3000),
  downtime: fc.constantFrom(1, 3000, 200_000),
  full: fc.constantFrom(0, 0, 0.1),
  before: fc.constantFrom(0, 0, 1000, -1000, 100_000, -100_000, 600_000, -600_000),
  after: fc.constantFrom(0, 0, 1000, 50_000, -50_000, 600_000),
  changes: fc.nat({ max: 60_000 }),
  events: fc.array(
    fc.record({
      at: fc.nat({ max: 1000 }),
      delay: fc.nat({ max: 1000 }),
      stream: fc.nat({ max: 3 }),
      pieces: fc.constantFrom(1, 1, 1, 2, 3),
      gap: fc.constantFrom(0, 0, 500, 3000),
    }),
    { maxLength: 60 },
  ),
});

type Schedule = typeof schedules extends fc.Arbitrary<infer T> ? T : never;

/** The service tells its time in seconds, and clocks that differ by less than two are taken for equal. */
const UNSURE_MS = 3500;

// From the first moment on, some visible at once, some at the last moment; many share a millisecond; some are split.
function store({ events, spread, lateness }: Schedule): Stored[] {
  let count = 0;
  return events
    .flatMap(({ at, delay, stream, pieces, gap }, i) => {
      const timestamp = START + 2500 + at * spread;
      const most = lateness - UNSURE_MS;
      // A stream is written in order: nothing comes between the pieces of an event.
      const alone = !events.some(
        (other, j) => j !== i && (other.at === at || spread === 0) && other.stream === stream,
      );
      const between = alone ? gap : 0;
      const visible = (piece: number): number =>
        timestamp + Math.min(most, Math.floor((delay * most) / 1000) + piece * between);
      const text = `{"kind":"Event","auditID":"${i}","stage":"ResponseComplete"}`;
      const length = Math.ceil(text.length / pieces);
      return Array.from({ length: pieces }, (_, k) => ({
        id: `${1_000_000 + count++}`,
        stream: `s${stream}`,
        timestamp,
        ingestion: visible(k),
        message: text.slice(k * length, (k + 1) * length),
        visible: visible(k),
      }));
    })
    .sort(inOrder);
}

async function lives(schedule: Schedule) {
  return live({
    ...schedule,
    events: store(schedule),
    cursor: schedule,
    skew: [schedule.before, schedule.after],
    dice: makeDice(schedule.seed),
  });
}

describe('CloudWatch source over crashes', () => {
  it(
    'loses nothing, whatever kills it, and repeats only what was not committed',
    async () => {
      await fc.assert(
        fc.asyncProperty(schedules, async (schedule) => {
          const { counts, uncommitted, mostUncommitted, largestBatch } = await lives(schedule);
          expect(counts.size).toBe(schedule.events.length);
          for (const [id, count] of counts) if (count > 1) expect(uncommitted.has(id)).toBe(true);
          if (schedule.full === 0) expect(mostUncommitted).toBeLessThanOrEqual(largestBatch);
          if (schedule.crashes === 0 && schedule.full === 0)
            expect([...counts.values()].every((count) => count === 1)).toBe(true);
        }),
        { numRuns: SCHEDULES },
      );
    },
    PATIENCE,
  );
});
