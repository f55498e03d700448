// Events one after the other → the alerts of correlations, for tests of rules. Time goes on by the events; at the end what
// waits is decided.

import { type ByteString, fromBytes } from '../bytes.js';
import { createMachine } from '../engine/correlation/machine.js';
import type { Firing, Plan } from '../engine/correlation/match.js';
import { createCorrelationSet } from '../engine/rules/correlation-set.js';
import type { LoadedCorrelation, LoadedRule } from '../engine/rules/loader.js';
import { createRuleset, type Ruleset } from '../engine/rules/ruleset.js';
import type { Event } from '../event.js';
import { type MetStep, type TimelineAlert, timelineText } from './timeline.js';

export interface CorrelationAlert {
  readonly name: ByteString;
  /** The message, without time and priority. */
  readonly output: ByteString;
}

/** What a correlation saw, for a drawing. Times are microseconds since the epoch, events count from 1. */
export interface CorrelationSeries {
  readonly name: ByteString;
  readonly steps: readonly ByteString[];
  readonly matches: readonly {
    readonly event: number;
    readonly step: number;
    readonly time: number;
    readonly group: ByteString;
  }[];
  readonly alerts: readonly {
    readonly time: number;
    readonly group: ByteString;
    readonly output: ByteString;
  }[];
}

export interface CorrelationRun {
  take(event: Event): void;
  finish(): readonly CorrelationAlert[];
  /** Each correlation with its matches and, after the end, its alerts. */
  series(): readonly CorrelationSeries[];
  /** Which of the events met which step, and in which group. */
  met(name: string): string;
  /** The same along time, with what is missing; after finish(). */
  timeline(correlation: LoadedCorrelation): ByteString;
}

const ALERTS = {
  json: { enabled: false, output: true, tags: false, message: false, outputFields: false },
  isoTime: true,
  hostname: '',
} as const;
const LIMITS = { groups: 100_000, events: 400_000, eventsPerGroup: 10_000, waiting: 100_000 };

export function createCorrelationRun(
  rules: readonly LoadedRule[],
  correlations: readonly LoadedCorrelation[],
): CorrelationRun {
  const counting = new Set(rules.map(({ info }) => info.name));
  const set = createCorrelationSet({ correlations, rules: [], counting, alerts: ALERTS });
  const machine = createMachine({ plans: set.plans, limits: LIMITS });
  const matches: MetStep[] = [];
  const rulesets = new Map<string, Ruleset>();
  let number = 0;
  let firings: readonly Firing[] = [];

  function rulesetOf(source: string): Ruleset {
    const known = rulesets.get(source);
    if (known !== undefined) return known;
    const made = createRuleset([], {
      matching: 'all',
      prefiltered: false,
      trackers: set.trackers(source),
      onMatch: (match) => {
        matches.push({ ...match, event: number });
        machine.add(match);
      },
    });
    rulesets.set(source, made);
    return made;
  }

  const metOf = ({ identity }: Plan): readonly MetStep[] =>
    matches.flatMap(partsOf).filter(({ plan }) => plan === identity);

  const alertsOf = (plan: Plan): readonly TimelineAlert[] =>
    firings
      .filter((firing) => set.plans[firing.plan] === plan)
      .map((firing) => ({ time: firing.time, key: firing.key, output: set.textsOf(firing).message }));

  return {
    take(event) {
      number++;
      rulesetOf(event.source).evaluate(event);
    },
    finish() {
      firings = machine.finish();
      return firings.map((firing) => ({
        name: set.infos[firing.plan]!.name,
        output: set.textsOf(firing).message,
      }));
    },
    series: () =>
      correlations.map(({ info: { name }, compiled: { plan, steps } }) => ({
        name,
        steps: steps.map(({ info }) => info.name),
        matches: metOf(plan).map(({ event, step, time, key }) => ({
          event,
          step,
          time,
          group: groupText(key),
        })),
        alerts: alertsOf(plan).map(({ time, key, output }) => ({ time, group: groupText(key), output })),
      })),
    met: (name) => metText(name, correlations, matches),
    timeline: (correlation) =>
      timelineText(correlation, metOf(correlation.compiled.plan), alertsOf(correlation.compiled.plan)),
  };
}

/** A match, and what it is for correlations that have its own as a step. */
function partsOf({ up = [], ...match }: MetStep): readonly MetStep[] {
  return [match, ...up.flatMap((part) => partsOf({ ...part, event: match.event }))];
}

function metText(
  name: string,
  correlations: readonly LoadedCorrelation[],
  matches: readonly MetStep[],
): string {
  const found = correlations.find(({ info }) => fromBytes(info.name) === name);
  if (found === undefined) return `there is no enabled correlation "${name}"`;
  const { plan, steps } = found.compiled;
  const own = matches.filter(({ plan: identity }) => identity === plan.identity);
  const lines = steps.map(({ info }, step) => {
    const met = own.filter((match) => match.step === step);
    const events = met.map(({ event, key }) => `${event} (${fromBytes(groupText(key))})`).join(', ');
    return `  ${fromBytes(info.name)}: ${events === '' ? 'no event' : `events ${events}`}`;
  });
  return [`${plan.type} of ${plan.least} within ${plan.timespan / 1_000_000} s`, ...lines].join('\n');
}

const groupText = (key: ByteString): ByteString => key.replaceAll('\0', ', ').replaceAll('\x01', '<NA>');
