// In: a reader of the merged configuration. Out: the typed sections for rules, web server and metrics
// (spec: cli-and-config.md §2.3). Answers to falco_configuration::load_yaml; messages are Falco's.

import { isIP } from 'node:net';
import type { ByteString } from '../../bytes.js';
import type { MetricsConfig, WebserverConfig } from '../config.js';
import { fileFault, oneOf } from '../fault.js';
import { MAX_UINT32, type Reader } from '../read/read.js';
import { ConfigError } from '../read/tree.js';

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
