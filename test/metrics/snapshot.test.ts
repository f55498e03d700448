import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createSnapshots, type SnapshotOptions } from '../../src/metrics/snapshot.js';
import type { InternalAlert } from '../../src/outputs/internal-alert.js';
import { temporaryFolder } from '../outputs/helpers.js';
import { makeState, RULE, SETTINGS } from './state.js';

function started(changes: Partial<SnapshotOptions> = {}) {
  const sent: InternalAlert[] = [];
  const snapshots = createSnapshots({
    settings: SETTINGS,
    intervalMs: 3_600_000,
    state: makeState(),
    send: (alert) => sent.push(alert),
    ...changes,
  });
  onTestFinished(() => snapshots.close());
  return { snapshots, sent };
}

test('the first event of each source brings one, before it is counted; then one an interval', async () => {
  const { snapshots, sent } = started({ intervalMs: 150 });
  for (let n = 0; n < 3; n++) snapshots.beforeEvents('k8s_audit', 1);
  snapshots.beforeEvents('other', 1);
  expect(sent.map(({ fields }) => [fields['evt.source'], fields['falco.num_evts']])).toEqual([
    ['k8s_audit', 0],
    ['other', 0],
  ]);
  await sleep(250);
  expect(sent).toHaveLength(2);
  snapshots.beforeEvents('k8s_audit', 1);
  snapshots.beforeEvents('k8s_audit', 1);
  expect(sent).toHaveLength(3);
  expect(sent[2]?.fields).toMatchObject({ 'falco.num_evts': 3, 'falco.num_evts_prev': 0 });
  expect(sent[2]?.fields['falco.evts_rate_sec']).toBeUndefined();
  await sleep(250);
  snapshots.beforeEvents('k8s_audit', 1);
  expect(sent[3]?.fields).toMatchObject({ 'falco.num_evts': 5, 'falco.num_evts_prev': 3 });
  expect(sent[3]?.fields['falco.evts_rate_sec']).toMatchObject({ decimal: expect.any(Number) });
});

test('fields of a snapshot', () => {
  const state = makeState();
  state.rules.add(RULE);
  const { snapshots, sent } = started({ state });
  snapshots.beforeEvents('k8s_audit', 1);
  const { rule, priority, message, fields = {} } = sent[0] ?? {};
  expect({ rule, priority, message }).toEqual({
    rule: 'Falco internal: metrics snapshot',
    priority: 6,
    message: 'Falco metrics snapshot',
  });
  expect(fields).toMatchObject({
    'evt.hostname': 'node-7',
    'falco.start_ts': 1_700_000_000_000_000_001n,
    'falco.outputs_queue_num_drops': 3,
    'falco.sha256_rules_file.rules_yaml': 'aa',
    'falco.sha256_config_file.falco_yaml': 'bb',
    'falco.rules.matches_total': 1,
    'falco.rules.K8s_ConfigMap_Created': 1,
    'scap.engine_name': 'source_plugin',
    'scap.n_drops_perc': { decimal: 0 },
    'falco.memory_rss_mb': { decimal: expect.any(Number) },
  });
  expect(fields).not.toHaveProperty(['falco.rules.Idle_rule']);
});

test('says since when it runs, for how long, and on which kernel; nothing of that without host facts', () => {
  const now = (): bigint => BigInt(Date.now());
  const from = now();
  const startTime = (from - 90_000n) * 1_000_000n;
  const { snapshots, sent } = started({ state: makeState({ startTime }) });
  snapshots.beforeEvents('k8s_audit', 1);
  const fields = sent[0]?.fields ?? {};
  expect(fields['falco.start_ts']).toBe(startTime);
  expect(fields['falco.reload_ts']).toBe(1_700_000_000_000_000_002n);
  expect(fields['falco.kernel_release']).toBe(release());
  expect(fields['falco.duration_sec']).toBeGreaterThanOrEqual(90n);
  expect(fields['falco.duration_sec']).toBeLessThanOrEqual((now() - from) / 1000n + 91n);

  const bare = started({ state: makeState({ startTime, hostInfo: false }) });
  bare.snapshots.beforeEvents('k8s_audit', 1);
  expect(bare.sent[0]?.fields).toMatchObject({
    'evt.hostname': '',
    'falco.start_ts': 0n,
    'falco.kernel_release': '',
    'falco.host_num_cpus': 0,
  });
});

test('zeros where they are asked for; memory as it is; no counters', () => {
  const settings = { ...SETTINGS, includeEmptyValues: true, convertMemoryToMb: false };
  const full = started({ settings });
  full.snapshots.beforeEvents('k8s_audit', 1);
  const fields = full.sent[0]?.fields ?? {};
  expect(fields['falco.rules.Idle_rule']).toBe(0);
  expect(fields['falco.memory_rss_kb']).toBeGreaterThan(1000);
  expect(fields).toHaveProperty(['falco.container_memory_used_bytes']);
  const bare = started({ settings: { ...SETTINGS, rulesCounters: false, resourceUtilization: false } });
  bare.snapshots.beforeEvents('k8s_audit', 1);
  const names = Object.keys(bare.sent[0]?.fields ?? {});
  expect(names.filter((name) => /rules\.|memory|cpu_usage/.test(name))).toEqual([]);
});

test('a file gets a JSON line a snapshot', () => {
  const path = join(temporaryFolder(), 'metrics.log');
  const { snapshots, sent } = started({ settings: { ...SETTINGS, outputRule: false, outputFile: path } });
  snapshots.beforeEvents('k8s_audit', 1);
  const line = readFileSync(path, 'utf8');
  expect(line).toMatch(/^\{"output_fields":\{.*"falco.start_ts":1700000000000000001,.*\},"sample":0\}\n$/);
  expect(Object.keys(JSON.parse(line).output_fields)).toEqual(
    Object.keys(JSON.parse(line).output_fields).sort(),
  );
  expect(sent).toEqual([]);
});

test('a file that cannot be opened is an error', () => {
  const settings = { ...SETTINGS, outputFile: '/no/such/folder/metrics.log' };
  expect(() => started({ settings })).toThrow(/^basic_ios::clear: iostream error/);
});
