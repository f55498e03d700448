// tsfalco stats --rules: how loud each rule and correlation is on a log, and which exceptions would silence most, as files ready
// to use.

import { existsSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { createCorrelationRun } from '../../authoring/correlate.js';
import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import { printable } from '../../printable.js';
import { createAlertReader, priorityName } from '../../survey/alerts.js';
import { csvLine } from '../../survey/csv.js';
import { exceptionsSuite, exceptionsYaml, suggestions } from '../../survey/exceptions-yaml.js';
import { createReading } from '../../survey/reading.js';
import { createNoiseMeter, type RuleNoise } from '../../survey/rule-stats.js';
import { type Paint, severityColour } from '../../survey/terminal.js';
import { Failure, type Host, MISUSE } from '../host.js';
import { correlationStats } from './correlation-stats.js';
import type { Inputs } from './inputs.js';
import { paintOf } from './paint.js';
import type { ScanRules } from './rules.js';

const NO_JSON = { enabled: false, output: false, tags: false, message: false, outputFields: false };
/** Rules whose exceptions are printed: the loudest. */
const SHOWN = 3;

/** @returns 0. @throws Failure */
export async function ruleStats(
  host: Host,
  inputs: Inputs,
  loaded: ScanRules,
  format: 'text' | 'csv' | 'json',
  target: string | undefined,
): Promise<number> {
  if (target !== undefined && existsSync(target))
    throw new Failure(toBytes(`${target} is there already`), 'error', MISUSE);
  const { rules, correlations, workspace } = loaded;
  const { sources } = workspace;
  const { prefilterOf, alertsOf } = createAlertReader(
    // For the prefilter, which passes what meets a step, too.
    { rules, correlations, counting: workspace.rules },
    sources,
    { json: NO_JSON, isoTime: true, hostname: '' },
  );
  const meter = createNoiseMeter(sources);
  const run = createCorrelationRun(workspace.rules, correlations);
  const reading = createReading({
    sources,
    span: inputs.span,
    prefilterOf,
    report: inputs.report,
    use(event, state) {
      for (const { rule } of alertsOf(event, state)) meter.add(rule, event);
      if (correlations.length > 0) run.take(event);
    },
  });
  for await (const payload of inputs.payloads(reading.drops, sources.others)) reading.read(payload);
  inputs.settle();
  const events = reading.events();
  if (events === 0) throw new Failure(toBytes(`There are no events in ${inputs.what()}`), 'error', MISUSE);
  const rows = meter.rows();
  const seen = new Set(reading.bySource().map(([source]) => source));
  const asked = rules.filter(({ info }) => seen.has(info.source));
  await host.stdout.write(textOf(rows, events, asked, format, paintOf(host)), format === 'text');
  run.finish();
  await host.stdout.write(correlationStats(run.outcomes(), events, format, paintOf(host)), format === 'text');
  if (format === 'text') await host.stdout.write(closing(rows, events, target));
  if (target !== undefined) await writeExceptions(host, rows, loaded, target);
  return inputs.status();
}

function textOf(
  rows: readonly RuleNoise[],
  events: number,
  rules: ScanRules['rules'],
  format: 'text' | 'csv' | 'json',
  paint: Paint,
): ByteString {
  if (format === 'csv') {
    const head = csvLine([
      'rule',
      'priority',
      'alerts',
      'alerts_per_100000_events',
      'users',
      'exception_silences',
    ]);
    return [head, ...rows.map((row) => csvRow(row, events))].join('');
  }
  if (format === 'json')
    return toBytes(rows.map((row) => `${JSON.stringify(jsonRow(row, events))}\n`).join(''));
  const quiet = rules.length - rows.length;
  const silent = `${quiet} ${quiet === 1 ? 'rule was' : 'rules were'} silent`;
  return `${rows.map((row) => screenRow(row, events, paint)).join('')}${silent}\n`;
}

const perEvents = (count: number, events: number): string => ((count / events) * 100_000).toFixed(1);

function csvRow({ rule, count, users, exception }: RuleNoise, events: number): ByteString {
  return csvLine([
    rule.info.name,
    priorityName(rule),
    String(count),
    perEvents(count, events),
    String(users),
    String(exception?.count ?? 0),
  ]);
}

function jsonRow({ rule, count, users, common, exception }: RuleNoise, events: number) {
  const texts = (values: readonly ByteString[]) => values.map(fromBytes);
  return {
    rule: fromBytes(rule.info.name),
    priority: priorityName(rule),
    alerts: count,
    per100000Events: Number(perEvents(count, events)),
    users,
    common: common.map((each) => ({ ...each, value: fromBytes(each.value) })),
    exception: exception && {
      fields: texts(exception.fields),
      values: texts(exception.values),
      silences: exception.count,
    },
  };
}

const INDENT = '           ';

function screenRow(
  { rule, count, users, common, exception }: RuleNoise,
  events: number,
  paint: Paint,
): ByteString {
  const priority = priorityName(rule).replace('Informational', 'Info');
  const head = `${String(count).padStart(9)}  ${severityColour(paint, rule.info.priority, priority.padEnd(9))} ${paint.bold(printable(rule.info.name))}`;
  const rate = `${perEvents(count, events)} in 100,000 events, ${users} ${users === 1 ? 'user' : 'users'}`;
  const same = common.map(
    ({ field, value, count: n }) => `${field} = ${printable(value)}${n === count ? '' : ` (${n})`}`,
  );
  const silences =
    exception && `an exception of ${exception.fields.length} fields would silence ${exception.count}`;
  return [
    head,
    ...[rate, ...same, ...(silences === undefined ? [] : [silences])].map((line) => INDENT + paint.dim(line)),
    '',
  ].join('\n');
}

function closing(rows: readonly RuleNoise[], events: number, target: string | undefined): ByteString {
  const alerts = rows.reduce((sum, { count }) => sum + count, 0);
  const total = `${alerts} alerts of ${rows.length} rules in ${events} events\n`;
  const loudest = suggestions(rows).slice(0, SHOWN);
  if (target !== undefined || loudest.length === 0) return total;
  return `${total}\n# Exceptions for the loudest; all of them, with a test: --exceptions FILE\n${exceptionsYaml(loudest)}`;
}

async function writeExceptions(
  host: Host,
  rows: readonly RuleNoise[],
  { workspace, paths }: ScanRules,
  target: string,
): Promise<void> {
  const suggested = suggestions(rows);
  const suite = target.replace(/(\.ya?ml)?$/, '-test.yaml');
  const beside = (path: string): string => {
    const near = relative(dirname(resolve(target)), resolve(path));
    return near.startsWith('../..') ? resolve(path) : near;
  };
  const matches = (rule: RuleNoise['rule'], event: string): boolean => {
    let found = false;
    const use = (read: Parameters<typeof workspace.matches>[0]): void => {
      found ||= workspace.matches(read).some((match) => match.rule === rule);
    };
    workspace.readEvents(toBytes(event), use, () => undefined);
    return found;
  };
  writeFileSync(target, exceptionsYaml(suggested), 'latin1');
  writeFileSync(suite, exceptionsSuite(suggested, [...paths.map(beside), beside(target)], matches));
  host.error(
    toBytes(`Exceptions for ${suggested.length} rules in ${target}; test them: tsfalco test ${suite}`),
  );
}
