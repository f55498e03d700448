import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ALL_TROUBLE } from '../../../demo/endpoint/trouble.js';
import { createCompany } from '../../../src/sources/cloudwatch/calls.js';
import { payloadTexts } from '../../../src/sources/files/lines.js';
import type { Source } from '../../../src/sources/source.js';
import { auditIdOf, CLUSTER, createSource, createStage, type Stage } from './endpoint-run.js';

let folder: string;
let stage: Stage | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-cloudwatch-'));
});

afterEach(async () => {
  await stage?.endpoint.close();
  stage = undefined;
  rmSync(folder, { recursive: true });
});

// Reads until `enough` says so; counts deliveries by audit id.
async function collect(
  source: Source,
  enough: (counts: Map<string, number>) => boolean,
  counts = new Map<string, number>(),
  milliseconds = 30_000,
): Promise<Map<string, number>> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), milliseconds);
  for await (const batch of source.batches(stop.signal)) {
    for (const payload of batch.payloads.flatMap(payloadTexts)) {
      JSON.parse(payload);
      const id = auditIdOf(payload);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    await source.commit?.(batch.position);
    if (enough(counts)) stop.abort();
  }
  clearTimeout(timer);
  return counts;
}

function writeMany(to: Stage, count: number, from: number, until: number): string[] {
  return Array.from({ length: count }, (_, i) => to.write(Math.floor(from + ((until - from) * i) / count)));
}

describe('CloudWatch source', () => {
  it('delivers what arrives while it runs, once, with every trouble at once', async () => {
    stage = await createStage({ ...ALL_TROUBLE, lateness: 4500 });
    const start = Date.now() - 3000;
    const ids = writeMany(stage, 3000, start, Date.now() + 3000);
    const source = createSource({
      url: stage.endpoint.url,
      from: start,
      cursor: { lateness: 5000, pollingInterval: 300 },
    });
    // Longer than until the last one, so that repetitions would show.
    let end = Number.POSITIVE_INFINITY;
    setTimeout(() => stage?.write(Date.now()), 12_000);
    const counts = await collect(source, (all) => {
      if (all.size >= ids.length) end = Math.min(end, Date.now() + 2500);
      return Date.now() > end;
    });
    expect(ids.filter((id) => counts.get(id) !== 1)).toEqual([]);
    expect(Math.max(...counts.values())).toBe(1);
    const metrics = source.metrics();
    expect(metrics.joined).toBeGreaterThan(0);
    expect(metrics.duplicates).toBeGreaterThan(0);
    expect(metrics.throttles).toBeGreaterThan(0);
    expect(source.summary?.()[0]).toMatch(/^CloudWatch my-cluster: \d+ log events in \d+ calls, /);
  });

  it('goes on behind its checkpoint after a crash, and repeats only what was not committed', async () => {
    stage = await createStage({ split: 0.05 });
    const start = Date.now() - 20_000;
    const ids = writeMany(stage, 4000, start, Date.now() - 100);
    const checkpoint = join(folder, 'deep', 'checkpoint');
    const counts = new Map<string, number>();
    const setup = {
      url: stage.endpoint.url,
      from: start,
      checkpoint,
      cursor: { lateness: 4000, pollingInterval: 200 },
    };
    // The first ends without committing its last batch.
    const stop = new AbortController();
    let batches = 0;
    let uncommitted = 0;
    const first = createSource(setup);
    for await (const batch of first.batches(stop.signal)) {
      for (const payload of batch.payloads.flatMap(payloadTexts)) counts.set(auditIdOf(payload), 1);
      if (++batches < 3) {
        await first.commit?.(batch.position);
        continue;
      }
      uncommitted = batch.payloads.flatMap(payloadTexts).length;
      stop.abort();
      break;
    }
    expect(counts.size).toBeGreaterThan(0);
    const wanted = ids.length;
    await collect(createSource({ ...setup, from: Date.now() }), (all) => all.size >= wanted, counts);
    expect(ids.filter((id) => !counts.has(id))).toEqual([]);
    const repeats = [...counts.values()].filter((count) => count > 1).length;
    expect(repeats).toBeLessThanOrEqual(uncommitted);
    expect(JSON.parse(readFileSync(checkpoint, 'utf8').split('\n')[0]!)).toMatchObject({
      group: `/aws/eks/${CLUSTER}/cluster`,
    });
  });

  it('reads a range and ends', async () => {
    stage = await createStage({ emptyPages: 0.2, repeats: 0.5 });
    const now = Date.now();
    const ids = writeMany(stage, 5000, now - 3_600_000, now);
    const inside = ids.slice(1000, 4000);
    const from = Math.floor(now - 3_600_000 + 0.2 * 3_600_000);
    const until = Math.floor(now - 3_600_000 + 0.8 * 3_600_000) - 1;
    const source = createSource({ url: stage.endpoint.url, from, until });
    const counts = await collect(source, () => false);
    expect([...counts.keys()].sort()).toEqual(inside.sort());
    expect(Math.max(...counts.values())).toBe(1);
    expect(source.metrics().done).toBe(1);
  });

  it('ends with a plain line where someone must change the configuration', async () => {
    stage = await createStage();
    const source = createSource({ url: stage.endpoint.url, from: Date.now(), cluster: 'elsewhere' });
    await expect(collect(source, () => false)).rejects.toThrow(
      /^log group \/aws\/eks\/elsewhere\/cluster does not exist in region us-east-1: .*audit logging of the control plane is on/,
    );
  });

  it('ends where no cluster at all can be read', async () => {
    stage = await createStage();
    const { url } = stage.endpoint;
    const company = createCompany(2);
    const ends = ['one', 'two'].map((cluster) =>
      collect(createSource({ url, from: Date.now(), cluster, company }), () => false).then(
        () => 'end',
        ({ message }: Error) => message.slice(0, 50),
      ),
    );
    // Whoever fails last ends: the session then stops the others.
    expect(await Promise.race(ends)).toMatch(/^log group \/aws\/eks\/(one|two)\/cluster does not exist/);
  });

  it('goes on trying beside other clusters, and reads once the log group is there', async () => {
    stage = await createStage();
    const lines: string[] = [];
    const source = createSource({
      url: stage.endpoint.url,
      from: Date.now() - 1000,
      cluster: 'elsewhere',
      company: createCompany(2),
      log: (level, line) => lines.push(`${level} ${line.slice(0, 32)}`),
    });
    const { store } = stage;
    const message = '{"kind":"Event","auditID":"E"}';
    setTimeout(() => {
      store.put(
        '/aws/eks/elsewhere/cluster',
        { stream: 'kube-apiserver-audit-1', timestamp: Date.now(), message },
        0,
      );
    }, 500);
    const counts = await collect(source, (all) => all.size > 0);
    expect([...counts]).toEqual([['E', 1]]);
    expect(lines).toEqual(['error elsewhere: log group /aws/eks/el']);
  });

  it.each([-600_000, 600_000])(
    'reckons with a clock that differs from the service’s by %i ms',
    async (skew) => {
      stage = await createStage({ skew });
      const source = createSource({
        url: stage.endpoint.url,
        from: Date.now() - 1000,
        fromNow: true,
        cursor: { lateness: 2000, pollingInterval: 200 },
      });
      const ids: string[] = [];
      const timer = setInterval(() => ids.push(stage!.write(Date.now() + skew)), 50);
      setTimeout(() => clearInterval(timer), 4000);
      const counts = await collect(source, () => false, new Map(), 7500);
      expect(ids.length).toBeGreaterThan(20);
      expect(ids.map((id) => counts.get(id))).toEqual(ids.map(() => 1));
      // The sweep lane keeps step with the service's clock too.
      expect(source.metrics().lag).toBeLessThan(3000);
    },
  );

  it('waits for an endpoint that cannot be reached, says so once, and goes on when it is back', async () => {
    stage = await createStage();
    const lines: string[] = [];
    const start = Date.now();
    stage.endpoint.trouble({ serverErrors: 1 });
    const id = stage.write(start);
    const source = createSource({
      url: stage.endpoint.url,
      from: start - 1000,
      cursor: { pollingInterval: 100 },
      log: (level, line) => lines.push(`${level} ${line}`),
    });
    setTimeout(() => stage!.endpoint.trouble({ serverErrors: 0 }), 1500);
    const counts = await collect(source, (all) => all.size > 0);
    expect(counts.get(id)).toBe(1);
    expect(lines.filter((line) => line.startsWith('warning'))).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^warning my-cluster: CloudWatch Logs in region us-east-1 answered with error 503/,
    );
  });

  it('reads once more at a stop what came late, and says which span is not settled', async () => {
    stage = await createStage();
    const { store, url } = { store: stage.store, url: stage.endpoint.url };
    const now = Date.now();
    const source = createSource({
      url,
      from: now - 60_000,
      stopTimeout: 60_000,
      cursor: { pollingInterval: 3_600_000 },
    });
    const first = stage.write(now - 50_000);
    const stop = new AbortController();
    const ids: string[] = [];
    for await (const { payloads } of source.batches(stop.signal)) {
      ids.push(...payloads.flatMap(payloadTexts).map(auditIdOf));
      if (stop.signal.aborted || !ids.includes(first)) continue;
      // Late by 55 s; the next poll would be in an hour.
      const message = '{"kind":"Event","auditID":"late"}';
      store.put(
        `/aws/eks/${CLUSTER}/cluster`,
        { stream: 'kube-apiserver-audit-1', timestamp: now - 55_000, message },
        0,
      );
      stop.abort();
    }
    expect(ids).toEqual([first, 'late']);
    expect(source.summary?.()[1]).toMatch(
      /^CloudWatch my-cluster: 20\S+Z to 20\S+Z is not settled \(read a last time\): what arrives late in it is not seen without a checkpoint$/,
    );
  });

  it('stops soon while it waits', async () => {
    const source = createSource({ url: 'http://127.0.0.1:9', from: Date.now() });
    const stop = new AbortController();
    const reading = source.batches(stop.signal)[Symbol.asyncIterator]().next();
    await sleep(300);
    const aborted = Date.now();
    stop.abort();
    expect(await reading).toEqual({ value: undefined, done: true });
    expect(Date.now() - aborted).toBeLessThan(1000);
  });

  it('does not run ahead of a slow consumer', async () => {
    stage = await createStage();
    const now = Date.now();
    writeMany(stage, 60_000, now - 60_000, now - 1000);
    const source = createSource({ url: stage.endpoint.url, from: now - 60_000, until: now });
    const { endpoint } = stage;
    const calls = () => endpoint.calls()['FilterLogEvents'] ?? 0;
    let ahead = -1;
    for await (const _ of source.batches(new AbortController().signal)) {
      if (ahead >= 0) continue;
      // It reads some pages ahead, and then no more.
      await vi.waitUntil(
        () => {
          const still = calls() === ahead;
          ahead = calls();
          return still;
        },
        { interval: 500, timeout: 20_000 },
      );
      await sleep(500);
      expect(calls()).toBe(ahead);
    }
    // There was more to read.
    expect(calls()).toBeGreaterThan(ahead);
  });

  it('reports truncated events with what can be read of them', async () => {
    stage = await createStage();
    const lines: string[] = [];
    const now = Date.now();
    const message = `{"kind":"Event","auditID":"A-1","verb":"create","user":{"username":"bob"},"objectRef":{"resource":"secrets","name":"s"},"requestObject":{"data":"xx[Truncated...]`;
    stage.store.put(
      `/aws/eks/${CLUSTER}/cluster`,
      { stream: 'kube-apiserver-audit-1', timestamp: now - 10, message },
      now,
    );
    stage.write(now - 5);
    const source = createSource({
      url: stage.endpoint.url,
      from: now - 1000,
      log: (_, line) => lines.push(line),
    });
    await collect(source, (all) => all.size > 0);
    expect(source.metrics().truncated).toBe(1);
    expect(lines).toEqual([
      `my-cluster: truncated log line, can't be parsed: ${message.length} characters, auditID=A-1 verb=create user=bob resource=secrets name=s`,
    ]);
  });
});
