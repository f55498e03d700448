import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createReloader, type DryRun } from '../../src/reload/reloader.js';
import { until } from '../outputs/helpers.js';

function started(results: DryRun<number>[], dryRunMs = 0) {
  const events: string[] = [];
  const reloader = createReloader<number>({
    quietMs: 40,
    dryRun: async () => {
      events.push('dry run');
      if (dryRunMs > 0) await sleep(dryRunMs);
      const result = results.shift();
      if (result === undefined) throw new Error('thrown');
      return result;
    },
    swap: async (loaded) => void events.push(`swap ${loaded}`),
    onFailure: (error) => events.push(`failure ${error}`),
  });
  return { events, reloader };
}

const good = (loaded: number) => ({ ok: true as const, loaded });

test('many triggers, one dry run, one swap', async () => {
  const { events, reloader } = started([good(1)]);
  for (let n = 0; n < 5; n++) {
    reloader.trigger();
    await sleep(10);
  }
  expect(events).toEqual([]);
  await until(() => events.length === 2);
  expect(events).toEqual(['dry run', 'swap 1']);
});

test('a failure is told, the next trigger starts afresh', async () => {
  const { events, reloader } = started([{ ok: false, error: 'bad' }, good(2)]);
  reloader.trigger();
  await until(() => events.length === 2);
  await sleep(100);
  reloader.trigger();
  await until(() => events.length === 4);
  expect(events).toEqual(['dry run', 'failure bad', 'dry run', 'swap 2']);
});

test('a trigger during the dry run or after it starts over', async () => {
  const { events, reloader } = started([good(1), good(2), good(3)], 50);
  reloader.trigger();
  await until(() => events.length === 1);
  reloader.trigger();
  await until(() => events.length === 2);
  await sleep(60);
  reloader.trigger();
  await until(() => events.includes('swap 3'));
  expect(events).toEqual(['dry run', 'dry run', 'dry run', 'swap 3']);
});

test('a trigger right at the end of the work is not forgotten', async () => {
  const events: string[] = [];
  let again = true;
  const reloader = createReloader<number>({
    quietMs: 5,
    dryRun: async () => good(1),
    swap: async () => {
      events.push('swap');
      if (again) queueMicrotask(() => queueMicrotask(() => reloader.trigger()));
      again = false;
    },
    onFailure: () => {},
  });
  reloader.trigger();
  await until(() => events.length === 2);
});

test('a dry run that throws is a failure; after closing nothing starts', async () => {
  const { events, reloader } = started([]);
  reloader.trigger();
  await until(() => events.length === 2);
  expect(events).toEqual(['dry run', 'failure thrown']);
  reloader.trigger();
  await reloader.close();
  reloader.trigger();
  await sleep(100);
  expect(events).toHaveLength(2);
});
