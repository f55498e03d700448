// The rows of correlations in tsfalco stats --rules: alerts, events that met steps, and what the nearest group lacks.

import type { Outcome } from '../../authoring/correlate.js';
import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import { PRIORITIES } from '../../engine/rules/alert/alert.js';
import { printable } from '../../printable.js';
import { csvLine } from '../../survey/csv.js';
import { type Paint, severityColour } from '../../survey/terminal.js';

const INDENT = '           ';

/** Correlations that some event met a step of, the loudest first; on a screen, how many others there are. */
export function correlationStats(
  outcomes: readonly Outcome[],
  events: number,
  format: 'text' | 'csv' | 'json',
  paint: Paint,
): ByteString {
  const rows = outcomes
    .filter(({ matches }) => matches > 0)
    .toSorted((a, b) => b.alerts - a.alerts || b.matches - a.matches);
  if (format === 'csv') return rows.map((row) => csvRow(row, events)).join('');
  if (format === 'json')
    return toBytes(rows.map((row) => `${JSON.stringify(jsonRow(row, events))}\n`).join(''));
  const none = outcomes.length - rows.length;
  const rest =
    none === 0 ? '' : `No event met a step of ${none} ${none === 1 ? 'correlation' : 'correlations'}\n`;
  return rows.map((row) => screenRow(row, events, paint)).join('') + rest;
}

const perEvents = (count: number, events: number): string => ((count / events) * 100_000).toFixed(1);
const priorityOf = ({ correlation }: Outcome): string => PRIORITIES[correlation.info.priority]!;

/** The columns of rules: it has no users, and no exception. */
function csvRow(row: Outcome, events: number): ByteString {
  const { correlation, alerts } = row;
  return csvLine([correlation.info.name, priorityOf(row), String(alerts), perEvents(alerts, events), '', '']);
}

function jsonRow(row: Outcome, events: number) {
  const { correlation, alerts, matches, steps, groups, nearest } = row;
  return {
    correlation: fromBytes(correlation.info.name),
    priority: priorityOf(row),
    alerts,
    per100000Events: Number(perEvents(alerts, events)),
    events: matches,
    groups,
    steps: steps.map((step) => ({ ...step, name: fromBytes(step.name) })),
    nearest: nearest && { group: fromBytes(nearest.group), lacks: fromBytes(nearest.lacks) },
  };
}

function screenRow(row: Outcome, events: number, paint: Paint): ByteString {
  const { correlation, alerts, matches, steps, groups, nearest } = row;
  const priority = priorityOf(row).replace('Informational', 'Info');
  const { info } = correlation;
  const head = `${String(alerts).padStart(9)}  ${severityColour(paint, info.priority, priority.padEnd(9))} ${paint.bold(printable(info.name))}`;
  const met = `${matches} ${matches === 1 ? 'event' : 'events'} met its steps, in ${groups} ${groups === 1 ? 'group' : 'groups'}; ${perEvents(alerts, events)} alerts in 100,000 events`;
  const lines = [
    met,
    ...steps.map((step) => `${printable(step.name)}: ${step.matches}`),
    ...(nearest === undefined ? [] : [`${printable(nearest.group)}:`, `  ${nearest.lacks}`]),
  ];
  return [head, ...lines.map((line) => INDENT + paint.dim(line)), ''].join('\n');
}
