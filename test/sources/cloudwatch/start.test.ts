import { describe, expect, it } from 'vitest';
import type { Progress, Stored } from '../../../src/sources/cloudwatch/checkpoint/progress.js';
import type { Clock } from '../../../src/sources/cloudwatch/clock.js';
import { createServiceClock } from '../../../src/sources/cloudwatch/service-clock.js';
import { createStart } from '../../../src/sources/cloudwatch/start.js';

const NOW = Date.UTC(2026, 7, 2, 12);
const DAY = 86_400_000;

interface Odd {
  readonly maxCatchUp?: number;
  /** By how much this machine's clock is ahead, milliseconds. */
  readonly ahead?: number;
  /** The run is stopped while the service answers. */
  readonly stops?: boolean;
}

async function find(
  stored: Stored | undefined,
  { maxCatchUp = 7 * DAY, ahead = 0, stops = false }: Odd = {},
) {
  const lines: string[] = [];
  const noted: (readonly [number, boolean])[] = [];
  const stop = new AbortController();
  const clock: Clock = { now: () => NOW + ahead, elapsed: () => 0, sleep: async () => {}, random: () => 0 };
  const progress: Progress = {
    seed: () => 0,
    claim: async () => true,
    confirm: async () => {},
    rest: () => {},
    release: async () => {},
    load: async () => stored,
    begin: async (settled, guessed) => {
      noted.push([settled, guessed]);
    },
    save: async () => {},
  };
  const start = createStart({
    call: async () => {
      if (stops) stop.abort();
      return { events: [], serverTime: NOW };
    },
    service: createServiceClock(clock),
    clock,
    progress,
    from: NOW + ahead - 1000,
    fromNow: true,
    maxCatchUp,
    log: (level, line) => lines.push(`${level} ${line}`),
    complain: () => {},
  });
  return { ...(await start.find(stop.signal)), lines, noted };
}

const remembered = (settled: number, more: Partial<Stored> = {}): Stored => ({
  settled,
  seen: [],
  guessed: false,
  cautious: NOW - 300_000,
  ...more,
});

describe('a start with a checkpoint', () => {
  it('goes on where it was, and passes on what is wrong with the file', async () => {
    expect(await find(remembered(NOW - DAY))).toMatchObject({
      settled: NOW - DAY,
      remembered: true,
      lines: [],
    });
    expect((await find(remembered(NOW - DAY, { warning: 'spoilt' }))).lines).toEqual(['warning spoilt']);
  });

  it('believes no time that is yet to come, so that nobody can hide what happens until then', async () => {
    const { settled, lines, noted } = await find(remembered(NOW + DAY));
    expect(settled).toBe(NOW - 300_000);
    // So that what is read from there on is remembered.
    expect(noted).toEqual([[NOW - 300_000, false]]);
    expect(lines).toEqual([
      'warning the checkpoint says that 2026-08-03T12:00:00.000Z has been read, which is yet to come; reading goes on at 2026-08-02T11:55:00.000Z: events may come again',
    ]);
    expect(await find(remembered(Number.MAX_SAFE_INTEGER))).toMatchObject({ settled: NOW - 300_000 });
  });

  it('reaches back so far and no further, and says what is skipped', async () => {
    const { settled, lines } = await find(remembered(NOW - 9 * DAY));
    expect(settled).toBe(NOW - 7 * DAY);
    expect(lines).toEqual([
      'warning the checkpoint is too old: what happened from 2026-07-24T12:00:00.000Z to 2026-07-26T12:00:00.000Z is skipped (max_catch_up in init_config)',
    ]);
  });
});

describe('a start that is reckoned by this machine’s clock', () => {
  const guess = (settled: number): Stored => remembered(settled, { guessed: true });
  // The service tells whole seconds.
  const START = NOW - 1001 + 500;

  it('is corrected as soon as the service has told its time, also where the run is stopped just then', async () => {
    for (const stops of [false, true]) {
      const { settled, noted } = await find(undefined, { ahead: 600_000, stops });
      expect(noted).toEqual([
        [NOW + 600_000 - 1001, true],
        [START, false],
      ]);
      expect(settled).toBe(stops ? undefined : START);
    }
  });

  it('is not moved into the future where the clock was wrong in the last run, nor forward where it is wrong now', async () => {
    expect(await find(guess(NOW + 600_000))).toMatchObject({ settled: NOW - 300_000 });
    expect(await find(guess(NOW - 90_000), { ahead: -60_000 })).toMatchObject({ settled: NOW - 90_000 });
    expect(await find(guess(NOW + 500_000), { ahead: 600_000 })).toMatchObject({ settled: NOW - 99_500 });
  });
});
