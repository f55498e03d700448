// What a run drops can be seen: in /tsfalco/metrics while it runs, in the log as it happens, in the closing report, and
// as an alert where the configuration wants it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runFalco } from '../../../src/cli/app.js';
import { createDropAlerts } from '../../../src/cli/session/drop-alerts.js';
import type { InternalAlert } from '../../../src/outputs/internal-alert.js';
import { runInProcess } from '../in-process.js';
import { silentLog } from '../silent-log.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-drops-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function event(id: string, more = ''): string {
  return `{"kind":"Event","auditID":"${id}","verb":"delete","user":{"username":"eve"},"stageTimestamp":"2026-11-30T00:00:00Z"${more}}\n`;
}

function start(openParams: string, init: string, more: string) {
  const config = join(folder, 'falco.yaml');
  const rules = join(folder, 'rules.yaml');
  writeFileSync(
    config,
    `plugins: [{name: k8saudit, library_path: libk8saudit.so, init_config: {${init}}, open_params: "${openParams}"}]
load_plugins: [k8saudit]
stdout_output: {enabled: true}
json_output: true
${more}`,
  );
  writeFileSync(
    rules,
    '- {rule: all, desc: all, condition: ka.verb exists, output: "seen %ka.auditid", priority: NOTICE, source: k8s_audit}\n',
  );
  const log = silentLog();
  const run = runInProcess(
    (host) =>
      runFalco(['-c', config, '-r', rules, '--disable-source', 'syscall'], {
        ...host,
        openLog: async () => log,
      }),
    {},
  );
  return { ...run, lines: log.lines };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

test('the counters grow while it runs', async () => {
  const port = await freePort();
  const hook = `http://127.0.0.1:${await freePort()}/k8s-audit`;
  const run = start(
    hook,
    'maxEventSize: 500',
    `webserver: {enabled: true, listen_address: 127.0.0.1, listen_port: ${port}, prometheus_metrics_enabled: true}
metrics: {enabled: true, interval: 1h}
`,
  );
  const metrics = async (): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${port}/tsfalco/metrics`);
    return (await answer.text()).replaceAll('source="k8s_audit"', 'S');
  };
  const large = event('a', `,"x":"${'x'.repeat(500)}"`);
  const cut = event('b', ',"annotations":{"audit.k8s.io/truncated":"true"}');
  const post = (body: string) =>
    fetch(hook, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  await expect.poll(() => post('[]').catch(() => undefined)).toMatchObject({ status: 200 });
  expect(await metrics()).toContain('tsfalco_dropped_events_total{reason="too_large",S} 0\n');
  await post(`[${large},${cut},5]`);
  await expect.poll(run.out).toContain('seen b');
  await expect.poll(metrics).toContain('{reason="not_an_event",S} 1\n');
  expect(await metrics()).toContain('tsfalco_dropped_events_total{reason="too_large",S} 1\n');
  expect(await metrics()).toContain('tsfalco_truncated_events_total{S} 1\n');
  run.interrupt();
  expect(await run.exit).toBe(0);
  expect(run.out()).not.toContain('Falco internal');
  expect(run.lines).toContainEqual(
    expect.stringMatching(/^\[k8saudit\] event larger than maxEventSize: .*auditID=a verb=delete user=eve/),
  );
  expect(run.lines).toContainEqual(
    expect.stringMatching(/^\[k8saudit\] events come without the requestObject/),
  );
  expect(run.lines).toContain('warning: k8s_audit: 2 dropped: 1 too large, 1 no audit event');
  expect(run.lines).toContain('warning: k8s_audit: 1 truncated by the API server (audit.k8s.io/truncated)');
});

test.each([
  [300_000, '', true],
  [4_000_000, '', true],
  [4_300_000, '', false],
  [300_000, 'maxEventSize: 262144', false],
  [200_000, 'maxEventSize: 262144', true],
])('an event of %i bytes with init_config {%s} is seen: %s', async (size, init, seen) => {
  writeFileSync(join(folder, 'events.jsonl'), event('big', `,"x":"${'x'.repeat(size - 150)}"`));
  const run = start(join(folder, 'events.jsonl'), init, 'tsfalco: {alert_on_drop: true}\n');
  expect(await run.exit).toBe(0);
  expect(run.out().includes('seen big')).toBe(seen);
  expect(run.lines.some((line) => line.includes('dropped: 1 too large'))).toBe(!seen);
  expect(run.out().includes('Falco internal: audit event drop. 1 event dropped: 1 too large.')).toBe(!seen);
});

test('nothing is said where nothing was dropped', async () => {
  writeFileSync(join(folder, 'events.jsonl'), event('a'));
  const run = start(join(folder, 'events.jsonl'), '', '');
  expect(await run.exit).toBe(0);
  expect(run.lines.filter((line) => line.includes('dropped') || line.includes('truncated'))).toEqual([]);
});

test('alerts about drops come at once, then in half a minute at most one, and the last at the end', () => {
  vi.useFakeTimers();
  try {
    const sent: InternalAlert[] = [];
    const alerts = createDropAlerts('k8s_audit', (alert) => sent.push(alert));
    for (let i = 0; i < 5; i++) alerts.add('too_deep', 1);
    expect(sent).toEqual([
      {
        rule: 'Falco internal: audit event drop',
        priority: 4,
        message: 'Falco internal: audit event drop. 1 event dropped: 1 nested too deeply.',
        fields: { 'evt.source': 'k8s_audit', n_drops: 1, n_drops_too_deep: 1 },
      },
    ]);
    alerts.add('malformed', 2);
    vi.advanceTimersByTime(30_000);
    expect(sent.slice(1).map(({ message }) => message)).toEqual([
      'Falco internal: audit event drop. 6 events dropped: 4 nested too deeply, 2 not JSON.',
    ]);
    vi.advanceTimersByTime(90_000);
    expect(sent).toHaveLength(2);
    alerts.add('malformed', 1);
    alerts.add('malformed', 1);
    alerts.settle();
    expect(sent).toHaveLength(4);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
