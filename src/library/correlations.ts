// Correlations as a program uses them: events of all sources come in by the rulesets, alerts go out. Time goes on by the
// events, as in the command (docs/correlation.md); nothing outlives the ruleset.

import { fromBytes } from '../bytes.js';
import { createMachine } from '../engine/correlation/machine.js';
import type { Firing, Match } from '../engine/correlation/match.js';
import { type Alert, PRIORITIES } from '../engine/rules/alert/alert.js';
import type { AlertOptions } from '../engine/rules/alert/alert-format.js';
import { type CorrelationSet, createCorrelationSet } from '../engine/rules/correlation-set.js';
import type { LoadedCorrelation, LoadedRule } from '../engine/rules/loader.js';
import { isoText } from '../time.js';
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

const MICROS = 1_000_000;
const LIMITS = { groups: 100_000, events: 400_000, eventsPerGroup: 1000, waiting: 100_000 };

/** @returns undefined where there is nothing to correlate */
export function createCorrelating(options: CorrelatingOptions): Correlating | undefined {
  const { correlations, rules, alerts, lateness } = options;
  const counting = new Set(rules.map(({ info }) => info.name));
  const set = createCorrelationSet({ correlations, rules, counting, alerts });
  if (set.plans.length === 0) return undefined;
  const machine = createMachine({ plans: set.plans, limits: LIMITS });
  let latest = Number.NEGATIVE_INFINITY;
  let fired: Firing[] = [];

  function taken(): readonly RuleAlert[] {
    const all = fired.filter(set.isAlert).map((firing) => toAlert(set, firing));
    fired = [];
    return all;
  }

  return {
    set,
    match: (match) => void fired.push(...machine.add(match)),
    admit({ throttle }) {
      if (throttle === undefined) return true;
      const { shown, summary } = machine.throttle(throttle);
      if (summary !== undefined) fired.push(summary);
      return shown;
    },
    seen(seconds) {
      latest = Math.max(latest, seconds * MICROS);
    },
    settle() {
      // Without lateness an alert does not wait for the next second.
      const time = lateness === 0 ? latest + MICROS : latest - lateness * MICROS;
      fired.push(...machine.advance(time));
      return taken();
    },
    finish() {
      fired.push(...machine.finish(Number.isFinite(latest) ? latest : undefined));
      return taken();
    },
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

const timeText = (micros: number): string =>
  `${isoText({ seconds: Math.floor(micros / MICROS), nanos: (micros % MICROS) * 1000 })}Z`;
