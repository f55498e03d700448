// What a correlation made of a log, for whoever wonders why it gave an alert or none. In: events that met its steps, and its
// alerts. Out: a time line for each group, with what is missing at its end.

import { type ByteString, toBytes } from '../bytes.js';
import type { Match } from '../engine/correlation/match.js';
import type { LoadedCorrelation } from '../engine/rules/loader.js';
import { printable } from '../printable.js';
import { isoText } from '../time.js';

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

const MICROS = 1_000_000;
/** Lines of a group that are shown, and groups. */
const [MOST_LINES, MOST_GROUPS] = [40, 20];

/** Lines of at most 80 columns, but for outputs and long names. */
export function timelineText(
  correlation: LoadedCorrelation,
  met: readonly MetStep[],
  alerts: readonly TimelineAlert[],
): ByteString {
  const groups = new Map<ByteString, MetStep[]>();
  for (const each of met) {
    const known = groups.get(each.key);
    if (known === undefined) groups.set(each.key, [each]);
    else known.push(each);
  }
  const lines = [headOf(correlation)];
  if (groups.size === 0) lines.push('  no event met a step', ...stepsText(correlation));
  for (const [key, own] of [...groups].slice(0, MOST_GROUPS))
    lines.push(
      ...groupText(
        correlation,
        key,
        own,
        alerts.filter((alert) => alert.key === key),
      ),
    );
  if (groups.size > MOST_GROUPS) lines.push(`  ${groups.size - MOST_GROUPS} more groups`);
  return lines.join('\n');
}

function headOf({ info, compiled: { plan, definition } }: LoadedCorrelation): ByteString {
  const by = definition.groupBy.map(({ text }) => text).join(', ');
  return `${printable(info.name)}: ${plan.type} of ${plan.type === 'temporal_ordered' ? plan.steps : plan.least} within ${plan.timespan / MICROS} s${by === '' ? '' : `, by ${by}`}`;
}

const stepsText = ({ compiled: { steps } }: LoadedCorrelation): readonly ByteString[] =>
  steps.map(({ info }) => `    ${printable(info.name)}: no event`);

function groupText(
  correlation: LoadedCorrelation,
  key: ByteString,
  met: readonly MetStep[],
  alerts: readonly TimelineAlert[],
): readonly ByteString[] {
  const { steps } = correlation.compiled;
  const width = Math.max(...steps.map(({ info }) => info.name.length));
  const rows = [
    ...met.map(({ time, event, step, value }) => ({
      time,
      text: `event ${String(event).padEnd(6)} ${printable(steps[step]!.info.name).padEnd(width)}${value === undefined ? '' : `  ${printable(value)}`}`,
    })),
    ...alerts.map(({ time, output }) => ({ time, text: `ALERT        ${printable(output)}` })),
  ].sort((a, b) => a.time - b.time);
  const shown = rows.slice(0, MOST_LINES).map(({ time, text }) => `    ${clock(time)}  ${text}`.trimEnd());
  const more = rows.length > MOST_LINES ? [`    ${rows.length - MOST_LINES} more`] : [];
  return [`  ${groupName(key)}`, ...shown, ...more, `    ${missingText(correlation, met, alerts)}`];
}

function missingText(
  { compiled: { plan, steps, definition } }: LoadedCorrelation,
  met: readonly MetStep[],
  alerts: readonly TimelineAlert[],
): ByteString {
  if (alerts.length > 0) return `gave ${alerts.length} ${alerts.length === 1 ? 'alert' : 'alerts'}`;
  const sorted = [...met].sort((a, b) => a.time - b.time);
  const last = sorted.at(-1)!.time;
  const window = sorted.filter(({ time }) => time >= last - plan.timespan);
  const lacks = (there: number, what: ByteString): ByteString =>
    `missing: ${plan.least - there} more ${what} within ${plan.timespan / MICROS} s; the last window has ${there} of ${plan.least}`;
  switch (plan.type) {
    case 'event_count':
      return lacks(new Set(window.map(({ id }) => id)).size, 'events');
    case 'value_count': {
      const values = new Set(window.flatMap(({ value }) => value ?? []));
      return lacks(values.size, `values of ${definition.count!.field!.text}`);
    }
    case 'temporal':
    case 'temporal_ordered': {
      const there = new Set(window.map(({ step }) => step));
      const absent = steps.filter((_, step) => !there.has(step)).map(({ info }) => printable(info.name));
      if (absent.length > 0) return `missing within ${plan.timespan / MICROS} s: ${absent.join(', ')}`;
      return 'all steps were met, but not one after the other by different events';
    }
    default:
      return 'nothing was missing';
  }
}

/** Values of a group; the first two bytes are what separates values, and stands for a missing one. */
const groupName = (key: ByteString): ByteString =>
  key === '' ? 'all events' : printable(key.replaceAll('\0', ', ').replaceAll('\x01', '<NA>'));

const clock = (micros: number): ByteString =>
  toBytes(
    isoText({ seconds: Math.floor(micros / MICROS), nanos: (micros % MICROS) * 1000 })
      .slice(0, 23)
      .replace('T', ' '),
  );
