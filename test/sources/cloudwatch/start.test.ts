import { describe, expect, it } from 'vitest';
import type { Progress, Stored } from '../../../src/sources/cloudwatch/checkpoint/progress.js';
import type { Clock } from '../../../src/sources/cloudwatch/clock.js';
import { createServiceClock } from '../../../src/sources/cloudwatch/service-clock.js';
import { createStart } from '../../../src/sources/cloudwatch/start.js';

const NOW = Date.UTC(2026, 7, 2, 12);
const DAY = 86_400_000;

async function find(stored: Stored | undefined, maxCatchUp = 7 * DAY) {
  const lines: string[] = [];
  const clock: Clock = { now: () => NOW, elapsed: () => 0, sleep: async () => {}, random: () => 0 };
  const progress: Progress = {
    seed: () => 0,
    claim: async () => true,
    rest: () => {},
    release: async () => {},
    load: async () => stored,
    begin: async () => {},
    save: async () => {},
  };
  const start = createStart({
    call: async () => ({ events: [], serverTime: NOW }),
    service: createServiceClock(clock),
    clock,
    progress,
    from: NOW - 1000,
    fromNow: true,
    maxCatchUp,
    log: (level, line) => lines.push(`${level} ${line}`),
    complain: () => {},
  });
  return { ...(await start.find(new AbortController().signal)), lines };
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
    const { settled, lines } = await find(remembered(NOW + DAY));
    expect(settled).toBe(NOW - 300_000);
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
