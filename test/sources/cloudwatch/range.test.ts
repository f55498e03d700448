import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/sources/cloudwatch/calls.js';
import type { LogEvent, LogRequest } from '../../../src/sources/cloudwatch/client-types.js';
import { readRange } from '../../../src/sources/cloudwatch/range.js';
import type { RangePage } from '../../../src/sources/cloudwatch/range-window.js';
import { inOrder, makeDice, START } from './crash-model.js';

const SCHEDULES = Math.ceil(Number(process.env['TSFALCO_SCHEDULES'] ?? 500) / 2);
const NEVER = new AbortController().signal;

const schedules = fc.record({
  seed: fc.integer({ min: 1, max: 0x7fff_ffff }),
  length: fc.constantFrom(0, 1, 5000, 60_000, 7_200_000),
  pageSize: fc.integer({ min: 1, max: 40 }),
  /** All events in so small a part of the range. */
  part: fc.constantFrom(1, 0.1, 0.001),
  /** How long the taker takes for a page. */
  turns: fc.constantFrom(0, 300),
  events: fc.array(fc.tuple(fc.nat({ max: 1200 }), fc.nat({ max: 3 })), { maxLength: 200 }),
});

// As the service, with answers that come in any order, fail, repeat events, reject tokens.
function service(events: readonly LogEvent[], pageSize: number, dice: () => number) {
  let calls = 0;
  let running = 0;
  let most = 0;
  return {
    calls: () => calls,
    most: () => most,
    async read({ startTime, endTime, nextToken }: LogRequest): Promise<Answer> {
      calls++;
      most = Math.max(most, ++running);
      for (let turns = Math.floor(10 * dice()); turns > 0; turns--) await Promise.resolve();
      running--;
      if (dice() < 0.05) return 'failed';
      if (nextToken !== undefined && dice() < 0.03) return 'rejected';
      if (dice() < 0.1) return { events: [], nextToken: nextToken ?? '0' };
      const all = events.filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime!);
      const at = Number(nextToken ?? 0);
      const to = at + 1 + Math.floor((pageSize - 1) * dice());
      const page = all.slice(Math.max(0, at - (dice() < 0.2 ? 3 : 0)), to);
      return { events: page, nextToken: to < all.length ? `${to}` : undefined };
    },
  };
}

describe('range', () => {
  it('gives every event of it once and in order, whatever the paging, repetition and errors', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async ({ seed, length, pageSize, events, part, turns }) => {
        const all = events
          .map(([at, stream], i): LogEvent => {
            const timestamp = START + Math.floor((at * length * part) / 1000);
            return { id: `${1000 + i}`, stream: `s${stream}`, timestamp, ingestion: timestamp, message: 'x' };
          })
          .sort(inOrder);
        const until = START + length;
        const { read } = service(all, pageSize, makeDice(seed));
        const pages: RangePage[] = [];
        const options = { from: START, until, read, onStuck: () => {} };
        for await (const page of readRange(options, NEVER)) {
          pages.push(page);
          for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        }
        const wanted = all.filter(({ timestamp }) => timestamp <= until);
        const given = pages.flatMap((page) => page.events);
        expect(given.map(({ id }) => id).sort()).toEqual(wanted.map(({ id }) => id).sort());
        expect(pages.at(-1)!.settled).toBe(until);
        // Nothing comes that an earlier page said was over.
        let settled = Number.NEGATIVE_INFINITY;
        for (const page of pages) {
          for (const { timestamp } of page.events) expect(timestamp).toBeGreaterThan(settled);
          expect(page.settled).toBeGreaterThanOrEqual(settled);
          settled = page.settled;
        }
      }),
      { numRuns: SCHEDULES },
    );
  }, 120_000);

  it('reads several windows at a time, and not far ahead of who takes the pages', async () => {
    const all = Array.from({ length: 20_000 }, (_, i): LogEvent => {
      const timestamp = START + i * 10;
      return { id: `${i}`, stream: 's', timestamp, ingestion: timestamp, message: 'x' };
    });
    const { read, calls, most } = service(all, 100, () => 0.5);
    let pages = 0;
    let ahead = 0;
    for await (const page of readRange(
      { from: START, until: START + 200_000, read, onStuck: () => {} },
      NEVER,
    )) {
      if (page.events.length > 0) pages++;
      for (let turns = 0; turns < 100; turns++) await Promise.resolve();
      ahead = Math.max(ahead, calls() - pages);
    }
    expect(most()).toBe(6);
    // A dozen wait, six are on their way; some pages were empty.
    expect(ahead).toBeLessThan(12 + 6 + 20);
  });

  it('asks of a quiet log group in a few calls', async () => {
    const hour = 3_600_000;
    const all = Array.from(
      { length: 80 },
      (_, i): LogEvent => ({
        id: `${i}`,
        stream: 's',
        timestamp: START + i * 180_000,
        ingestion: START,
        message: 'x',
      }),
    );
    const { read, calls } = service(all, 1000, () => 0.5);
    let given = 0;
    const options = { from: START, until: START + 4 * hour, read, onStuck: () => {} };
    for await (const page of readRange(options, NEVER)) given += page.events.length;
    expect(given).toBe(80);
    expect(calls()).toBeLessThan(25);
  });

  it('says that a window leads nowhere, and ends with the abort and with a fault', async () => {
    const stop = new AbortController();
    let stuck = 0;
    const onStuck = (): void => {
      stuck++;
      if (stuck === 3) stop.abort();
    };
    const empty = async (): Promise<Answer> => ({ events: [], nextToken: 'again' });
    for await (const _ of readRange(
      { from: START, until: START + 5000, read: empty, onStuck },
      stop.signal,
    )) {
      throw new Error('no page was to come');
    }
    expect(stuck).toBeGreaterThanOrEqual(3);
    const failing = async (): Promise<Answer> => {
      throw new Error('denied');
    };
    const reading = readRange({ from: START, until: START + 5000, read: failing, onStuck }, NEVER);
    await expect(reading.next()).rejects.toThrow('denied');
  });
});
