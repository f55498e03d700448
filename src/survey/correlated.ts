// Correlations over a whole log: events that met their steps in, alerts out, by event time as in a run (docs/correlation.md).

import { createMachine } from '../engine/correlation/machine.js';
import type { Firing, Match } from '../engine/correlation/match.js';
import type { AlertOptions } from '../engine/rules/alert/alert-format.js';
import { createCorrelationSet, type Tracker } from '../engine/rules/correlation-set.js';
import type { LoadedCorrelation, LoadedRule } from '../engine/rules/loader.js';
import type { Event } from '../event.js';
import { isoText } from '../time.js';
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

const MICROS = 1_000_000;
const LATENESS = 120 * MICROS;
const LIMITS = { groups: 100_000, events: 400_000, eventsPerGroup: 1000, waiting: 100_000 };
const LOCAL = { user: '', verb: '', resource: '', namespace: '', name: '', sources: '', code: '' } as const;

/** @param rules those that steps may be */
export function createCorrelated(
  correlations: readonly LoadedCorrelation[],
  rules: readonly LoadedRule[],
  alerts: AlertOptions,
): Correlated {
  const counting = new Set(rules.map(({ info }) => info.name));
  const set = createCorrelationSet({ correlations, rules: [], counting, alerts });
  const machine = createMachine({ plans: set.plans, limits: LIMITS });
  let latest = Number.NEGATIVE_INFINITY;
  let fired: Firing[] = [];

  function alertOf(firing: Firing): LogAlert {
    const { message, group } = set.textsOf(firing);
    return {
      rule: correlations[firing.plan]!,
      output: message,
      line: set.alertOf(firing).line,
      time: Math.floor(firing.time / 1000),
      iso: `${isoText(instantOf(firing.time))}Z`,
      about: { ...LOCAL, user: group.join(', '), auditId: firing.events.join(' ') },
    };
  }

  function taken(): readonly LogAlert[] {
    const all = fired.filter(set.isAlert).map(alertOf);
    fired = [];
    return all;
  }

  return {
    trackers: set.trackers,
    match: (match) => void fired.push(...machine.add(match)),
    seen(seconds) {
      latest = Math.max(latest, seconds * MICROS);
    },
    settle() {
      fired.push(...machine.advance(latest - LATENESS));
      return taken();
    },
    finish() {
      fired.push(...machine.finish(Number.isFinite(latest) ? latest : undefined));
      return taken();
    },
  };
}

const instantOf = (micros: number): Pick<Event, 'seconds' | 'nanos'> => ({
  seconds: Math.floor(micros / MICROS),
  nanos: (micros % MICROS) * 1000,
});
