import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { demo } from '../../demo/demo.js';
import { loadSdk } from '../../src/sources/cloudwatch/aws/sdk.js';
import { runInProcess } from '../cli/in-process.js';

const leftOver = () => readdirSync(tmpdir()).filter((name) => name.startsWith('tsfalco-demo-')).length;

// It is loaded with the first call, which on a busy machine would take much of the demo's time.
beforeAll(loadSdk);

describe('demo', () => {
  it('shows alerts while it runs, ends by itself with their counts, and leaves nothing behind', async () => {
    const before = leftOver();
    const begin = Date.now();
    const run = runInProcess((host) => demo(['--dummy'], host), { AWS_PROFILE: 'none-of-the-demo' });
    await expect.poll(() => run.out()).toMatch(/^\d\d:\d\d:\d\d\.\d{9}: Warning user=/);
    expect(await run.exit).toBe(0);
    expect(Date.now() - begin).toBeLessThan(30_000);
    const lines = run.out().trimEnd().split('\n');
    const alerts = lines.filter((line) => line.includes(': Warning user='));
    expect(alerts.length).toBeGreaterThan(20);
    expect(new Set(alerts).size).toBe(alerts.length);
    expect(lines.slice(-5)).toEqual([
      `Events detected: ${alerts.length}`,
      'Rule counts by severity:',
      `   WARNING: ${alerts.length}`,
      'Triggered rules by rule name:',
      `   Dummy rule: ${alerts.length}`,
    ]);
    expect(leftOver()).toBe(before);
  });

  it('finds an attack among ordinary traffic by our own rules, and says how to go on', async () => {
    const run = runInProcess((host) => demo([], host), { AWS_PROFILE: 'none-of-the-demo' });
    expect(await run.exit).toBe(0);
    for (const found of ['Privileged Pod', 'Cluster Admin Bound', 'Exec Into System Namespace'])
      expect(run.out()).toMatch(new RegExp(`^ {3}${found}: [1-9]`, 'm'));
    expect(run.err()).toMatch(/tsfalco scan audit\.log\n.*tsfalco scan --cluster my-cluster --from 2h\n$/);
  });
});
