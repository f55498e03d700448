import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHostFacts, readUtilization } from '../../src/metrics/host.js';
import { temporaryFolder } from '../outputs/helpers.js';

test('HOST_ROOT and FALCO_CGROUP_MEM_PATH lead elsewhere', () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'proc/sys/fs'), { recursive: true });
  writeFileSync(join(root, 'proc/stat'), 'cpu  10 0 10 60 10 5 5 99\nbtime 1700000000\nprocs_running 7\n');
  writeFileSync(
    join(root, 'proc/meminfo'),
    'MemTotal:  1000 kB\nMemFree:  100 kB\nBuffers: 20 kB\nCached: 30 kB\nSwapCached: 5 kB\n',
  );
  writeFileSync(join(root, 'proc/sys/fs/file-nr'), '321\t0\t999\n');
  writeFileSync(join(root, 'memory'), '4096\n');
  const env = { HOST_ROOT: root, FALCO_CGROUP_MEM_PATH: join(root, 'memory') };
  expect(readHostFacts(env).bootTime).toBe(1_700_000_000_000_000_000n);
  expect(readUtilization(env)).toMatchObject({
    containerBytes: 4096,
    hostCpuPercent: 40,
    hostMemoryKb: 850,
    hostProcsRunning: 7,
    hostOpenFds: 321,
  });
});

test('this process uses memory; what is missing is zero', () => {
  const used = readUtilization({ HOST_ROOT: '/no/such/root', FALCO_CGROUP_MEM_PATH: '../x' });
  expect(used.rssKb).toBeGreaterThan(1000);
  expect(used.vszKb).toBeGreaterThan(used.rssKb);
  expect(used).toMatchObject({ hostMemoryKb: 0, hostCpuPercent: 0, hostOpenFds: 0 });
});
