// Drops: how many events of a source were not evaluated, by reason, and how many came without a part of them. In: each
// as it happens, wherever that is: in the source, in its unwrapper, on a thread. Out: series, and a closing line where
// something was dropped. Falco says such things in its log only.

import { createTally, type Tally } from '../tally.js';
import type { SourceMetric } from './source.js';

/** Why an event was not evaluated, as metrics name it, and in words. */
const REASONS = {
  too_large: 'too large',
  too_deep: 'nested too deeply',
  malformed: 'not JSON',
  not_an_event: 'no audit event',
  bad_timestamp: 'without a readable time',
  cut_off: 'cut off in the log group',
  incomplete: 'a piece of a split event without its others',
  damaged: 'without a time or a text in the log group',
} as const;

/** One of those, or a plugin's own word. */
export type DropReason = string;

/** What was counted on a thread, to be added here. */
export interface DropCounts {
  readonly dropped: readonly (readonly [DropReason, number])[];
  readonly truncated: number;
}

export interface Drops {
  /** Events that are not evaluated. @param count 1 if left out */
  add(reason: DropReason, count?: number): void;
  /** Events that are evaluated, but came without what the API server cut out (`audit.k8s.io/truncated`). */
  addTruncated(count?: number): void;
  /** Adds what was counted elsewhere. */
  addAll(counts: DropCounts): void;
  counts(): DropCounts;
  /** The counts; it begins anew. */
  take(): DropCounts;
}

/** Who hears of it as it happens. */
export interface DropListeners {
  readonly onDrop?: (reason: DropReason, count: number) => void;
  readonly onTruncated?: () => void;
}

export function createDrops({ onDrop, onTruncated }: DropListeners = {}): Drops {
  let dropped: Tally<DropReason> = createTally();
  let truncated = 0;
  const drops: Drops = {
    add(reason, count = 1) {
      if (count === 0) return;
      dropped.add(reason, count);
      onDrop?.(reason, count);
    },
    addTruncated(count = 1) {
      if (count === 0) return;
      truncated += count;
      onTruncated?.();
    },
    addAll(counts) {
      for (const [reason, count] of counts.dropped) drops.add(reason, count);
      drops.addTruncated(counts.truncated);
    },
    counts: () => ({ dropped: dropped.entries(), truncated }),
    take() {
      const taken = drops.counts();
      dropped = createTally();
      truncated = 0;
      return taken;
    },
  };
  return drops;
}

/** The counters of an event source; those that are 0 too, since rates are only known of what was there before. */
export function dropSeries(source: string, drops: Drops): readonly SourceMetric[] {
  const { dropped, truncated } = drops.counts();
  const counts = new Map(dropped);
  const counter = (name: string, help: string, labels: SourceMetric['labels'], value: number) =>
    ({ name: `tsfalco_${name}`, type: 'counter', help, labels: { source, ...labels }, value }) as const;
  return [
    ...[...new Set([...Object.keys(REASONS), ...counts.keys()])].map((reason) =>
      counter('dropped_events_total', 'Events not evaluated.', { reason }, counts.get(reason) ?? 0),
    ),
    counter('truncated_events_total', 'Events that the API server had cut.', {}, truncated),
  ];
}

/** What the closing report says: nothing where nothing was lost. */
export function dropSummary(source: string, drops: Drops): readonly string[] {
  const { dropped, truncated } = drops.counts();
  const total = dropped.reduce((sum, [, count]) => sum + count, 0);
  const lines = [];
  if (total > 0) lines.push(`${source}: ${total} dropped: ${describeDrops(dropped)}`);
  if (truncated > 0)
    lines.push(`${source}: ${truncated} truncated by the API server (audit.k8s.io/truncated)`);
  return lines;
}

/** `3 too large, 1 not JSON` */
export function describeDrops(dropped: DropCounts['dropped']): string {
  return dropped.map(([reason, count]) => `${count} ${wordsFor(reason)}`).join(', ');
}

function wordsFor(reason: DropReason): string {
  return Object.hasOwn(REASONS, reason)
    ? REASONS[reason as keyof typeof REASONS]
    : reason.replaceAll('_', ' ');
}
