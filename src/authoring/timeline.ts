// What a correlation made of a log, for whoever wonders why it gave an alert or none. In: events that met its steps, and its
// alerts. Out: a time line for each group, with what is missing at its end.

import { type ByteString, toBytes } from '../bytes.js';
import type { LoadedCorrelation } from '../engine/rules/loader.js';
import { printable } from '../printable.js';
import { isoText, timeOfMicros } from '../time.js';
import { fullestWindow, groupText, type MetGroup } from './windows.js';

const MICROS = 1_000_000;
/** Lines of a group that are shown, and groups. */
const [MOST_LINES, MOST_GROUPS] = [40, 20];

export interface TimelineOptions {
  /** Only groups in which these events counted. */
  readonly events?: ReadonlySet<number> | undefined;
  /** Matches of all correlations that were too many to be kept. */
  readonly more?: number;
}

/** Lines of at most 80 columns, but for outputs and long names. */
export function timelineText(
  correlation: LoadedCorrelation,
  all: readonly MetGroup[],
  { events, more = 0 }: TimelineOptions = {},
): ByteString {
  const groups =
    events === undefined ? all : all.filter(({ met }) => met.some(({ event }) => events.has(event)));
  const lines = [headOf(correlation)];
  if (all.length === 0) lines.push('  no event met a step', ...stepsText(correlation));
  else if (groups.length === 0) lines.push('  the event met no step');
  for (const group of groups.slice(0, MOST_GROUPS)) lines.push(...groupLines(correlation, group));
  if (groups.length > MOST_GROUPS) lines.push(`  ${groups.length - MOST_GROUPS} more groups`);
  if (more > 0) lines.push(`  ${more} later matches are not shown`);
  return lines.join('\n');
}

function headOf({ info, compiled: { plan, definition } }: LoadedCorrelation): ByteString {
  const by = definition.groupBy.map(({ text }) => text).join(', ');
  return `${printable(info.name)}: ${plan.type} of ${plan.type === 'temporal_ordered' ? plan.steps : plan.least} within ${plan.timespan / MICROS} s${by === '' ? '' : `, by ${by}`}`;
}

const stepsText = ({ compiled: { steps } }: LoadedCorrelation): readonly ByteString[] =>
  steps.map(({ info }) => `    ${printable(info.name)}: no event`);

function groupLines(correlation: LoadedCorrelation, group: MetGroup): readonly ByteString[] {
  const { steps } = correlation.compiled;
  const { key, met, alerts } = group;
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
  return [`  ${groupName(key)}`, ...shown, ...more, `    ${missingText(correlation, group)}`];
}

/** What a group lacks for an alert, or how many it gave. */
export function missingText(
  { compiled: { plan, steps, definition } }: LoadedCorrelation,
  { met, alerts }: MetGroup,
): ByteString {
  if (alerts.length > 0) return `gave ${alerts.length} ${alerts.length === 1 ? 'alert' : 'alerts'}`;
  const { there, steps: found } = fullestWindow(plan, met);
  const within = `within ${plan.timespan / MICROS} s`;
  const lacks = (one: ByteString, many: ByteString): ByteString => {
    if (there >= plan.least)
      return `the fullest window has ${there}, and exactly ${plan.least} are asked for`;
    const missing = plan.least - there;
    return `missing: ${missing} more ${missing === 1 ? one : many} ${within}; the fullest window has ${there} of ${plan.least}`;
  };
  switch (plan.type) {
    case 'event_count':
      return lacks('event', 'events');
    case 'value_count': {
      const field = definition.count!.field!.text;
      return lacks(`value of ${field}`, `values of ${field}`);
    }
    case 'temporal':
    case 'temporal_ordered': {
      const absent = steps.filter((_, step) => !found.has(step)).map(({ info }) => printable(info.name));
      if (absent.length > 0) return `missing ${within}: ${absent.join(', ')}`;
      return 'all steps were met, but not one after the other by different events';
    }
    default:
      return 'nothing was missing';
  }
}

export const groupName = (key: ByteString): ByteString =>
  key === '' ? 'all events' : printable(groupText(key));

const clock = (micros: number): ByteString =>
  toBytes(isoText(timeOfMicros(micros)).slice(0, 23).replace('T', ' '));
