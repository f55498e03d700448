// Events one after the other → the alerts of correlations, and which events counted in what, for whoever tries rules. Time
// goes on by the events; at the end what waits is decided.

import { type ByteString, fromBytes } from '../bytes.js';
import { createMachine } from '../engine/correlation/machine.js';
import type { Firing, Match, Plan } from '../engine/correlation/match.js';
import { createCorrelationSet } from '../engine/rules/correlation-set.js';
import type { LoadedCorrelation, LoadedRule } from '../engine/rules/loader.js';
import { createRuleset, type Ruleset } from '../engine/rules/ruleset.js';
import type { Event } from '../event.js';
import { groupName, missingText, timelineText } from './timeline.js';
import { groupsOf, groupText, type MetStep, nearestOf, type TimelineAlert } from './windows.js';

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

/** A step that an event met. */
export interface StepMet {
  readonly correlation: LoadedCorrelation;
  readonly step: ByteString;
  readonly group: ByteString;
}

/** What a correlation came to. */
export interface Outcome {
  readonly correlation: LoadedCorrelation;
  readonly alerts: number;
  /** Events that met a step, all of them, and by step. */
  readonly matches: number;
  readonly steps: readonly { readonly name: ByteString; readonly matches: number }[];
  readonly groups: number;
  /** The group that came nearest, and what it lacks; undefined: it gave alerts, or nothing met a step. */
  readonly nearest: { readonly group: ByteString; readonly lacks: ByteString } | undefined;
}

export interface CorrelationRun {
  /** @returns steps that the event met */
  take(event: Event): readonly StepMet[];
  finish(): readonly CorrelationAlert[];
  /** After finish(), in order of definition. */
  outcomes(): readonly Outcome[];
  /** Each correlation with its matches and, after the end, its alerts. */
  series(): readonly CorrelationSeries[];
  /** Which of the events met which step, and in which group. */
  met(name: string): string;
  /**
   * The same along time, with what is missing; after finish().
   * @param events only groups in which these counted; numbers from 1
   */
  timeline(correlation: LoadedCorrelation, events?: ReadonlySet<number>): ByteString;
}

const ALERTS = {
  json: { enabled: false, output: true, tags: false, message: false, outputFields: false },
  isoTime: true,
  hostname: '',
} as const;
const LIMITS = { groups: 100_000, events: 400_000, eventsPerGroup: 10_000, waiting: 100_000 };
/** Matches that time lines and numbers are made of; the machine itself decides on all. */
const MOST_MATCHES = 200_000;

export function createCorrelationRun(
  rules: readonly LoadedRule[],
  correlations: readonly LoadedCorrelation[],
): CorrelationRun {
  const counting = new Set(rules.map(({ info }) => info.name));
  const set = createCorrelationSet({ correlations, rules: [], counting, alerts: ALERTS });
  const machine = createMachine({ plans: set.plans, limits: LIMITS });
  const byPlan = new Map(correlations.map((each) => [each.compiled.plan.identity, each]));
  const matches: MetStep[] = [];
  const rulesets = new Map<string, Ruleset>();
  let met: StepMet[] = [];
  let number = 0;
  let more = 0;
  let firings: readonly Firing[] = [];
  const firedAt = new Set<string>();

  function onMatch(match: Match): void {
    const found = { ...match, event: number };
    if (matches.length < MOST_MATCHES) matches.push(found);
    else more++;
    met.push(stepMet(found));
    machine.add(match);
  }

  function stepMet({ plan, step, key }: MetStep): StepMet {
    const correlation = byPlan.get(plan)!;
    return { correlation, step: correlation.compiled.steps[step]!.info.name, group: groupName(key) };
  }

  function rulesetOf(source: string): Ruleset {
    const known = rulesets.get(source);
    if (known !== undefined) return known;
    const trackers = set.trackers(source);
    const made = createRuleset([], { matching: 'all', prefiltered: false, trackers, onMatch });
    rulesets.set(source, made);
    return made;
  }

  // Each match, and what it is for correlations that have its own as a step; put in order by plan once the events are over.
  const partsByPlan = new Map<string, MetStep[]>();
  let sorted = 0;

  function metOf({ identity }: Plan): readonly MetStep[] {
    for (; sorted < matches.length; sorted++)
      for (const part of partsOf(matches[sorted]!)) {
        const known = partsByPlan.get(part.plan);
        if (known === undefined) partsByPlan.set(part.plan, [part]);
        else known.push(part);
      }
    return partsByPlan.get(identity) ?? [];
  }

  // A correlation counts the alerts of another one, not the events that led there.
  function countedIn(plan: Plan): readonly MetStep[] {
    const { steps } = byPlan.get(plan.identity)!.compiled;
    return metOf(plan).filter(({ step, time }) => {
      const { child } = steps[step]!;
      return child === undefined || firedAt.has(`${child.plan.identity} ${time}`);
    });
  }

  const alertsOf = (plan: Plan): readonly TimelineAlert[] =>
    firings
      .filter((firing) => set.plans[firing.plan] === plan)
      .map((firing) => ({ time: firing.time, key: firing.key, output: set.textsOf(firing).message }));

  function outcomeOf(correlation: LoadedCorrelation): Outcome {
    const { plan, steps } = correlation.compiled;
    const found = countedIn(plan);
    const groups = groupsOf(found, alertsOf(plan));
    const nearest = nearestOf(plan, groups);
    return {
      correlation,
      alerts: firings.filter((firing) => set.plans[firing.plan] === plan).length,
      matches: new Set(found.map(({ event }) => event)).size,
      steps: steps.map(({ info: { name } }, step) => ({
        name,
        matches: found.filter((match) => match.step === step).length,
      })),
      groups: groups.length,
      nearest: nearest && {
        group: groupName(nearest.key),
        lacks: missingText(correlation, nearest),
      },
    };
  }

  return {
    take(event) {
      number++;
      met = [];
      rulesetOf(event.source).evaluate(event);
      return met;
    },
    finish() {
      firings = machine.finish();
      for (const { plan, time } of firings) firedAt.add(`${set.plans[plan]!.identity} ${time}`);
      return firings.map((firing) => ({
        name: set.infos[firing.plan]!.name,
        output: set.textsOf(firing).message,
      }));
    },
    outcomes: () => correlations.map(outcomeOf),
    series: () =>
      correlations.map(({ info: { name }, compiled: { plan, steps } }) => ({
        name,
        steps: steps.map(({ info }) => info.name),
        matches: countedIn(plan).map(({ event, step, time, key }) => ({
          event,
          step,
          time,
          group: groupText(key),
        })),
        alerts: alertsOf(plan).map(({ time, key, output }) => ({ time, group: groupText(key), output })),
      })),
    met: (name) => metText(name, correlations, countedIn),
    timeline(correlation, events) {
      const { plan } = correlation.compiled;
      return timelineText(correlation, groupsOf(countedIn(plan), alertsOf(plan)), { events, more });
    },
  };
}

/** A match, and what it is for correlations that have its own as a step. */
function partsOf({ up = [], ...match }: MetStep): readonly MetStep[] {
  return [match, ...up.flatMap((part) => partsOf({ ...part, event: match.event }))];
}

function metText(
  name: string,
  correlations: readonly LoadedCorrelation[],
  countedIn: (plan: Plan) => readonly MetStep[],
): string {
  const found = correlations.find(({ info }) => fromBytes(info.name) === name);
  if (found === undefined) return `there is no enabled correlation "${name}"`;
  const { plan, steps } = found.compiled;
  const own = countedIn(plan);
  const lines = steps.map(({ info }, step) => {
    const met = own.filter((match) => match.step === step);
    const events = met.map(({ event, key }) => `${event} (${fromBytes(groupText(key))})`).join(', ');
    return `  ${fromBytes(info.name)}: ${events === '' ? 'no event' : `events ${events}`}`;
  });
  return [`${plan.type} of ${plan.least} within ${plan.timespan / 1_000_000} s`, ...lines].join('\n');
}
