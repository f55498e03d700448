// What metrics say of a run: that it is this one.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Loaded } from '../../src/cli/session/loaded.js';
import { createMetricsState } from '../../src/cli/session/metrics-state.js';
import { createRuleCounts } from '../../src/outputs/summary.js';

const LOADED = {
  config: { files: [{ name: 'falco.yaml', content: 'a: 1' }], pluginsHostinfo: true },
  engine: { hostname: 'node-7', sources: ['syscall', 'k8s_audit'] },
  enabled: ['k8s_audit'],
  host: { env: { A: 'b' } },
  rules: { files: [{ name: 'rules.yaml', content: '\xc3\xa9' }] },
  time: 1_700_000_000_000_000_003n,
} as unknown as Loaded;

const sha256 = (bytes: string): string => createHash('sha256').update(bytes, 'latin1').digest('hex');

test('start of the process, time of loading, enabled sources, hashes of the files as they are', () => {
  const state = createMetricsState(LOADED, createRuleCounts([]), () => 4);
  expect(state).toMatchObject({
    hostname: 'node-7',
    sources: ['k8s_audit'],
    rulesFiles: [{ name: 'rules.yaml', sha256: sha256('\xc3\xa9') }],
    configFiles: [{ name: 'falco.yaml', sha256: sha256('a: 1') }],
    reloadTime: 1_700_000_000_000_000_003n,
    hostInfo: true,
    env: { A: 'b' },
  });
  expect(state.drops()).toBe(4);
  // In nanoseconds, to the microsecond that the process began.
  expect(state.startTime / 1000n).toBe(BigInt(Math.round(performance.timeOrigin * 1e6)) / 1000n);
});
