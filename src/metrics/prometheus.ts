// In: the state of a run. Out: the body of /metrics, in Falco's names, order and format: every sample is a block of its
// own with HELP and TYPE (spec: cli-and-config.md §6.2). Answers to falco_metrics.cpp.

import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import { nowNanos } from '../outputs/internal-alert.js';
import { readHostFacts, readUtilization } from './host.js';
import { baseName, labelName } from './names.js';
import { type ExtraMetric, engineName, type MetricsSettings, type MetricsState } from './state.js';

type Labels = Readonly<Record<ByteString, ByteString>>;

const HELP = 'https://falco.org/docs/metrics/';
const NANOS_PER_SECOND = 1_000_000_000n;

/** Bytes of the text, as UTF-8 in a byte string. */
export function renderPrometheus(state: MetricsState, settings: MetricsSettings): ByteString {
  const blocks = [info('falco_version', { version: state.version })];
  for (const { name, sha256 } of state.rulesFiles)
    blocks.push(info('falco_sha256_rules_files', { file_name: baseName(name), sha256 }));
  for (const { name, sha256 } of state.configFiles)
    blocks.push(info('falco_sha256_config_files', { file_name: baseName(name), sha256 }));
  if (settings.rulesCounters) blocks.push(...ruleBlocks(state));
  for (const source of state.sources)
    blocks.push(info('scap_engine_name', { engine_name: engineName(source), evt_source: source }));
  // Falco gives these only beside system calls; operators ask for them here too.
  if (settings.resourceUtilization) blocks.push(...utilizationBlocks(state));
  return [...blocks, ...hostBlocks(state)].join('');
}

/** Series that Falco does not have, in the usual format; they have an address of their own. */
export function renderExtra(metrics: readonly ExtraMetric[]): ByteString {
  let previous = '';
  return metrics
    .map(({ name, type, help, labels, value }) => {
      const head = name === previous ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
      previous = name;
      return `${head}${name}${labelText(labels)} ${value}\n`;
    })
    .join('');
}

function ruleBlocks(state: MetricsState): ByteString[] {
  return state.rules
    .entries()
    .filter(({ count }) => count > 0)
    .map(({ rule, count }) => {
      const tags = Object.fromEntries(rule.tags.map((tag) => [`tag_${tag}`, 'true']));
      const labels = { ...tags, rule_name: rule.name, priority: String(rule.priority), source: rule.source };
      return block('falco_rules_matches_total', 'counter', labels, String(count));
    });
}

function utilizationBlocks(state: MetricsState): ByteString[] {
  const used = readUtilization(state.env);
  const double = (name: string, value: number) => block(`falco_${name}`, 'gauge', {}, value.toFixed(6));
  const whole = (name: string, value: number) => block(`falco_${name}`, 'gauge', {}, String(value));
  return [
    double('cpu_usage_ratio', used.cpuPercent / 100),
    double('memory_rss_bytes', used.rssKb * 1024),
    double('memory_vsz_bytes', used.vszKb * 1024),
    double('memory_pss_bytes', used.pssKb * 1024),
    double('container_memory_used_bytes', used.containerBytes),
    double('host_cpu_usage_ratio', used.hostCpuPercent / 100),
    double('host_memory_used_bytes', used.hostMemoryKb * 1024),
    whole('host_procs_running_total', used.hostProcsRunning),
    whole('host_open_fds_total', used.hostOpenFds),
  ];
}

function hostBlocks(state: MetricsState): ByteString[] {
  const facts = readHostFacts(state.env);
  const start = state.hostInfo ? state.startTime : 0n;
  const gauge = (name: string, value: bigint | number) => block(`falco_${name}`, 'gauge', {}, String(value));
  const counter = (name: string, value: bigint | number) =>
    block(`falco_${name}`, 'counter', {}, String(value));
  return [
    info('falco_kernel_release', { kernel_release: state.hostInfo ? facts.kernelRelease : '' }),
    info('evt_hostname', { hostname: state.hostInfo ? state.hostname : '' }),
    counter('outputs_queue_num_drops_total', state.drops()),
    gauge('reload_timestamp_nanoseconds', state.reloadTime),
    gauge('start_timestamp_nanoseconds', start),
    counter('duration_seconds_total', (nowNanos() - start) / NANOS_PER_SECOND),
    gauge('host_boot_timestamp_nanoseconds', state.hostInfo ? facts.bootTime : 0n),
    gauge('host_num_cpus_total', state.hostInfo ? facts.cpus : 0),
  ];
}

function info(name: string, labels: Labels): ByteString {
  return block(`${name}_info`, 'gauge', labels, '1');
}

function block(name: string, type: ExtraMetric['type'], labels: Labels, value: string): ByteString {
  const full = `falcosecurity_${name}`;
  // Falco does not escape label values; one that would break the line is better escaped.
  return `# HELP ${full} ${HELP}\n# TYPE ${full} ${type}\n${full}${labelText(labels)} ${value}\n`;
}

function labelText(labels: Labels): ByteString {
  const keys = Object.keys(labels).sort();
  if (keys.length === 0) return '';
  // Tags that differ in odd characters have one label name; twice in a sample, it spoils the whole page.
  const texts = new Map(keys.map((key) => [labelName(key), escapeLabel(labels[key] ?? '')]));
  return `{${[...texts].map(([name, text]) => `${name}="${text}"`).join(',')}}`;
}

// Readers refuse a page with bytes that are no text.
function escapeLabel(value: ByteString): ByteString {
  return toBytes(fromBytes(value)).replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`));
}
