// In: each event's source as it arrives. Out: metrics snapshots, as an internal alert and as lines of a file, at most
// one an interval and source (spec: cli-and-config.md §6.3). Answers to falco's stats_writer.cpp.

import { closeSync, openSync, writeSync } from 'node:fs';
import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import {
  type Decimal,
  fieldsJson,
  type InternalAlert,
  type InternalFields,
  type InternalValue,
  nowNanos,
} from '../outputs/internal-alert.js';
import { readAddresses, readHostFacts, readUtilization } from './host.js';
import { baseName, snapshotName } from './names.js';
import { engineName, type MetricsSettings, type MetricsState } from './state.js';

export interface SnapshotOptions {
  readonly settings: MetricsSettings;
  /** The interval, milliseconds (parseInterval). */
  readonly intervalMs: number;
  readonly state: MetricsState;
  /** Sends the alert to all outputs (output_rule). */
  readonly send: (alert: InternalAlert) => void;
  /** Hears of a metrics file that cannot be written any more. */
  readonly onError?: ((message: ByteString) => void) | undefined;
}

export interface Snapshots {
  /** New events of the source arrived and have not been counted yet. Cheap: a look at two numbers. */
  beforeEvents(source: string, count: number): void;
  close(): void;
}

interface SourceState {
  events: number;
  seenTick: number;
  lastEvents: number;
  /** Monotonic milliseconds; 0 before the first snapshot. */
  lastTime: number;
}

const INFORMATIONAL = 6;
const RULE = 'Falco internal: metrics snapshot';
const MESSAGE = 'Falco metrics snapshot';
const NANOS_PER_SECOND = 1_000_000_000n;
const LONGEST_TIMER_MS = 86_400_000;

/** Starts the ticker. Errors: Error, where output_file cannot be opened. */
export function createSnapshots(options: SnapshotOptions): Snapshots {
  const { settings, intervalMs, state, send } = options;
  const fd = settings.outputFile === '' ? undefined : open(settings.outputFile);
  const sources = new Map<string, SourceState>();
  const begun = performance.now();
  let tick = 0;
  let sampledTick = 0;
  let samples = 0;
  const timer = setInterval(
    () => {
      tick = Math.floor((performance.now() - begun + 1) / intervalMs);
    },
    Math.min(intervalMs, LONGEST_TIMER_MS),
  );
  timer.unref();

  function emit(source: string, of: SourceState): void {
    const time = nowNanos();
    const fields = collect(source, of, state, settings, time);
    if (tick !== sampledTick) samples++;
    sampledTick = tick;
    if (settings.outputRule) send({ rule: RULE, priority: INFORMATIONAL, message: MESSAGE, fields, time });
    if (fd === undefined) return;
    try {
      writeSync(fd, Buffer.from(`{"output_fields":${fieldsJson(fields)},"sample":${samples}}\n`, 'latin1'));
    } catch (error) {
      options.onError?.(
        `stats_writer (worker): ${toBytes(error instanceof Error ? error.message : String(error))}`,
      );
    }
  }

  return {
    beforeEvents(source, count) {
      let of = sources.get(source);
      if (of === undefined) {
        of = { events: 0, seenTick: -1, lastEvents: 0, lastTime: 0 };
        sources.set(source, of);
      }
      if (of.seenTick !== tick && (fd !== undefined || settings.outputRule)) {
        of.seenTick = tick;
        emit(source, of);
      }
      of.events += count;
    },
    close() {
      clearInterval(timer);
      if (fd !== undefined) closeSync(fd);
    },
  };
}

function open(path: ByteString): number {
  try {
    return openSync(fromBytes(path), 'a');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`basic_ios::clear: iostream error (metrics.output_file: ${reason})`);
  }
}

function collect(
  source: string,
  of: SourceState,
  state: MetricsState,
  settings: MetricsSettings,
  time: bigint,
): InternalFields {
  const fields: Record<ByteString, InternalValue> = {
    ...hostFields(state, time),
    'evt.time': time,
    'evt.source': source,
    'falco.version': state.version,
    'falco.reload_ts': state.reloadTime,
    'falco.outputs_queue_num_drops': state.drops(),
    'falco.num_evts': of.events,
    'falco.num_evts_prev': of.lastEvents,
    'scap.engine_name': engineName(source),
    'scap.n_drops_perc': { decimal: 0 },
  };
  const rate = eventRate(of);
  if (rate !== undefined) fields['falco.evts_rate_sec'] = rate;
  for (const { name, sha256 } of state.rulesFiles)
    fields[`falco.sha256_rules_file.${snapshotName(baseName(name))}`] = sha256;
  for (const { name, sha256 } of state.configFiles)
    fields[`falco.sha256_config_file.${snapshotName(baseName(name))}`] = sha256;
  for (const { name, family, list } of readAddresses())
    fields[`falco.host_netinfo.interfaces.${name}.protocols.${family}.addresses`] = list;
  if (settings.rulesCounters) Object.assign(fields, ruleFields(state, settings));
  if (settings.resourceUtilization) Object.assign(fields, utilizationFields(state, settings));
  return fields;
}

// Events a second since the last snapshot, where that one had seen any; then this snapshot becomes the last one.
function eventRate(of: SourceState): Decimal | undefined {
  const now = performance.now();
  const seconds = of.lastTime === 0 ? 0 : (now - of.lastTime) / 1000;
  const rate =
    of.lastEvents !== 0 && seconds > 0
      ? { decimal: Math.round(((of.events - of.lastEvents) / seconds) * 10) / 10 }
      : undefined;
  of.lastTime = now;
  of.lastEvents = of.events;
  return rate;
}

function hostFields(state: MetricsState, time: bigint): InternalFields {
  const facts = readHostFacts(state.env);
  const start = state.hostInfo ? state.startTime : 0n;
  return {
    'evt.hostname': state.hostInfo ? state.hostname : '',
    'falco.start_ts': start,
    'falco.duration_sec': (time - start) / NANOS_PER_SECOND,
    'falco.kernel_release': state.hostInfo ? facts.kernelRelease : '',
    'falco.host_boot_ts': state.hostInfo ? facts.bootTime : 0,
    'falco.host_num_cpus': state.hostInfo ? facts.cpus : 0,
  };
}

function ruleFields(state: MetricsState, settings: MetricsSettings): InternalFields {
  const fields: Record<ByteString, InternalValue> = { 'falco.rules.matches_total': state.rules.total() };
  for (const { rule, count } of state.rules.entries())
    if (count > 0 || settings.includeEmptyValues) fields[`falco.rules.${snapshotName(rule.name)}`] = count;
  return fields;
}

function utilizationFields(state: MetricsState, settings: MetricsSettings): InternalFields {
  const used = readUtilization(state.env);
  const values: [string, number, 'kb' | 'bytes' | 'perc' | 'count'][] = [
    ['cpu_usage', used.cpuPercent, 'perc'],
    ['memory_rss', used.rssKb, 'kb'],
    ['memory_vsz', used.vszKb, 'kb'],
    ['memory_pss', used.pssKb, 'kb'],
    ['container_memory_used', used.containerBytes, 'bytes'],
    ['host_cpu_usage', used.hostCpuPercent, 'perc'],
    ['host_memory_used', used.hostMemoryKb, 'kb'],
    ['host_procs_running', used.hostProcsRunning, 'count'],
    ['host_open_fds', used.hostOpenFds, 'count'],
  ];
  const fields: Record<ByteString, InternalValue> = {};
  for (const [name, value, unit] of values) {
    if (value === 0 && !settings.includeEmptyValues) continue;
    if (unit === 'count') fields[`falco.${name}`] = value;
    else if (unit === 'perc') fields[`falco.${name}_perc`] = { decimal: value };
    else if (settings.convertMemoryToMb) fields[`falco.${name}_mb`] = { decimal: megabytes(value, unit) };
    else fields[`falco.${name}_${unit}`] = value;
  }
  return fields;
}

function megabytes(value: number, unit: 'kb' | 'bytes'): number {
  return Math.round((unit === 'kb' ? value / 1024 : value / 1024 / 1024) * 10) / 10;
}
