// The benchmark's input: generated audit events (src/endpoint/events.ts), as lines in memory and as a file.
// Seeded, so that figures of two days or machines speak of the same bytes.

import { writeFileSync } from 'node:fs';
import { type ByteString, toBytes } from '../src/bytes.js';
import { createEventGenerator } from '../src/endpoint/events.js';

export interface WorkloadOptions {
  readonly events: number;
  /** Bytes an event, on average. */
  readonly averageSize: number;
  /** Share of events on which Falco's stock rules alert, 0–1. */
  readonly alerting: number;
  readonly seed: number;
}

export interface Workload {
  readonly options: WorkloadOptions;
  /** One event each, as sources deliver them: slices of a larger text. */
  readonly lines: readonly ByteString[];
  readonly bytes: number;
}

export function createWorkload(options: WorkloadOptions): Workload {
  const next = createEventGenerator(options);
  const text = toBytes(Array.from({ length: options.events }, () => next().message).join('\n'));
  return { options, lines: text.split('\n'), bytes: text.length + 1 };
}

/** Writes the lines to a file, as the API server writes its audit log. */
export function writeWorkload({ lines }: Workload, path: string): void {
  writeFileSync(path, `${lines.join('\n')}\n`, 'latin1');
}
