import { cpus, release } from 'node:os';
import { expect, test } from 'vitest';
import { renderExtra, renderPrometheus } from '../../src/metrics/prometheus.js';
import { makeState, RULE, SETTINGS } from './state.js';

const names = (text: string) =>
  [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`);

test('names, types and order are Falco’s; every sample has its own help', () => {
  const state = makeState();
  state.rules.add(RULE);
  const text = renderPrometheus(state, { ...SETTINGS, resourceUtilization: false });
  expect(names(text)).toEqual([
    'falcosecurity_falco_version_info gauge',
    'falcosecurity_falco_sha256_rules_files_info gauge',
    'falcosecurity_falco_sha256_config_files_info gauge',
    'falcosecurity_falco_rules_matches_total counter',
    'falcosecurity_scap_engine_name_info gauge',
    'falcosecurity_falco_kernel_release_info gauge',
    'falcosecurity_evt_hostname_info gauge',
    'falcosecurity_falco_outputs_queue_num_drops_total counter',
    'falcosecurity_falco_reload_timestamp_nanoseconds gauge',
    'falcosecurity_falco_start_timestamp_nanoseconds gauge',
    'falcosecurity_falco_duration_seconds_total counter',
    'falcosecurity_falco_host_boot_timestamp_nanoseconds gauge',
    'falcosecurity_falco_host_num_cpus_total gauge',
  ]);
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(samples.slice(0, 9)).toEqual([
    'falcosecurity_falco_version_info{version="0.44.0"} 1',
    'falcosecurity_falco_sha256_rules_files_info{file_name="rules.yaml",sha256="aa"} 1',
    'falcosecurity_falco_sha256_config_files_info{file_name="falco.yaml",sha256="bb"} 1',
    'falcosecurity_falco_rules_matches_total{priority="6",rule_name="K8s ConfigMap Created",source="k8s_audit",tag_T1000="true",tag_k8s="true",tag_my_tag="true"} 1',
    'falcosecurity_scap_engine_name_info{engine_name="source_plugin",evt_source="k8s_audit"} 1',
    `falcosecurity_falco_kernel_release_info{kernel_release="${release()}"} 1`,
    'falcosecurity_evt_hostname_info{hostname="node-7"} 1',
    'falcosecurity_falco_outputs_queue_num_drops_total 3',
    'falcosecurity_falco_reload_timestamp_nanoseconds 1700000000000000002',
  ]);
  expect(samples.at(-1)).toBe(`falcosecurity_falco_host_num_cpus_total ${cpus().length}`);
  expect(text).toMatch(/^# HELP falcosecurity_falco_version_info https:\/\/falco.org\/docs\/metrics\/\n/);
});

test('processor and memory under Falco’s names; counters can be left out', () => {
  const state = makeState();
  state.rules.add(RULE);
  const text = renderPrometheus(state, { ...SETTINGS, rulesCounters: false });
  expect(text).not.toContain('rules_matches');
  expect(text).toMatch(/^falcosecurity_falco_memory_rss_bytes [1-9]\d+\.000000$/m);
  expect(text).toMatch(/^falcosecurity_falco_cpu_usage_ratio \d\.\d{6}$/m);
  expect(text).toMatch(/^falcosecurity_falco_host_open_fds_total [1-9]\d*$/m);
});

test('plugins_hostinfo off leaves the host blank', () => {
  const text = renderPrometheus(makeState({ hostInfo: false }), SETTINGS);
  expect(text).toContain('kernel_release_info{kernel_release=""} 1');
  expect(text).toContain('evt_hostname_info{hostname=""} 1');
  expect(text).toContain('falcosecurity_falco_start_timestamp_nanoseconds 0\n');
  expect(text).toContain('falcosecurity_falco_host_num_cpus_total 0\n');
});

test('series of our own', () => {
  const one = {
    name: 'tsfalco_events_total',
    type: 'counter',
    help: 'Events.',
    labels: { source: 'a"b\n' },
    value: 5,
  } as const;
  expect(renderExtra([one, { ...one, labels: {}, value: 6 }])).toBe(
    '# HELP tsfalco_events_total Events.\n# TYPE tsfalco_events_total counter\ntsfalco_events_total{source="a\\"b\\n"} 5\ntsfalco_events_total 6\n',
  );
});
