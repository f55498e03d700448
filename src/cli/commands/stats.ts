// tsfalco stats: how many events of a log have which values, over time if wished; or, with --rules, how loud each rule is.

import { openWorkspace, type Workspace } from '../../authoring/workspace.js';
import { type ByteString, toBytes } from '../../bytes.js';
import type { Event } from '../../event.js';
import { createReading, type Reading } from '../../survey/reading.js';
import { createStats, type Stats } from '../../survey/stats.js';
import { type StatsLayout, statsCsv, statsJson, tableText, timeText } from '../../survey/stats-text.js';
import { compileWhere, type Where } from '../../survey/where.js';
import { COMMAND_OPTIONS } from '../arguments/command-options.js';
import { misuse, readArguments } from '../arguments/usage.js';
import { Failure, type Host, MISUSE } from '../host.js';
import { loadToolPlugins, PLUGIN_USAGE } from '../load/tool-plugins.js';
import { leftOutText, readFields, sourcesGiven } from '../logs/fields.js';
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

--by FIELDS  fields, with commas; default who did what: ka.user.name,ka.verb
--where CONDITION  only events that meet it; macros and lists of the rules count
--every SPAN  over time: a line for each stretch (30s, 5m, 1h, 1d)
--top N    so many rows; all: every one
--distinct FIELD  count how many values of this field each row has
-r RULES   rules files instead of our own, for --rules, macros and lists
--exceptions FILE  write the exceptions there, and a test of them beside it
--source NAME  only events of this event source, as okta
${INPUT_USAGE}${PLUGIN_USAGE}
Exit status: 0, 2 if nothing could be read or an option is wrong.
`;

const FORMATS = ['text', 'csv', 'json'] as const;
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
    return ruleStats(host, inputs, await loadScanRules(host, values), format, values.exceptions);
  }
  const workspace = await openFor(host, values);
  const where = values.where === undefined ? undefined : readWhere(workspace, values.where);
  const among = sourcesGiven(workspace, values.source).filter(
    (name) => where?.sources.includes(name) ?? true,
  );
  const every = values.every === undefined ? undefined : readSpan(values.every);
  const counting = countingOf(workspace, values, every, among);
  const reading = await readAll(inputs, workspace, where, counting.add);
  const { fields, counted, sources } = counting.chosen();
  const layout: StatsLayout = {
    fields,
    distinct: values.distinct === undefined ? undefined : toBytes(values.distinct),
    top: readTop(values.top, format === 'text' ? DEFAULT_TOP : Number.POSITIVE_INFINITY),
    width: widthOf(host),
    paint: paintOf(host),
  };
  await host.stdout.write(textOf(counted, layout, format, every !== undefined), format === 'text');
  await conclude(host, inputs, reading, counted, format, sources);
  return inputs.status();
}

// Rules are only needed for the macros and lists of a condition.
export async function openFor(
  host: Host,
  values: Parameters<typeof loadScanRules>[1] & { readonly where?: string },
): Promise<Workspace> {
  if (values.where !== undefined || values.r !== undefined)
    return (await loadScanRules(host, values)).workspace;
  const { sources } = await loadToolPlugins(host, values);
  return openWorkspace([], { sources }).workspace!;
}

interface Counting {
  readonly fields: readonly ByteString[];
  readonly sources: readonly string[];
  readonly counted: Stats;
}

/** Counts events; without --by, by who did what in the source of the first one. */
function countingOf(
  workspace: Workspace,
  { by, distinct }: { readonly by?: string; readonly distinct?: string },
  every: number | undefined,
  among: readonly string[],
) {
  let made: Counting | undefined;
  const named = by === undefined && every === undefined ? undefined : fieldList(by ?? '');
  const measured = distinct === undefined ? [] : [toBytes(distinct)];
  function make(fields: readonly ByteString[], from: readonly string[]): Counting {
    const { sources, readers } = readFields(workspace, [...fields, ...measured], from);
    const options = { by: readers.slice(0, fields.length), every, distinct: readers[fields.length] };
    return { fields, sources, counted: createStats(options) };
  }
  if (named !== undefined) made = make(named, among);
  const chooseFor = (source: string): Counting => {
    const { user, verb } = workspace.sources.about(source);
    return make(
      [user, verb].filter((field) => field !== undefined),
      [source],
    );
  };
  return {
    add(event: Event): void {
      made ??= among.includes(event.source) ? chooseFor(event.source) : undefined;
      if (made?.sources.includes(event.source)) made.counted.add(event);
    },
    chosen: (): Counting => (made ??= chooseFor(among[0]!)),
  };
}

export const fieldList = (text: string): readonly ByteString[] =>
  toBytes(text)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

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
  { sources }: Workspace,
  where: Where | undefined,
  use: Parameters<typeof createReading>[0]['use'],
  between: () => Promise<void> = async () => undefined,
): Promise<Reading> {
  const reading = createReading({
    sources,
    span: inputs.span,
    ...(where && { prefilterOf: where.prefilterOf }),
    report: inputs.report,
    use(event, state) {
      if (where === undefined || where.matches(event, state)) use(event, state);
    },
  });
  for await (const payload of inputs.payloads(reading.drops, sources.others)) {
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
  sources: readonly string[],
): Promise<void> {
  const seen = reading.bySource();
  const events = seen.reduce((sum, [source, count]) => sum + (sources.includes(source) ? count : 0), 0);
  const lost = [lossText(reading.drops), leftOutText(seen, sources)].filter((text) => text !== '');
  if (seen.length === 0)
    throw new Failure(toBytes(`There are no events in ${inputs.what()}`), 'error', MISUSE);
  const of = counted.total() === events ? '' : ` of ${events.toLocaleString('en-US')}`;
  const groups = counted.groups().toLocaleString('en-US');
  const text = `${counted.total().toLocaleString('en-US')}${of} events, ${groups} ${counted.groups() === 1 ? 'row' : 'rows'}, ${inputs.what()}${inputs.stopped() ? ', stopped before the end' : ''}`;
  const lines = [text, ...lost].map(toBytes);
  if (format === 'text') await host.stdout.write(`\n${lines.join('\n')}\n`);
  else for (const line of lines) host.error(line);
}
