// The benchmark's input: generated audit events (demo/endpoint/events.ts), as lines in memory and as a file.
// Seeded, so that figures of two days or machines speak of the same bytes.

import { writeFileSync } from 'node:fs';
import { createEventGenerator } from '../demo/endpoint/events.js';
import { type ByteString, toBytes } from '../src/bytes.js';

export interface WorkloadOptions {
  readonly events: number;
  /** Bytes an event, on average. */
  readonly averageSize: number;
  /** Share of events on which Falco's stock rules alert, 0–1. */
  readonly alerting: number;
  readonly seed: number;
}

export interface Workload {
  /** One event each, as sources deliver them: slices of a larger text. */
  readonly lines: readonly ByteString[];
  /** The same as files deliver them: bytes with whole lines. */
  readonly blocks: readonly Uint8Array[];
  readonly bytes: number;
}

export function createWorkload(options: WorkloadOptions): Workload {
  const next = createEventGenerator(options);
  return workloadOf(options.events, () => next().message);
}

/** @param next makes an event as text */
export function workloadOf(events: number, next: () => string): Workload {
  const text = toBytes(Array.from({ length: events }, next).join('\n'));
  const bytes = Buffer.from(`${text}\n`, 'latin1');
  return { lines: text.split('\n'), blocks: blocksOf(bytes), bytes: bytes.length };
}

const BLOCK = 1024 * 1024;

function blocksOf(bytes: Buffer): readonly Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = from + BLOCK < bytes.length ? bytes.lastIndexOf('\n', from + BLOCK) + 1 : bytes.length;
    blocks.push(bytes.subarray(from, end > from ? end : bytes.indexOf('\n', from) + 1));
    from += blocks.at(-1)!.length;
  }
  return blocks;
}

/** Writes the lines to a file, as the API server writes its audit log. */
export function writeWorkload({ lines }: Workload, path: string): void {
  writeFileSync(path, `${lines.join('\n')}\n`, 'latin1');
}
