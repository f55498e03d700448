// tsfalco stats: how many events of a log have which values, over time if wished; or, with --rules, how loud each rule is.

import { openWorkspace, type Workspace } from '../../authoring/workspace.js';
import { type ByteString, toBytes } from '../../bytes.js';
import { suggest } from '../../suggest.js';
import { textReader } from '../../survey/alerts.js';
import { createReading, type Reading } from '../../survey/reading.js';
import { createStats, type Stats, type TextReader } from '../../survey/stats.js';
import { type StatsLayout, statsCsv, statsJson, tableText, timeText } from '../../survey/stats-text.js';
import { compileWhere, type Where } from '../../survey/where.js';
import { COMMAND_OPTIONS } from '../arguments/command-options.js';
import { misuse, readArguments } from '../arguments/usage.js';
import { Failure, type Host, MISUSE } from '../host.js';
import { INPUT_USAGE, type Inputs, lossText, openInputs } from '../logs/inputs.js';
import { paintOf, widthOf } from '../logs/paint.js';
import { loadScanRules } from '../logs/rules.js';

const USAGE = `Usage: tsfalco stats [--by FIELD,…] [--where CONDITION] [--every 5m]
                     [--top 20|all] [--distinct FIELD]
                     [--format text|csv|json] FILES…
       tsfalco stats --rules [-r RULES…] [--exceptions FILE] FILES…

Counts the events in a log by the values of fields: a table with bars, the most
frequent first. With --rules: how loud each rule is on the log, what its alerts
have in common, and which exception would silence most of them.

--by FIELDS  fields, with commas; default ka.user.name,ka.verb
--where CONDITION  only events that meet it; macros and lists of the rules count
--every SPAN  over time: a line for each stretch (30s, 5m, 1h, 1d)
--top N    so many rows; all: every one
--distinct FIELD  count how many values of this field each row has
-r RULES   rules files instead of our own, for --rules, macros and lists
--exceptions FILE  write the exceptions there, and a test of them beside it
${INPUT_USAGE}
Exit status: 0, 2 if nothing could be read or an option is wrong.
`;

const FORMATS = ['text', 'csv', 'json'] as const;
const DEFAULT_BY = 'ka.user.name,ka.verb';
const DEFAULT_TOP = 20;

/** @returns 0. @throws Failure with exit code 2 */
export async function stats(argv: readonly string[], host: Host): Promise<number> {
  const { values, positionals } = readArguments({
    args: [...argv],
    allowPositionals: true,
    options: COMMAND_OPTIONS.stats,
  });
  if (values.help === true) {
    await host.stdout.write(toBytes(USAGE));
    return 0;
  }
  const format = FORMATS.find((known) => known === (values.format ?? 'text'));
  if (format === undefined)
    throw misuse(`Invalid format '${values.format}'. Valid values are: ${FORMATS.join(', ')}`);
  const inputs = openInputs(host, 'stats', positionals, values);
  if (values.rules === true) {
    const { ruleStats } = await import('../logs/rule-stats.js');
    return ruleStats(host, inputs, loadScanRules(host, values), format, values.exceptions);
  }
  const workspace = openFor(host, values);
  const where = values.where === undefined ? undefined : readWhere(workspace, values.where);
  const fields = fieldList(values.by ?? (values.every === undefined ? DEFAULT_BY : ''));
  const readers = fields.map((field) => readField(workspace, field));
  const every = values.every === undefined ? undefined : readSpan(values.every);
  const distinct = values.distinct === undefined ? undefined : readField(workspace, toBytes(values.distinct));
  const counted = createStats({ by: readers, every, distinct });
  const reading = await readAll(inputs, where, (event) => counted.add(event));
  const layout: StatsLayout = {
    fields,
    distinct: values.distinct === undefined ? undefined : toBytes(values.distinct),
    top: readTop(values.top, format === 'text' ? DEFAULT_TOP : Number.POSITIVE_INFINITY),
    width: widthOf(host),
    paint: paintOf(host),
  };
  await host.stdout.write(textOf(counted, layout, format, every !== undefined), format === 'text');
  await conclude(host, inputs, reading, counted, format);
  return 0;
}

// Rules are only needed for the macros and lists of a condition.
function openFor(
  host: Host,
  values: Parameters<typeof loadScanRules>[1] & { readonly where?: string },
): Workspace {
  if (values.where === undefined && values.r === undefined) return openWorkspace([]).workspace!;
  return loadScanRules(host, values).workspace;
}

export const fieldList = (text: string): readonly ByteString[] =>
  toBytes(text)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** @throws Failure where there is no such field */
export function readField({ table }: Workspace, name: ByteString): TextReader {
  const found = table.lookup(name);
  if (!('error' in found)) return textReader(table, name);
  const names = table.classes.flatMap(({ fields }) => fields.map((field) => field.name));
  const near = found.unknown ? suggest(name, names) : undefined;
  throw new Failure(`${found.error}${near === undefined ? '' : `; did you mean ${near}?`}`, 'error', MISUSE);
}

/** @throws Failure with the place of the fault */
export function readWhere(workspace: Workspace, condition: string): Where {
  const where = compileWhere(workspace, toBytes(condition));
  if (typeof where === 'string') throw new Failure(where, 'error', MISUSE);
  return where;
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function readSpan(text: string): number {
  const [, count = '0', unit = 's'] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const span = Number(count) * UNITS[unit]!;
  if (span === 0) throw misuse(`--every ${text} is no span of time: use 30s, 5m, 1h or 1d`);
  return span;
}

function readTop(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (text === 'all') return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d*$/.test(text)) throw misuse(`--top ${text} is no number of rows: use 20, or all`);
  return Number(text);
}

/** Reads everything; `use` gets the events that count, and `between` is waited for after each payload. */
export async function readAll(
  inputs: Inputs,
  where: Where | undefined,
  use: Parameters<typeof createReading>[0]['use'],
  between: () => Promise<void> = async () => undefined,
): Promise<Reading> {
  const reading = createReading({
    span: inputs.span,
    prefilter: where?.prefilter,
    report: inputs.report,
    use(event, state) {
      if (where === undefined || where.matches(event, state)) use(event, state);
    },
  });
  for await (const payload of inputs.payloads(reading.drops)) {
    reading.read(payload);
    await between();
  }
  inputs.settle();
  return reading;
}

function textOf(
  counted: Stats,
  layout: StatsLayout,
  format: (typeof FORMATS)[number],
  every: boolean,
): ByteString {
  if (format === 'csv') return statsCsv(counted, layout, every);
  if (format === 'json') return statsJson(counted, layout, every);
  if (!every) return tableText(counted, layout);
  const table = layout.fields.length === 0 ? '' : `\n${tableText(counted, layout)}`;
  return timeText(counted, layout) + table;
}

async function conclude(
  host: Host,
  inputs: Inputs,
  reading: Reading,
  counted: Stats,
  format: (typeof FORMATS)[number],
): Promise<void> {
  const events = reading.events();
  const lost = lossText(reading.drops);
  if (events === 0)
    throw new Failure(toBytes(`There are no audit events in ${inputs.what()}`), 'error', MISUSE);
  const of = counted.total() === events ? '' : ` of ${events.toLocaleString('en-US')}`;
  const groups = counted.groups().toLocaleString('en-US');
  const text = `${counted.total().toLocaleString('en-US')}${of} events, ${groups} ${counted.groups() === 1 ? 'row' : 'rows'}, ${inputs.what()}${inputs.stopped() ? ', stopped before the end' : ''}`;
  const lines = [text, ...(lost === '' ? [] : [lost])].map(toBytes);
  if (format === 'text') await host.stdout.write(`\n${lines.join('\n')}\n`);
  else for (const line of lines) host.error(line);
}
