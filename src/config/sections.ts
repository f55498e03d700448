// In: a reader of the merged configuration. Out: the typed sections for logging, engine, outputs, web server, metrics
// (spec: cli-and-config.md §2.3, §2.8). Answers to falco_configuration::load_yaml; messages are Falco's.

import { isIP } from 'node:net';
import type { ByteString } from '../bytes.js';
import type {
  EngineConfig,
  EngineKind,
  HttpOutputConfig,
  LibsSeverity,
  LogConfig,
  LogLevel,
  MetricsConfig,
  OutputsConfig,
  WebserverConfig,
} from './config.js';
import { MAX_UINT8, MAX_UINT32, MAX_UINT64, type Reader } from './read.js';
import { ConfigError } from './tree.js';

const LOG_LEVELS: readonly LogLevel[] = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
];
const LIBS_SEVERITIES: readonly LibsSeverity[] = [
  'fatal',
  'critical',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
  'trace',
];
const ENGINE_KINDS: readonly EngineKind[] = ['kmod', 'modern_ebpf', 'replay', 'nodriver'];
const PRIORITIES = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'informational',
  'debug',
] as const;

/** `Error reading config file (f): text`, the way Falco says it. */
export function fileFault(file: ByteString, text: ByteString): ConfigError {
  return new ConfigError(`Error reading config file (${file}): ${text}`);
}

function oneOf<T extends string>(values: readonly T[], text: ByteString): T | undefined {
  return values.find((value) => value === text);
}

export function readLog(reader: Reader): LogConfig {
  const levelText = reader.text('log_level', 'info');
  const level = oneOf(LOG_LEVELS, levelText);
  if (level === undefined) throw new ConfigError(`Unknown log level ${levelText}`);
  return {
    level,
    libs: readLibs(reader),
    stderr: reader.flag('log_stderr', false),
    syslog: reader.flag('log_syslog', true),
    iso: reader.flag('time_format_iso_8601', false),
  };
}

function readLibs(reader: Reader): LibsSeverity | undefined {
  if (!reader.flag('libs_logger.enabled', true)) return undefined;
  const text = reader.text('libs_logger.severity', 'info');
  const severity = oneOf(LIBS_SEVERITIES, text);
  if (severity === undefined) throw new ConfigError(`Unknown sinsp log severity ${text}`);
  return severity;
}

export function readEngine(reader: Reader, file: ByteString): EngineConfig {
  const text = reader.text('engine.kind', 'kmod');
  const kind = oneOf(ENGINE_KINDS, text);
  if (kind === undefined) throw fileFault(file, `engine.kind '${text}' is not a valid kind.`);
  const captureFile = kind === 'replay' ? reader.text('engine.replay.capture_file', '') : '';
  if (kind === 'replay' && captureFile === '') {
    throw fileFault(file, "engine.kind is 'replay' but no engine.replay.capture_file specified.");
  }
  return { kind, given: reader.node('engine.kind') !== undefined, captureFile };
}

/** `buffered_outputs` is read later, as in Falco; all others come in its order, so that the same fault is reported first. */
export function readOutputs(reader: Reader, file: ByteString, unbuffered: boolean): OutputsConfig {
  const fileOutput = readCommandOutput(reader, file, 'file', 'filename');
  const program = readCommandOutput(reader, file, 'program', 'program');
  const http = readHttp(reader, file);
  return {
    stdout: reader.flag('stdout_output.enabled', false),
    syslog: reader.flag('syslog_output.enabled', false),
    ...(fileOutput && { file: { filename: fileOutput.target, keepAlive: fileOutput.keepAlive } }),
    ...(program && { program: { program: program.target, keepAlive: program.keepAlive } }),
    ...(http && { http }),
    timeoutMs: reader.unsigned('output_timeout', 2000, MAX_UINT32),
    buffered: !unbuffered && reader.flag('buffered_outputs', false),
    capacity: reader.unsigned('outputs_queue.capacity', 0, MAX_UINT64),
  };
}

/** `file_output` and `program_output`. Their keep_alive is the text `true` and no other. */
function readCommandOutput(reader: Reader, file: ByteString, name: 'file' | 'program', key: string) {
  if (!reader.flag(`${name}_output.enabled`, false)) return undefined;
  const target = reader.text(`${name}_output.${key}`, '');
  if (target === '') throw fileFault(file, `${name} output enabled but no ${key} in configuration block`);
  return { target, keepAlive: reader.text(`${name}_output.keep_alive`, '') === 'true' };
}

function readHttp(reader: Reader, file: ByteString): HttpOutputConfig | undefined {
  if (!reader.flag('http_output.enabled', false)) return undefined;
  const url = reader.text('http_output.url', '');
  if (url === '') throw fileFault(file, 'http output enabled but no url in configuration block');
  const flag = (key: string): boolean => reader.flag(`http_output.${key}`, false);
  const text = (key: string, fallback: string): ByteString => reader.text(`http_output.${key}`, fallback);
  return {
    url,
    userAgent: text('user_agent', 'falcosecurity/falco'),
    insecure: flag('insecure'),
    echo: flag('echo'),
    caCert: text('ca_cert', ''),
    caBundle: text('ca_bundle', ''),
    caPath: text('ca_path', '/etc/ssl/certs'),
    mtls: flag('mtls'),
    clientCert: text('client_cert', '/etc/ssl/certs/client.crt'),
    clientKey: text('client_key', '/etc/ssl/certs/client.key'),
    compressUploads: flag('compress_uploads'),
    keepAlive: flag('keep_alive'),
    maxConsecutiveTimeouts: reader.unsigned('http_output.max_consecutive_timeouts', 5, MAX_UINT8),
  };
}

export function readRuleMatching(reader: Reader): 'first' | 'all' {
  const text = reader.text('rule_matching', 'first');
  const matching = oneOf(['first', 'all'] as const, text.toLowerCase());
  if (matching !== undefined) return matching;
  throw new ConfigError(`Unknown rule matching strategy "${text}"--must be one of first, all`);
}

export function readPriority(reader: Reader): number {
  const text = reader.text('priority', 'debug');
  const lower = text.toLowerCase();
  const number = PRIORITIES.findIndex((name) => name === (lower === 'info' ? 'informational' : lower));
  if (number >= 0) return number;
  throw new ConfigError(`Unknown priority "${text}"--must be one of ${PRIORITIES.join(', ')}`);
}

export function readWebserver(reader: Reader, file: ByteString): WebserverConfig {
  const address = reader.text('webserver.listen_address', '0.0.0.0');
  if (isIP(address.trim()) === 0) {
    throw fileFault(file, `webserver listen address "${address}" is not a valid IP address`);
  }
  return {
    enabled: reader.flag('webserver.enabled', false),
    threadiness: reader.unsigned('webserver.threadiness', 0, MAX_UINT32),
    port: reader.unsigned('webserver.listen_port', 8765, MAX_UINT32),
    address: address.trim(),
    healthzPath: reader.text('webserver.k8s_healthz_endpoint', '/healthz'),
    ssl: reader.flag('webserver.ssl_enabled', false),
    certificate: reader.text('webserver.ssl_certificate', '/etc/falco/falco.pem'),
    prometheus: reader.flag('webserver.prometheus_metrics_enabled', false),
  };
}

export function readMetrics(reader: Reader): MetricsConfig {
  const flag = (key: string, fallback: boolean): boolean => reader.flag(`metrics.${key}`, fallback);
  return {
    enabled: flag('enabled', false),
    interval: reader.text('metrics.interval', '5000'),
    outputRule: flag('output_rule', false),
    outputFile: reader.text('metrics.output_file', ''),
    rulesCounters: flag('rules_counters_enabled', true),
    resourceUtilization: flag('resource_utilization_enabled', true),
    pluginsMetrics: flag('plugins_metrics_enabled', true),
    convertMemoryToMb: flag('convert_memory_to_mb', true),
    includeEmptyValues: flag('include_empty_values', false),
  };
}

/** Sections for system calls have no effect, but Falco refuses these values even where it reads none. */
export function checkSyscalls(reader: Reader, file: ByteString): void {
  checkDropActions(reader, file);
  const threshold = reader.decimal('syscall_event_drops.threshold', 0.1);
  if (threshold < 0 || threshold > 1) {
    throw fileFault(file, 'syscall event drops threshold must be a double in the range [0, 1]');
  }
  if (reader.unsigned('syscall_event_timeouts.max_consecutives', 1000, MAX_UINT32) === 0) {
    throw new ConfigError(
      `Error reading config file(${file}): the maximum consecutive timeouts without an event must be an unsigned integer > 0`,
    );
  }
}

function checkDropActions(reader: Reader, file: ByteString): void {
  let ignore = false;
  for (const action of reader.texts('syscall_event_drops.actions')) {
    if (!['ignore', 'log', 'alert', 'exit'].includes(action)) {
      throw fileFault(
        file,
        'available actions for syscall event drops are "ignore", "log", "alert", and "exit"',
      );
    }
    if (action === 'ignore') ignore = true;
    else if (ignore && action !== 'exit') {
      throw fileFault(
        file,
        `syscall event drop action "${action}" does not make sense with the "ignore" action`,
      );
    }
  }
}

/** Whether captures are wanted. @throws ConfigError for an unknown mode */
export function readCapture(reader: Reader, file: ByteString): boolean {
  const mode = reader.text('capture.mode', 'rules');
  if (mode !== 'rules' && mode !== 'all_rules') {
    throw fileFault(file, `capture.mode '${mode}' is not a valid mode.`);
  }
  return reader.flag('capture.enabled', false);
}
