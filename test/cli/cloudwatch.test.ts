import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runFalco } from '../../src/cli/app.js';
import { freePort } from '../free-port.js';
import { createStage, endpointEnv, type Stage } from '../sources/cloudwatch/endpoint-run.js';
import { type InProcess, runInProcess } from './in-process.js';
import { silentLog } from './silent-log.js';

let folder: string;
let stage: Stage;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-cli-cloudwatch-'));
  stage = await createStage();
});

afterEach(async () => {
  await stage.endpoint.close();
  rmSync(folder, { recursive: true });
});

function start(
  init: string,
  openParams: string,
  more = 'webserver: {enabled: false}\n',
  ...args: string[]
): InProcess & { readonly log: () => string } {
  const config = join(folder, 'falco.yaml');
  const rules = join(folder, 'rules.yaml');
  writeFileSync(
    config,
    `plugins:
  - name: k8saudit-eks
    library_path: libk8saudit-eks.so
    init_config:
      region: us-east-1
      polling_interval: 1
${init}    open_params: "${openParams}"
load_plugins: [k8saudit-eks]
stdout_output: {enabled: true}
log_stderr: true
${more}`,
  );
  writeFileSync(
    rules,
    '- rule: all\n  desc: all\n  condition: ka.verb exists\n  output: "%ka.cluster.name %ka.auditid"\n  priority: NOTICE\n  source: k8s_audit\n',
  );
  const env = endpointEnv(stage.endpoint.url);
  const log = silentLog();
  const run = runInProcess(
    (host) => runFalco(['-c', config, '-r', rules, ...args], { ...host, openLog: async () => log }),
    env,
  );
  return { ...run, log: () => `${log.lines.join('\n')}\n${run.err()}` };
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition).toBe(true);
}

describe('a run on CloudWatch', () => {
  it('shows what it measures at /tsfalco/metrics and in its closing lines', async () => {
    const port = await freePort();
    const web = `webserver: {enabled: true, listen_address: 127.0.0.1, listen_port: ${port}, prometheus_metrics_enabled: true}\nmetrics: {enabled: true, interval: 1h}\n`;
    const run = start('      clusters: [elsewhere]\n', 'my-cluster', web);
    await until(() => run.log().includes('log group /aws/eks/elsewhere/cluster does not exist'));
    const id = stage.write(Date.now());
    await until(() => run.out().includes(`my-cluster ${id}\n`));
    const text = await (await fetch(`http://127.0.0.1:${port}/tsfalco/metrics`)).text();
    const value = (name: string, cluster = 'my-cluster'): number =>
      Number(new RegExp(`^tsfalco_cloudwatch_${name}\\{cluster="${cluster}"\\} (.*)$`, 'm').exec(text)?.[1]);
    expect(value('events_total')).toBe(1);
    expect(value('lag_seconds')).toBeLessThan(5);
    expect(value('newest_event_timestamp_seconds')).toBeGreaterThan(Date.now() / 1000 - 30);
    expect(value('settled_timestamp_seconds')).toBeGreaterThan(Date.now() / 1000 - 300);
    expect(value('calls_total')).toBeGreaterThan(1);
    for (const name of ['throttled_calls', 'late_events', 'joined_events', 'truncated_events'])
      expect(value(`${name}_total`), name).toBe(0);
    // As often as windows were read again meanwhile.
    expect(text).toMatch(/^tsfalco_cloudwatch_duplicates_dropped_total\{cluster="my-cluster"\} \d+$/m);
    expect(value('events_total', 'elsewhere')).toBe(0);
    expect(value('failed_calls_total', 'elsewhere')).toBeGreaterThan(0);
    // Series of one name stand together, under one head.
    expect(text.match(/^# TYPE tsfalco_cloudwatch_calls_total counter$/gm)).toHaveLength(1);
    run.interrupt();
    expect(await run.exit).toBe(0);
    expect(run.log()).toMatch(
      /CloudWatch my-cluster: 1 log events in \d+ calls, \d+ duplicates dropped, 0 late, .* newest \d{4}-.*Z, lag \d+\.\d s\n/,
    );
    expect(run.log()).toMatch(/CloudWatch elsewhere: 0 log events in \d+ calls/);
  });

  it('goes on after a restart where it was, without a gap and without a repetition', async () => {
    // Without the checkpoint, the second start would begin behind what comes between the two.
    const init = `      shift: 0\n      checkpoint: ${join(folder, 'state', 'place')}\n`;
    const first = start(init, 'my-cluster');
    await until(() => (stage.endpoint.calls()['FilterLogEvents'] ?? 0) >= 2);
    const ids = [stage.write(Date.now())];
    await until(() => first.out().includes(ids[0]!));
    first.interrupt();
    expect(await first.exit).toBe(0);
    ids.push(stage.write(Date.now()));
    const second = start(init, 'my-cluster');
    await until(() => second.out().includes(ids[1]!));
    second.interrupt();
    expect(await second.exit).toBe(0);
    const out = first.out() + second.out();
    for (const id of ids) expect(out.split(id)).toHaveLength(2);
    expect(readFileSync(join(folder, 'state', 'place'), 'utf8')).toMatch(
      /^\{"group":"\/aws\/eks\/my-cluster/,
    );
  });

  it('waits for another process that has the checkpoint, and takes over without a gap when that ends', async () => {
    const init = `      checkpoint: ${join(folder, 'place')}\n`;
    const first = start(init, 'my-cluster');
    await until(() =>
      first
        .log()
        .includes(
          'my-cluster: reading log group /aws/eks/my-cluster/cluster in us-east-1 as arn:aws:iam::111122223333:user/demo, from 20',
        ),
    );
    const second = start(init, 'my-cluster');
    await until(() =>
      /my-cluster: checkpoint .*place is in use by .*; waiting for it to end/.test(second.log()),
    );
    const ids = [stage.write(Date.now())];
    await until(() => first.out().includes(ids[0]!));
    first.interrupt();
    expect(await first.exit).toBe(0);
    ids.push(stage.write(Date.now()));
    await until(() => second.out().includes(ids[1]!));
    await until(() => /reading log group .* on \(the checkpoint\)/.test(second.log()));
    second.interrupt();
    expect(await second.exit).toBe(0);
    const out = first.out() + second.out();
    for (const id of ids) expect(out.split(id)).toHaveLength(2);
  });

  it.runIf(existsSync('/proc/self'))('refuses a checkpoint where no file can be', async () => {
    const run = start('      checkpoint: /proc/no-such-folder/place\n', 'my-cluster');
    expect(await run.exit).toBe(1);
    expect(run.log()).toContain('Error: cannot write checkpoint /proc/no-such-folder/place: ENOENT');
  });

  it('ends at once where no cluster can be read, or the checkpoint cannot be written', async () => {
    const none = start('', 'one, two');
    expect(await none.exit).toBe(1);
    expect(none.log()).toMatch(
      /Error: log group \/aws\/eks\/(one|two)\/cluster does not exist in region us-east-1/,
    );
    writeFileSync(join(folder, 'file'), '');
    const place = start(`      checkpoint: ${join(folder, 'file', 'below')}\n`, 'my-cluster');
    expect(await place.exit).toBe(1);
    expect(place.log()).toMatch(/Error: cannot (read|write) checkpoint .*file\/below: ENOTDIR/);
    expect(none.log() + place.log()).not.toMatch(/\n\s+at /);
  });

  it('reads a range and ends with the counts, ISO times included', async () => {
    const now = Date.now();
    const ids = [90, 60, 30].map((minutes) => stage.write(now - minutes * 60_000));
    const from = new Date(now - 4_000_000).toISOString();
    const run = start('', 'my-cluster', 'webserver: {enabled: false}\n', '--from', from, '--to', 'now');
    expect(await run.exit).toBe(0);
    expect(run.out()).toContain('Events detected: 2\n');
    expect(run.out()).not.toContain(ids[0]);
    const wrong = start('', 'my-cluster', 'webserver: {enabled: false}\n', '--from', 'yesterday');
    expect(await wrong.exit).toBe(1);
    expect(wrong.log()).toMatch(/Error: --from yesterday is not a time: use now, a time span/);
  });
});
