import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createReloader, type DryRun } from '../../src/reload/reloader.js';

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await turn();
}

/** Waits that end when the test says so. */
function createPauses() {
  const waiting: (() => void)[] = [];
  return {
    pause: (signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
        signal?.addEventListener('abort', () => resolve());
      }),
    async pass(): Promise<void> {
      for (const resolve of waiting.splice(0)) resolve();
      await settle();
    },
  };
}

function started(results: DryRun<number>[], slow = false) {
  const events: string[] = [];
  const quiet = createPauses();
  const loading = createPauses();
  const reloader = createReloader<number>({
    waitQuiet: quiet.pause,
    dryRun: async () => {
      events.push('dry run');
      if (slow) await loading.pause();
      const result = results.shift();
      if (result === undefined) throw new Error('thrown');
      return result;
    },
    swap: async (loaded) => void events.push(`swap ${loaded}`),
    onFailure: (error) => events.push(`failure ${error}`),
  });
  return { events, reloader, quiet, loading };
}

const good = (loaded: number) => ({ ok: true as const, loaded });

test('many triggers, one dry run, one swap', async () => {
  const { events, reloader, quiet } = started([good(1)]);
  for (let n = 0; n < 5; n++) reloader.trigger();
  // The first one began a period of quiet, which the others broke.
  await quiet.pass();
  expect(events).toEqual([]);
  await quiet.pass();
  expect(events).toEqual(['dry run']);
  // Quiet again before what was loaded takes over.
  await quiet.pass();
  expect(events).toEqual(['dry run', 'swap 1']);
});

test('a failure is told, the next trigger starts afresh', async () => {
  const { events, reloader, quiet } = started([{ ok: false, error: 'bad' }, good(2)]);
  reloader.trigger();
  await quiet.pass();
  expect(events).toEqual(['dry run', 'failure bad']);
  reloader.trigger();
  await quiet.pass();
  await quiet.pass();
  expect(events).toEqual(['dry run', 'failure bad', 'dry run', 'swap 2']);
});

test('a trigger during the dry run or after it starts over', async () => {
  const { events, reloader, quiet, loading } = started([good(1), good(2), good(3)], true);
  reloader.trigger();
  await quiet.pass();
  reloader.trigger();
  await loading.pass();
  // What was loaded is old by now.
  expect(events).toEqual(['dry run']);
  await quiet.pass();
  await loading.pass();
  reloader.trigger();
  await quiet.pass();
  expect(events).toEqual(['dry run', 'dry run']);
  await quiet.pass();
  await loading.pass();
  await quiet.pass();
  expect(events).toEqual(['dry run', 'dry run', 'dry run', 'swap 3']);
});

test('a trigger right at the end of the work is not forgotten', async () => {
  const events: string[] = [];
  let again = true;
  const reloader = createReloader<number>({
    waitQuiet: async () => {},
    dryRun: async () => good(1),
    swap: async () => {
      events.push('swap');
      if (again) queueMicrotask(() => queueMicrotask(() => reloader.trigger()));
      again = false;
    },
    onFailure: () => {},
  });
  reloader.trigger();
  await settle();
  expect(events).toEqual(['swap', 'swap']);
});

test('a dry run that throws is a failure; after closing nothing starts', async () => {
  const { events, reloader, quiet } = started([]);
  reloader.trigger();
  await quiet.pass();
  expect(events).toEqual(['dry run', 'failure thrown']);
  reloader.trigger();
  await reloader.close();
  reloader.trigger();
  await quiet.pass();
  expect(events).toHaveLength(2);
});

test('without a wait of its own it is quiet for a tenth of a second', async () => {
  const begun = performance.now();
  await new Promise<void>((resolve) => {
    const reloader = createReloader<number>({
      dryRun: async () => good(1),
      swap: async () => resolve(),
      onFailure: () => {},
    });
    reloader.trigger();
  });
  expect(performance.now() - begun).toBeGreaterThanOrEqual(199);
});
