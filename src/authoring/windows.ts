// What a correlation saw, by groups: which of its windows came nearest to an alert. In: events that met its steps, and its
// alerts. Out: groups, those with alerts first, then the nearest.

import type { ByteString } from '../bytes.js';
import type { Match, Plan } from '../engine/correlation/match.js';

export interface MetStep extends Match {
  /** Number of the event, from 1. */
  readonly event: number;
}

/** An alert of the correlation. */
export interface TimelineAlert {
  /** Microseconds since the epoch. */
  readonly time: number;
  readonly key: ByteString;
  readonly output: ByteString;
}

export interface MetGroup {
  readonly key: ByteString;
  /** In order of time. */
  readonly met: readonly MetStep[];
  readonly alerts: readonly TimelineAlert[];
}

/** The stretch of at most the timespan that holds most of what the correlation asks for. */
export interface FullestWindow {
  /** Different events, values or steps. */
  readonly there: number;
  /** Steps that were met in it. */
  readonly steps: ReadonlySet<number>;
}

export function groupsOf(met: readonly MetStep[], alerts: readonly TimelineAlert[]): readonly MetGroup[] {
  const groups = new Map<ByteString, { met: MetStep[]; alerts: TimelineAlert[] }>();
  const groupAt = (key: ByteString) => {
    const group = groups.get(key) ?? { met: [], alerts: [] };
    groups.set(key, group);
    return group;
  };
  for (const each of met) groupAt(each.key).met.push(each);
  for (const each of alerts) groupAt(each.key).alerts.push(each);
  const all = [...groups].map(([key, group]) => ({
    key,
    met: group.met.sort((a, b) => a.time - b.time),
    alerts: group.alerts,
  }));
  // Sorting keeps the order of what is equal.
  return all.sort((a, b) => Number(b.alerts.length > 0) - Number(a.alerts.length > 0));
}

/** undefined: a group gave an alert, or there is none. */
export function nearestOf(plan: Plan, groups: readonly MetGroup[]): MetGroup | undefined {
  if (groups.some(({ alerts }) => alerts.length > 0)) return undefined;
  let nearest: { readonly group: MetGroup; readonly there: number } | undefined;
  for (const group of groups) {
    const { there } = fullestWindow(plan, group.met);
    if (there > (nearest?.there ?? -1)) nearest = { group, there };
  }
  return nearest?.group;
}

/** @param met in order of time */
export function fullestWindow({ type, timespan }: Plan, met: readonly MetStep[]): FullestWindow {
  const countedOf = ({ id, time, step, value }: MetStep): ByteString | undefined => {
    if (type === 'value_count') return value;
    return type === 'temporal' || type === 'temporal_ordered' ? String(step) : `${time} ${id}`;
  };
  const counts = new Map<ByteString, number>();
  const add = (match: MetStep, by: number): void => {
    const value = countedOf(match);
    if (value === undefined) return;
    const count = (counts.get(value) ?? 0) + by;
    if (count === 0) counts.delete(value);
    else counts.set(value, count);
  };
  let [from, there, start, end] = [0, 0, 0, 0];
  for (const [at, match] of met.entries()) {
    add(match, 1);
    while (met[from]!.time < match.time - timespan) add(met[from++]!, -1);
    // The latest of several: what is missing now.
    if (counts.size >= there) [there, start, end] = [counts.size, from, at + 1];
  }
  return { there, steps: new Set(met.slice(start, end).map(({ step }) => step)) };
}

/** Values of a group; the first two bytes are what separates values, and stands for a missing one. */
export const groupText = (key: ByteString): ByteString =>
  key.replaceAll('\0', ', ').replaceAll('\x01', '<NA>');
