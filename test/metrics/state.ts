// A state of a run, for tests.

import type { MetricsSettings, MetricsState } from '../../src/metrics/state.js';
import { createRuleCounts } from '../../src/outputs/summary.js';

export const SETTINGS: MetricsSettings = {
  interval: '1h',
  outputRule: true,
  outputFile: '',
  rulesCounters: true,
  resourceUtilization: true,
  pluginsMetrics: true,
  convertMemoryToMb: true,
  includeEmptyValues: false,
};

export const RULE = {
  name: 'K8s ConfigMap Created',
  source: 'k8s_audit',
  priority: 6,
  tags: ['T1000', 'k8s', 'my-tag'],
};
const IDLE = { name: 'Idle (rule)', source: 'k8s_audit', priority: 0, tags: [] };

export function makeState(changes: Partial<MetricsState> = {}): MetricsState {
  return {
    version: '0.44.0',
    hostname: 'node-7',
    rules: createRuleCounts([IDLE, RULE]),
    sources: ['k8s_audit'],
    rulesFiles: [{ name: 'dir/rules.yaml', sha256: 'aa' }],
    configFiles: [{ name: '/etc/falco/falco.yaml', sha256: 'bb' }],
    startTime: 1_700_000_000_000_000_001n,
    reloadTime: 1_700_000_000_000_000_002n,
    hostInfo: true,
    drops: () => 3,
    env: {},
    ...changes,
  };
}
