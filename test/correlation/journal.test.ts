import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Correlator, createCorrelator } from '../../src/correlation/correlator.js';
import { isJournalRecord, openJournal } from '../../src/correlation/journal.js';
import type { Firing, Match, Plan } from '../../src/engine/correlation/match.js';
import type { Alert } from '../../src/engine/rules/alert/alert.js';
import { createCheckpoint } from '../../src/sources/checkpoint/file.js';
import { LIMITS, plan, randomOf, shuffled, stream } from '../engine/correlation/support.js';

const SCHEDULES = Number(process.env['TSFALCO_SCHEDULES'] ?? 15);
const LATENESS = 120;
const SECOND = 1_000_000;

const PLANS: readonly Plan[] = [
  plan({ timespan: 100 * SECOND, suppress: 100 * SECOND }),
  plan({ type: 'value_count', timespan: 100 * SECOND, least: 4, suppress: 300 * SECOND }),
  plan({ type: 'temporal_ordered', steps: 2, timespan: 200 * SECOND, suppress: 0 }),
  plan({ type: 'absence', least: 1, timespan: 90 * SECOND }),
];

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-journal-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rule = { name: 'c', source: 's', priority: 1, tags: [] };
const correlations = (plans: readonly Plan[]) => ({
  plans,
  isAlert: () => true,
  alertOf: (firing: Firing): Alert => ({
    rule,
    line: JSON.stringify({ ...firing, plan: plans[firing.plan]!.identity }),
  }),
});

async function open(path: string | undefined, plans = PLANS): Promise<Correlator> {
  const options = { limits: LIMITS, lateness: LATENESS * SECOND, warn: () => {} };
  if (path === undefined) return createCorrelator(options, correlations(plans));
  const correlator = standingBy(path, plans);
  await correlator.begin();
  return correlator;
}

/** One that has not begun. */
function standingBy(path: string, plans = PLANS): Correlator {
  const options = { limits: LIMITS, lateness: LATENESS * SECOND, warn: () => {} };
  const file = createCheckpoint(path, isJournalRecord);
  const opening = (now: readonly Plan[]) => openJournal(file, path, { plans: now, limits: LIMITS });
  return createCorrelator({ ...options, open: opening }, correlations(plans));
}

const lines = (alerts: readonly Alert[]): readonly string[] => alerts.map(({ line }) => line);

function batchesOf(seed: number): readonly (readonly Match[])[] {
  const random = randomOf(seed);
  const matches = stream(random, PLANS, 150);
  const arrived = shuffled(random, matches, LATENESS).map((match) => ({
    ...match,
    time: match.time * SECOND,
  }));
  const batches: Match[][] = [];
  for (let at = 0; at < arrived.length; ) {
    const end = at + 1 + random(12);
    batches.push(arrived.slice(at, end));
    at = end;
  }
  return batches;
}

function give(
  correlator: Correlator,
  clock: ReturnType<Correlator['open']>,
  batch: readonly Match[],
): readonly string[] {
  for (const match of batch) {
    correlator.match(match);
    clock.seen(match.time);
  }
  return lines(correlator.settle());
}

describe('correlations that are remembered', () => {
  it('give the same alerts through kills at any batch, with what comes again', async () => {
    for (let seed = 1; seed <= SCHEDULES; seed++) {
      const random = randomOf(seed * 7);
      const batches = batchesOf(seed);
      const straight = await open(undefined);
      const clock = straight.open();
      const wanted = [
        ...batches.flatMap((batch) => give(straight, clock, batch)),
        ...lines(straight.finish()),
      ];

      const path = join(folder, `${seed}`);
      const written = new Set<string>();
      let correlator = await open(path);
      let hand = correlator.open();
      let committed = 0;
      for (let at = 0; at < batches.length; at++) {
        for (const line of give(correlator, hand, batches[at]!)) written.add(line);
        const fate = random(4);
        // Killed before its state is written, or behind it and before the source commits.
        if (fate === 1) expect(await correlator.save()).toBe(true);
        if (fate <= 1) {
          correlator = await open(path);
          hand = correlator.open();
          at = committed - 1;
          continue;
        }
        await correlator.save();
        committed = at + 1;
      }
      for (const line of lines(correlator.finish())) written.add(line);
      expect([...written].sort(), `seed ${seed}`).toEqual([...wanted].sort());
    }
  });

  it('keep the state of those that mean the same when the rules change', async () => {
    const batches = batchesOf(3);
    const straight = await open(undefined);
    const clock = straight.open();
    const wanted = [...batches.flatMap((batch) => give(straight, clock, batch)), ...lines(straight.finish())];
    const changing = await open(undefined);
    const hand = changing.open();
    const found: string[] = [];
    for (const [i, batch] of batches.entries()) {
      found.push(...give(changing, hand, batch));
      // Others come and go, in whatever order.
      if (i % 5 === 0)
        changing.use(correlations(i % 2 === 0 ? [plan({ name: `${i}` }), ...PLANS.toReversed()] : PLANS));
    }
    found.push(...lines(changing.finish()));
    expect(found.sort()).toEqual([...wanted].sort());
  });

  it('take up the state that another process leaves, with what came before it was there', async () => {
    const batches = batchesOf(5);
    const straight = await open(undefined);
    const clock = straight.open();
    const wanted = [...batches.flatMap((batch) => give(straight, clock, batch)), ...lines(straight.finish())];
    const half = batches.length >> 1;
    const path = join(folder, 'successor');
    const first = await open(path);
    const hand = first.open();
    const found = batches.slice(0, half).flatMap((batch) => give(first, hand, batch));
    await first.save();
    const standby = standingBy(path);
    const second = standby.open();
    const [next, ...rest] = batches.slice(half);
    expect(give(standby, second, next!)).toEqual([]);
    await standby.begin();
    found.push(...rest.flatMap((batch) => give(standby, second, batch)), ...lines(standby.finish()));
    expect(found.sort()).toEqual([...wanted].sort());
  });

  it('say that more came before than may wait', async () => {
    const said: string[] = [];
    const limits = { ...LIMITS, waiting: 5 };
    const options = { limits, lateness: 0, warn: (line: string) => void said.push(line) };
    const correlator = createCorrelator({ ...options, open: async () => undefined }, correlations(PLANS));
    const batches = batchesOf(5).flat();
    for (const match of batches.slice(0, 8)) correlator.match(match);
    await correlator.begin();
    expect(said[0]).toMatch(
      /^3 matches of correlations were given up: more than tsfalco\.correlation\.max_wait/,
    );
  });

  it('leave none behind that is too large for its place, and say so', async () => {
    const path = join(folder, 'large');
    const file = { ...createCheckpoint(path, isJournalRecord), most: 1500 };
    const said: string[] = [];
    const options = { limits: LIMITS, lateness: 0, warn: (line: string) => void said.push(line) };
    const opening = (plans: readonly Plan[]) => openJournal(file, path, { plans, limits: LIMITS });
    const correlator = createCorrelator({ ...options, open: opening }, correlations(PLANS));
    await correlator.begin();
    expect(await correlator.save()).toBe(true);
    expect((await file.load()).records).toHaveLength(1);
    correlator.use(correlations(PLANS));
    for (const match of batchesOf(2).flat()) correlator.match(match);
    expect(await correlator.save()).toBe(true);
    expect((await file.load()).records).toEqual([]);
    expect(said[0]).toMatch(/^the state of correlations is too large to be kept in S3/);
  });

  it('leave out state of another version, and say so', async () => {
    const path = join(folder, 'version');
    const file = createCheckpoint(path, isJournalRecord);
    await file.replace({ version: 99, steps: [] });
    const { warning, machine } = await openJournal(file, path, { plans: PLANS, limits: LIMITS });
    expect(warning).toContain('another version');
    expect(machine.sizes().groups).toBe(0);
  });
});

it('an event whose time is far ahead makes no others late, and is told of', async () => {
  const plan: Plan = {
    ...{ name: 'pair', identity: 'pair', type: 'event_count', steps: 1, timespan: 600 * SECOND, least: 2 },
    ...{ suppress: 0, ungrouped: true },
  };
  const said: string[] = [];
  const options = { limits: LIMITS, lateness: 0, warn: (_message: string, kind: string) => said.push(kind) };
  const correlator = createCorrelator(options, correlations([plan]));
  await correlator.begin();
  const clock = correlator.open();
  const now = Math.floor(Date.now() / 1000) * SECOND;
  const see = (id: string, time: number): number => {
    clock.seen(time);
    correlator.match({ plan: 'pair', step: 0, time, id, key: '', texts: [] });
    return correlator.settle().length;
  };
  expect(see('a', now - 3 * SECOND)).toBe(0);
  expect(said).toEqual([]);
  expect(see('z', now + 86_400 * SECOND)).toBe(0);
  expect(see('b', now - SECOND)).toBe(1);
  expect(new Set(said)).toEqual(new Set(['ahead']));
  expect(correlator.counters()).toMatchObject({ late: 0, tooLate: 0 });
});
