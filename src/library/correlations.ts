// Correlations as a program uses them: events of all sources come in by the rulesets, alerts go out. Time goes on by the
// events, as in the command (docs/correlation.md); nothing outlives the ruleset.

import { fromBytes } from '../bytes.js';
import { createEventTimeRun } from '../engine/correlation/event-time.js';
import type { Firing, Match } from '../engine/correlation/match.js';
import { type Alert, PRIORITIES } from '../engine/rules/alert/alert.js';
import type { AlertOptions } from '../engine/rules/alert/alert-format.js';
import { type CorrelationSet, createCorrelationSet } from '../engine/rules/correlation-set.js';
import type { LoadedCorrelation, LoadedRule } from '../engine/rules/loader.js';
import { isoText, timeOfMicros } from '../time.js';
import { fieldValue, type RuleAlert } from './alert.js';

export interface Correlating {
  readonly set: CorrelationSet;
  /** An event that met a step. */
  match(match: Match): void;
  /** Whether an alert of a rule is shown: the first of those that its `suppress` puts together. */
  admit(alert: Alert): boolean;
  /** An event of this time has come, whole seconds. */
  seen(seconds: number): void;
  /** Alerts that have come about. */
  settle(): readonly RuleAlert[];
  /** Nothing comes any more. */
  finish(): readonly RuleAlert[];
}

export interface CorrelatingOptions {
  readonly correlations: readonly LoadedCorrelation[];
  /** Those that run. */
  readonly rules: readonly LoadedRule[];
  readonly alerts: AlertOptions;
  /** Seconds. */
  readonly lateness: number;
}

/** @returns undefined where there is nothing to correlate */
export function createCorrelating(options: CorrelatingOptions): Correlating | undefined {
  const { correlations, rules, alerts, lateness } = options;
  const counting = new Set(rules.map(({ info }) => info.name));
  const set = createCorrelationSet({ correlations, rules, counting, alerts });
  if (set.plans.length === 0) return undefined;
  const run = createEventTimeRun(set.plans, lateness);
  const alertsOf = (firings: readonly Firing[]): readonly RuleAlert[] =>
    firings.filter(set.isAlert).map((firing) => toAlert(set, firing));
  return {
    set,
    match: run.match,
    admit: ({ throttle }) => throttle === undefined || run.admit(throttle),
    seen: run.seen,
    settle: () => alertsOf(run.settle()),
    finish: () => alertsOf(run.finish()),
  };
}

function toAlert({ alertOf, textsOf }: CorrelationSet, firing: Firing): RuleAlert {
  const { rule, line } = alertOf(firing);
  const { message, fields, group } = textsOf(firing);
  const { count, distinct, atLeast, first, last, events, suppressed } = firing;
  return {
    rule: fromBytes(rule.name),
    priority: PRIORITIES[rule.priority]!,
    source: fromBytes(rule.source),
    tags: rule.tags.map(fromBytes),
    time: timeText(firing.time),
    message: fromBytes(message),
    fields: Object.fromEntries(fields.map(([name, json]) => [fromBytes(name), fieldValue(json)])),
    line: fromBytes(line),
    correlation: {
      count,
      distinct,
      atLeast,
      ...(first !== undefined && { first: timeText(first) }),
      ...(last !== undefined && { last: timeText(last) }),
      events: events.map(fromBytes),
      group: group.map(fromBytes),
      suppressed,
    },
  };
}

const timeText = (micros: number): string => `${isoText(timeOfMicros(micros))}Z`;
