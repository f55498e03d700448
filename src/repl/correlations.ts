// Correlations over the events of a session: worked out once for the events and rules that there are, by event time, as a
// run that reads them to the end would.

import { type CorrelationRun, createCorrelationRun, type Outcome } from '../authoring/correlate.js';
import type { ByteString } from '../bytes.js';
import { PRIORITIES } from '../engine/rules/alert/alert.js';
import type { LoadedCorrelation } from '../engine/rules/loader.js';
import { printable, printableLines } from '../printable.js';
import { eachEvent } from './slices.js';
import type { ReplState } from './state.js';
import { clip, padEnd, plural } from './words.js';

/** The correlation of a name, as commands find it: what is enabled. */
export function correlationNamed({ workspace }: ReplState, name: ByteString): LoadedCorrelation | undefined {
  return workspace.correlations.find(({ info }) => info.name === name);
}

interface Evaluated {
  readonly run: CorrelationRun;
  /** Events that were looked at: fewer than all after an interrupt. */
  readonly seen: number;
}

async function evaluated(state: ReplState): Promise<Evaluated> {
  const { workspace, events, correlated } = state;
  const { version } = events;
  if (correlated?.workspace === workspace && correlated.version === version)
    return { run: correlated.run, seen: events.all.length };
  const run = createCorrelationRun(workspace.rules, workspace.correlations);
  const { seen } = await eachEvent(state, events.all, run.take, async () => undefined);
  run.finish();
  if (seen === events.all.length) state.correlated = { workspace, version, run };
  return { run, seen };
}

/** The time line of each group, or of those in which one event counted: which events did, and what is missing. */
export async function whyCorrelation(
  state: ReplState,
  correlation: LoadedCorrelation,
  event: number | undefined,
): Promise<ByteString> {
  const { run, seen } = await evaluated(state);
  const text = run.timeline(correlation, event === undefined ? undefined : new Set([event]));
  return [printableLines(text), ...stoppedLine(state, seen)].join('\n');
}

/** One line each: alerts, name, events that met a step; below it what the nearest group lacks. */
export async function correlationLines(state: ReplState): Promise<readonly ByteString[]> {
  const { correlations } = state.workspace;
  if (correlations.length === 0) return [];
  const { run, seen } = await evaluated(state);
  const outcomes = run.outcomes().toSorted((a, b) => b.alerts - a.alerts || b.matches - a.matches);
  return [
    `${plural(correlations.length, 'correlation')}, alerts over ${plural(seen, 'event')}; why NAME shows the windows:`,
    ...outcomes.flatMap((outcome) => outcomeLines(state, outcome)),
    ...stoppedLine(state, seen),
  ];
}

function outcomeLines(
  { options }: ReplState,
  { correlation, alerts, matches, nearest }: Outcome,
): readonly ByteString[] {
  const name = printable(correlation.info.name);
  const met = matches === 0 ? '' : `  (${plural(matches, 'event')} met a step)`;
  const line = `  ${String(alerts).padStart(6)}  ${name}${options.style.dim(met)}`;
  if (nearest === undefined) return [line];
  const width = (options.width?.() ?? Number.POSITIVE_INFINITY) - INDENT.length;
  const lacks = clip(printable(`${nearest.lacks} (${nearest.group})`), Math.max(20, width));
  return [line, INDENT + options.style.dim(lacks)];
}

const INDENT = ' '.repeat(10);

const stoppedLine = ({ events }: ReplState, seen: number): readonly ByteString[] =>
  seen < events.all.length ? [`stopped before the other ${plural(events.all.length - seen, 'event')}`] : [];

/** What a correlation is, for `show`. */
export function correlationText({ info, compiled }: LoadedCorrelation): ByteString {
  const { plan, steps, definition } = compiled;
  const widest = Math.max(...steps.map((step) => step.info.name.length));
  const stepLines = steps.map(({ info: { name, condition, refers } }) => {
    const what = condition === undefined ? (refers === name ? '' : refers) : oneLine(condition.text);
    return `    ${padEnd(name, widest)}  ${what ?? ''}`.trimEnd();
  });
  const by = definition.groupBy.map(({ text }) => text).join(', ');
  return [
    `correlation ${info.name}`,
    `  ${oneLine(definition.description)}`,
    `  ${plan.type} of ${plan.type === 'temporal_ordered' ? plan.steps : plan.least} within ${plan.timespan / MICROS} s${by === '' ? '' : `, by ${by}`}`,
    '  steps:',
    ...stepLines,
    `  output: ${oneLine(definition.output.text)}`,
    `  priority: ${PRIORITIES[info.priority]!}`,
  ].join('\n');
}

const MICROS = 1_000_000;
const oneLine = (text: ByteString): ByteString => text.trim().replace(/[ \t]*\n[ \t]*/g, ' ');
