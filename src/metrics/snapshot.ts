// In: each event's source as it arrives. Out: metrics snapshots, as an internal alert and as lines of a file, at most
// one an interval and source (spec: cli-and-config.md §6.3). Answers to falco's stats_writer.cpp.

import type { InternalAlert } from '../outputs/internal-alert.js';
import type { MetricsSettings, MetricsState } from './state.js';

export interface SnapshotOptions {
  readonly settings: MetricsSettings;
  /** The interval, milliseconds (parseInterval). */
  readonly intervalMs: number;
  readonly state: MetricsState;
  /** Sends the alert to all outputs (output_rule). */
  readonly send: (alert: InternalAlert) => void;
}

export interface Snapshots {
  /** A new event of the source arrived and has not been evaluated yet. Cheap: a look at two numbers. */
  beforeEvent(source: string): void;
  close(): void;
}

/** Errors: the system's, where output_file cannot be opened. */
export type CreateSnapshots = (options: SnapshotOptions) => Snapshots;
