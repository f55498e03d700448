// Correlations over a whole log: events that met their steps in, alerts out, by event time as in a run (docs/correlation.md).

import { createEventTimeRun } from '../engine/correlation/event-time.js';
import type { Firing, Match } from '../engine/correlation/match.js';
import type { AlertOptions } from '../engine/rules/alert/alert-format.js';
import { createCorrelationSet, type Tracker } from '../engine/rules/correlation-set.js';
import type { LoadedCorrelation, LoadedRule } from '../engine/rules/loader.js';
import { isoText, timeOfMicros } from '../time.js';
import type { LogAlert } from './log-alert.js';

export interface Correlated {
  trackers(source: string): readonly Tracker[];
  match(match: Match): void;
  /** Events up to this time have come, whole seconds. */
  seen(seconds: number): void;
  /** Alerts that have come about. */
  settle(): readonly LogAlert[];
  /** The log is over. */
  finish(): readonly LogAlert[];
}

/** Seconds. */
const LATENESS = 120;
const LOCAL = { user: '', verb: '', resource: '', namespace: '', name: '', sources: '', code: '' } as const;

/** @param rules those that steps may be */
export function createCorrelated(
  correlations: readonly LoadedCorrelation[],
  rules: readonly LoadedRule[],
  alerts: AlertOptions,
): Correlated {
  const counting = new Set(rules.map(({ info }) => info.name));
  const set = createCorrelationSet({ correlations, rules: [], counting, alerts });
  const run = createEventTimeRun(set.plans, LATENESS);

  function alertOf(firing: Firing): LogAlert {
    const { message, group } = set.textsOf(firing);
    return {
      rule: correlations[firing.plan]!,
      output: message,
      line: set.alertOf(firing).line,
      time: Math.floor(firing.time / 1000),
      iso: `${isoText(timeOfMicros(firing.time))}Z`,
      about: { ...LOCAL, user: group.join(', '), auditId: firing.events.join(' ') },
    };
  }

  const alertsOf = (firings: readonly Firing[]): readonly LogAlert[] =>
    firings.filter(set.isAlert).map(alertOf);

  return {
    trackers: set.trackers,
    match: run.match,
    seen: run.seen,
    settle: () => alertsOf(run.settle()),
    finish: () => alertsOf(run.finish()),
  };
}
