// The stage with threads, on a pool that answers when it is told to, in any order.

import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Evaluated, Pool } from '../../src/pipeline/stage.js';
import { createThreadedStage } from '../../src/pipeline/threaded.js';
import type { Payload, Source } from '../../src/sources/source.js';

const rule = { name: 'r', source: 's', priority: 4, tags: [] };

function testPool(threads: number) {
  const jobs: {
    readonly payloads: readonly Payload[];
    readonly resolve: (found: Evaluated) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  const pool: Pool = {
    threads,
    evaluate: (payloads) =>
      new Promise((resolve, reject) => {
        jobs.push({ payloads, resolve, reject });
      }),
  };
  const answer = (job: number): void =>
    jobs[job]!.resolve({
      events: jobs[job]!.payloads.length,
      seconds: job,
      alerts: jobs[job]!.payloads.map((payload) => ({ rule, line: `${payload}` })),
    });
  return { pool, jobs, answer };
}

function start(pool: Pool, commits = true) {
  const steps: string[] = [];
  const source: Source = {
    name: 's',
    plugin: 'p',
    maxEventSize: 1,
    batches: async function* () {},
    ...(commits && { commit: (position: unknown) => void steps.push(`commit ${position}`) }),
  };
  const output = {
    name: 'out',
    write: async (messages: readonly { readonly line: string }[]) => {
      await turn();
      steps.push(messages.map(({ line }) => line).join(' '));
    },
    flush: async () => {
      steps.push('flush');
      return true;
    },
    close: async () => {},
  };
  let counted = 0;
  const stage = createThreadedStage({
    source,
    unwrap: () => {},
    ruleset: () => ({ evaluate: () => [] }),
    outputs: [output],
    signal: new AbortController().signal,
    log: (_level, message) => void steps.push(message),
    onPassed: (count) => {
      counted += count;
      return undefined;
    },
    pool: () => pool,
  });
  return { stage, steps, counted: () => counted };
}

describe('the threaded stage', () => {
  it('writes and commits in order, whichever thread is first', async () => {
    const { pool, answer } = testPool(2);
    const { stage, steps, counted } = start(pool);
    await stage.handle({ payloads: ['a', 'b'], position: 1 });
    await stage.handle({ payloads: ['c'], position: 2 });
    answer(1);
    await turn();
    expect(steps).toEqual([]);
    answer(0);
    await stage.drain();
    expect(steps).toEqual(['a b', 'flush', 'commit 1', 'c', 'flush', 'commit 2']);
    expect(stage.counts()).toEqual({ events: 3, alerts: 3 });
    expect(counted()).toBe(3);
  });

  it('lets only so many jobs be under way', async () => {
    const { pool, jobs, answer } = testPool(1);
    const { stage } = start(pool);
    for (let i = 0; i < 3; i++) await stage.handle({ payloads: [`${i}`], position: i });
    let taken = false;
    const fourth = stage.handle({ payloads: ['3'], position: 3 }).then(() => {
      taken = true;
    });
    await turn();
    expect([jobs.length, taken]).toEqual([4, false]);
    answer(0);
    await fourth;
    for (let i = 1; i < 4; i++) answer(i);
    await stage.drain();
  });

  it('divides large batches, and needs no source that commits', async () => {
    const { pool, jobs, answer } = testPool(4);
    const { stage, steps } = start(pool, false);
    const text = 'x'.repeat(100_000);
    await stage.handle({ payloads: [text, text, text, 'y', 'x'.repeat(300_000), 'z'], position: undefined });
    expect(jobs.map(({ payloads }) => payloads.length)).toEqual([2, 2, 1, 1]);
    for (const job of jobs.keys()) answer(job);
    await stage.drain();
    expect(steps).toHaveLength(4);
  });

  it('fails where a thread fails, and commits nothing of that batch', async () => {
    const { pool, jobs, answer } = testPool(2);
    const { stage, steps } = start(pool);
    await stage.handle({ payloads: ['a'], position: 1 });
    await stage.handle({ payloads: ['b'], position: 2 });
    answer(0);
    jobs[1]!.reject(new Error('an evaluating thread ended: out of memory'));
    await expect(stage.drain()).rejects.toThrow('out of memory');
    expect(steps).toEqual(['a', 'flush', 'commit 1']);
  });
});
