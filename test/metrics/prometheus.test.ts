import { cpus, release } from 'node:os';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBytes, toBytes } from '../../src/bytes.js';
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

/** Reads one sample strictly, as Prometheus does. @returns its labels; throws if the line is none */
function readLabels(line: string): Map<string, string> {
  const sample = /^[a-zA-Z_:][\w:]*(?:\{(.*)\})? \S+$/s.exec(line);
  if (sample === null) throw new Error(`no sample: ${line}`);
  const labels = new Map<string, string>();
  const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;
  const text = sample[1] ?? '';
  while (LABEL.lastIndex < text.length) {
    const at = LABEL.lastIndex;
    const label = LABEL.exec(text);
    if (label === null) throw new Error(`no label at ${at}: ${text}`);
    if (labels.has(label[1]!)) throw new Error(`twice: ${label[1]}`);
    labels.set(
      label[1]!,
      label[2]!.replace(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : char)),
    );
  }
  return labels;
}

test('whatever names and tags hold, each sample is one line with each label once', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('a"} 1\nforged{x="', '\\', '\\n', 'a\r\nb', 'a-b', 'a b', '"', ''),
  );
  fc.assert(
    fc.property(text, text, text, (name, tag, other) => {
      const state = makeState();
      const rule = { ...RULE, name: toBytes(name), tags: [toBytes(tag), toBytes(other)] };
      state.rules.add(rule);
      const page = fromBytes(renderPrometheus(state, { ...SETTINGS, resourceUtilization: false }));
      const samples = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      const labels = samples.map(readLabels).filter((each) => each.has('rule_name'));
      expect(labels.map((each) => each.get('rule_name'))).toEqual([fromBytes(toBytes(name))]);
    }),
    { numRuns: 15 },
  );
});

test('tags that differ in odd characters give one label', () => {
  const state = makeState();
  state.rules.add({ ...RULE, tags: ['a b', 'a-b'] });
  const page = renderPrometheus(state, { ...SETTINGS, resourceUtilization: false });
  expect(page.match(/tag_a_b="true"/g)).toHaveLength(1);
});
