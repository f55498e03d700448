// What metrics are made of: facts of the start and counters of the run, filled by the command line (spec:
// cli-and-config.md §6.2–6.3). Times are nanoseconds since the epoch.

import type { ByteString } from '../bytes.js';
import type { RuleCounts } from '../outputs/summary.js';

export interface MetricsSettings {
  /** `metrics.interval` as written. */
  readonly interval: ByteString;
  readonly outputRule: boolean;
  /** `metrics.output_file`; empty is off. */
  readonly outputFile: ByteString;
  readonly rulesCounters: boolean;
  readonly resourceUtilization: boolean;
  readonly pluginsMetrics: boolean;
  readonly convertMemoryToMb: boolean;
  readonly includeEmptyValues: boolean;
}

export interface MetricsState {
  readonly version: string;
  readonly hostname: ByteString;
  readonly rules: RuleCounts;
  /** Enabled event sources in order of loading. */
  readonly sources: readonly string[];
  /** Loaded rules files and their contents' SHA-256, lower-case hex. */
  readonly rulesFiles: readonly { readonly name: ByteString; readonly sha256: string }[];
  /** Main file and the files named in config_files. */
  readonly configFiles: readonly { readonly name: ByteString; readonly sha256: string }[];
  readonly startTime: bigint;
  readonly reloadTime: bigint;
  /** `plugins_hostinfo`. */
  readonly hostInfo: boolean;
  readonly drops: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A series of our own, beside Falco's. */
export interface ExtraMetric {
  /** Full name, `tsfalco_…`. */
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly labels: Readonly<Record<string, ByteString>>;
  readonly value: number;
}

/** How Falco names the engine behind a source. */
export function engineName(source: string): string {
  return source === 'syscall' ? 'nodriver' : 'source_plugin';
}
