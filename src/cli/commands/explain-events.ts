// tsfalco explain without --rule: which rules the events of a file meet, which they nearly do, and what correlations made of
// them. With --alert, the event that brought an alert about.

import { createCorrelationRun, type StepMet } from '../../authoring/correlate.js';
import { createEventReporter, reportData, reportText } from '../../authoring/event-report.js';
import { type ByteString, toBytes } from '../../bytes.js';
import type { LoadedCorrelation } from '../../engine/rules/loader.js';
import type { Event } from '../../event.js';
import { printable } from '../../printable.js';
import { createAbout } from '../../survey/alerts.js';
import { fullTime } from '../../survey/formats.js';
import { timeOf } from '../../survey/reading.js';
import { Failure, type Host } from '../host.js';
import type { PluginArguments } from '../load/tool-plugins.js';
import { readLogInto } from '../logs/read.js';
import { loadScanRules } from '../logs/rules.js';

export interface ExplainEvents extends PluginArguments {
  readonly path: string;
  readonly rules: readonly string[] | undefined;
  /** Only the event of this number. */
  readonly num: number | undefined;
  /** Only the event of this alert's line. */
  readonly alert: string | undefined;
  readonly json: boolean;
}

/** Events that are shown of a file with many. */
const MOST_SHOWN = 20;

/** @returns 0 if an event that is shown meets a rule, 1 if none does. @throws Failure */
export async function explainEvents(host: Host, options: ExplainEvents): Promise<number> {
  const { path, num, alert, json } = options;
  const { rules: r, c, plugin } = options;
  const { workspace } = await loadScanRules(host, { r, c, plugin });
  const { sources } = workspace;
  const wanted = alert === undefined ? undefined : auditIdIn(alert);
  const report = createEventReporter(workspace);
  const about = createAbout(sources);
  const run = createCorrelationRun(workspace.rules, workspace.correlations);
  const counted = new Map<LoadedCorrelation, Set<number>>();
  const out: ByteString[] = [];
  let [seen, shown, left, matched] = [0, 0, 0, false];
  const use = (event: Event): void => {
    const number = ++seen;
    const steps = run.take(event);
    if (num !== undefined && num !== number) return;
    if (wanted !== undefined && about(event).auditId !== wanted) return;
    if (shown === MOST_SHOWN) {
      left++;
      return;
    }
    shown++;
    const lacking = sources.lacking(event);
    if (lacking !== undefined) host.error(lacking);
    const found = report(event);
    matched ||= found.matches.length > 0;
    for (const { correlation } of steps) {
      const events = counted.get(correlation) ?? new Set();
      counted.set(correlation, events.add(number));
    }
    const { auditId } = about(event);
    out.push(
      json
        ? `${JSON.stringify({ event: number, auditID: auditId, ...reportData(found, event, workspace), steps: steps.map(stepData) })}\n`
        : `${headOf(number, event, about)}\n${reportText(found, event, workspace)}\n${stepsText(steps)}`,
    );
  };
  const tell = (line: ByteString): void => host.error(line);
  await readLogInto(
    path,
    sources.others,
    (payload) => {
      workspace.readEvents(payload, use, tell);
      return true;
    },
    tell,
  );
  if (shown === 0) throw new Failure(toBytes(nothingText(path, seen, num, wanted)));
  run.finish();
  // The windows that events which are shown are part of, as the whole file leaves them.
  const windows = workspace.correlations.filter((each) => counted.has(each));
  for (const each of windows)
    out.push(
      json
        ? `${JSON.stringify({ correlation: each.info.name, timeline: run.timeline(each, counted.get(each)).split('\n') })}\n`
        : `${run.timeline(each, counted.get(each))}\n`,
    );
  await host.stdout.write(out.join(json ? '' : '\n'));
  if (left > 0) host.error(`and ${left} more events: choose one by its number with --num`);
  return matched ? 0 : 1;
}

function nothingText(
  path: string,
  seen: number,
  num: number | undefined,
  wanted: ByteString | undefined,
): string {
  if (seen === 0) return `${path} holds no event`;
  if (wanted !== undefined) return `${path} holds ${seen} events, and none with the auditID ${wanted}`;
  return `${path} holds ${seen} events; there is no event ${num}`;
}

function headOf(number: number, event: Event, about: ReturnType<typeof createAbout>): ByteString {
  const { user, verb, resource, namespace, name, code, auditId } = about(event);
  const what = [verb, resource, [namespace, name].filter((part) => part !== '').join('/'), user, code];
  const text = what.filter((part) => part !== '').join('  ');
  return printable(`event #${number}  ${fullTime(timeOf(event))}  ${text}  ${auditId}`);
}

const stepData = ({ correlation, step, group }: StepMet) => ({
  correlation: correlation.info.name,
  step,
  group,
});

function stepsText(steps: readonly StepMet[]): ByteString {
  if (steps.length === 0) return '';
  const lines = steps.map(
    ({ correlation, step, group }) =>
      `    ${printable(correlation.info.name)}, as ${printable(step)}: ${group}\n`,
  );
  return `  counts in:\n${lines.join('')}`;
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** The auditID that an alert names: `audit=…` in its text, `ka.auditid` in its JSON, or what looks like one. */
function auditIdIn(alert: string): ByteString {
  const id =
    /"ka\.auditid":\s*"([^"]+)"/.exec(alert)?.[1] ??
    /\baudit(?:_?id)?=(\S+)/i.exec(alert)?.[1] ??
    UUID.exec(alert)?.[0];
  if (id === undefined)
    throw new Failure(
      'The alert names no auditID: outputs need %ka.auditid for that, as those of our own rules',
    );
  return toBytes(id);
}
