// An alert of a log → a line of text, JSON, CSV, or what a terminal shows. In: alerts. Out: byte strings with their line ends.

import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import { printable } from '../printable.js';
import { clockText, dateText } from '../time.js';
import { type LogAlert, priorityName } from './alerts.js';
import { csvLine } from './csv.js';
import type { Findings } from './findings.js';
import { type Paint, severityColour, wrapText } from './terminal.js';

/** One line each, for pipes and files. */
export function textLine({ iso, rule, output }: LogAlert): ByteString {
  return `${iso} ${priorityName(rule)} [${printable(rule.info.name)}] ${printable(output)}\n`;
}

export const CSV_HEAD = csvLine([
  ...['time', 'priority', 'rule', 'user', 'verb', 'resource', 'namespace', 'name'],
  ...['source_ips', 'response_code', 'audit_id', 'output'],
]);

export function csvText({ iso, rule, output, about }: LogAlert): ByteString {
  const { user, verb, resource, namespace, name, sources, code, auditId } = about;
  return csvLine([
    ...[iso, priorityName(rule), rule.info.name, user, verb, resource, namespace, name],
    ...[sources, code, auditId, output],
  ]);
}

const CLOCK = 14;
const PRIORITY = 10;
const MARGIN = 2;

/** For a screen: when, how severe, which rule; below it the message, wrapped. */
export function screenText(alert: LogAlert, paint: Paint, width: number): ByteString {
  const { rule, output, time } = alert;
  const priority = priorityName(rule);
  const shown = SHORT[priority] ?? priority;
  const head = `${shortTime(time).padEnd(CLOCK)}  ${severityColour(paint, rule.info.priority, shown.padEnd(PRIORITY))}${paint.bold(printable(rule.info.name))}`;
  const indent = ' '.repeat(MARGIN);
  const lines = wrapText(fromBytes(printable(output)), width - MARGIN).map(
    (line) => indent + paint.dim(toBytes(line)),
  );
  return `${head}\n${lines.join('\n')}\n`;
}

const SHORT: Readonly<Record<string, string>> = { Informational: 'Info' };

/** `08-01 12:00:03`, UTC. */
export function shortTime(time: number): string {
  const seconds = Math.floor(time / 1000);
  return `${dateText(seconds, 0).slice(5)} ${clockText(seconds, 0)}`;
}

/** `2026-08-01 12:00:03`, UTC. */
export function fullTime(time: number): string {
  const seconds = Math.floor(time / 1000);
  return `${dateText(seconds, 0)} ${clockText(seconds, 0)}`;
}

/** The closing table: two lines a rule, so that it fits on 80 columns. */
export function findingsText(findings: Findings, paint: Paint): ByteString {
  const rules = findings.byRule();
  if (rules.length === 0) return '';
  const digits = String(Math.max(...rules.map(({ count }) => count))).length;
  const lines = rules.flatMap(({ rule, count, first, last, who, whoCount }) => {
    const name = SHORT[priorityName(rule)] ?? priorityName(rule);
    const severity = severityColour(paint, rule.info.priority, name.padEnd(PRIORITY));
    const until =
      first === last ? '' : ` to ${sameDay(first, last) ? shortTime(last).slice(6) : fullTime(last)}`;
    const most = whoCount === count ? `all by ${printable(who)}` : `most by ${printable(who)} (${whoCount})`;
    const by = who === '' ? '' : `, ${most}`;
    return [
      `${String(count).padStart(digits)}  ${severity}${paint.bold(printable(rule.info.name))}`,
      `${' '.repeat(digits + 2 + PRIORITY)}${paint.dim(`${fullTime(first)}${until}${by}`)}`,
    ];
  });
  return lines.map((line) => `${line}\n`).join('');
}

const sameDay = (a: number, b: number): boolean => fullTime(a).slice(0, 10) === fullTime(b).slice(0, 10);
