// The prefilter in a run: on, off, and checked; alerts are the same, and /tsfalco/metrics says what was checked.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEventGenerator } from '../../../demo/endpoint/events.js';
import { runFalco } from '../../../src/cli/app.js';
import { freePort } from '../../free-port.js';
import { runInProcess } from '../in-process.js';
import { silentLog } from '../silent-log.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-prefilter-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const RULE = `- rule: Secrets
  desc: d
  condition: ka.target.resource = secrets
  output: Secret (user=%ka.user.name name=%ka.target.name verb=%ka.verb)
  priority: NOTICE
  source: k8s_audit
`;

function start(openParams: string, own: string, args: readonly string[] = []) {
  const config = join(folder, 'falco.yaml');
  const rules = join(folder, 'rules.yaml');
  writeFileSync(
    config,
    `plugins: [{name: k8saudit, library_path: libk8saudit.so, open_params: "${openParams}"}]
load_plugins: [k8saudit]
stdout_output: {enabled: true}
${own}
`,
  );
  writeFileSync(rules, RULE);
  const log = silentLog();
  const run = runInProcess(
    (host) =>
      runFalco(['-c', config, '-r', rules, '--disable-source', 'syscall', ...args], {
        ...host,
        openLog: async () => log,
      }),
    {},
  );
  return { ...run, lines: log.lines };
}

function writeEvents(count: number): string {
  const next = createEventGenerator({ seed: 4 });
  const path = join(folder, 'events.jsonl');
  const lines = Array.from({ length: count }, (_, i) => next(1_714_564_800_000 + i).message);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

test('alerts are the same with it, without it, and checked at every step', async () => {
  const events = writeEvents(2000);
  const off = 'tsfalco: {prefilter: off}';
  const outs: string[] = [];
  for (const [own, ...args] of [[''], [off], ['', '--no-prefilter'], ['tsfalco: {prefilter_check: 1}']]) {
    const run = start(events, `webserver: {enabled: false}\n${own}`, args);
    expect(await run.exit).toBe(0);
    expect(run.lines.filter((line) => line.includes('was wrong'))).toEqual([]);
    outs.push(run.out());
  }
  expect(outs[0]).toMatch(/Secret \(user=.*\n[\s\S]*Events detected: [1-9]/);
  expect(new Set(outs).size).toBe(1);
});

test.each([
  ['tsfalco: {prefilter_check: 2}', 3],
  ['tsfalco: {prefilter_check: 0}', 0],
  ['tsfalco: {prefilter: off, prefilter_check: 1}', 0],
])('%s: of six events, %i are checked', async (own, checked) => {
  const port = await freePort();
  const hook = `http://127.0.0.1:${await freePort()}/k8s-audit`;
  const run = start(
    hook,
    `webserver: {enabled: true, listen_address: 127.0.0.1, listen_port: ${port}, prometheus_metrics_enabled: true}
metrics: {enabled: true, interval: 1h}
${own}`,
  );
  const post = (body: string) =>
    fetch(hook, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  await expect.poll(() => post('[]').catch(() => undefined)).toMatchObject({ status: 200 });
  const event = (name: string): string =>
    `{"kind":"Event","auditID":"a","verb":"get","objectRef":{"resource":"secrets","name":"${name}"},"stageTimestamp":"2026-11-30T00:00:00Z"}`;
  for (let i = 1; i <= 6; i++) {
    await post(event(`n${i}`));
    await expect.poll(run.out).toContain(`name=n${i} `);
  }
  const metrics = await (await fetch(`http://127.0.0.1:${port}/tsfalco/metrics`)).text();
  expect(metrics).toContain(`tsfalco_prefilter_checks_total{source="k8s_audit"} ${checked}\n`);
  expect(metrics).toContain('tsfalco_prefilter_differences_total{source="k8s_audit"} 0\n');
  run.interrupt();
  expect(await run.exit).toBe(0);
});
