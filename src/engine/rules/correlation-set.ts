// The correlations and the rules with `suppress` that run, together. In: what was loaded and selected. Out: the plans of the
// state machine, the trackers that make its matches of events, and how its firings become alerts.

import type { ByteString } from '../../bytes.js';
import type { Event } from '../../event.js';
import type { Predicate } from '../condition/compile/compile.js';
import type { Scope } from '../condition/compile/scope.js';
import { copied } from '../correlation/identity.js';
import type { Firing, Match, Plan } from '../correlation/match.js';
import type { Alert, RuleInfo } from './alert/alert.js';
import type { AlertOptions } from './alert/alert-format.js';
import {
  type CorrelationTexts,
  createCorrelationFormat,
  createSummaryFormat,
} from './alert/correlation-alert.js';
import type { CompiledCorrelation, CompiledStep } from './compile/compiled-correlation.js';
import { eventIdOf } from './compile/event-id.js';
import type { LoadedCorrelation, LoadedRule } from './loader.js';

/** A step of a correlation, as the events of one source are held against it. */
export interface Tracker {
  readonly predicate: Predicate;
  readonly scope: Scope;
  /** What an event that met it comes to; after `scope.begin(event)`. */
  readonly matchOf: (event: Event) => Match;
}

export interface CorrelationSet {
  readonly plans: readonly Plan[];
  /** In the order of the plans: correlations, then rules with `suppress`. */
  readonly infos: readonly RuleInfo[];
  trackers(source: ByteString): readonly Tracker[];
  /** For a rule with `suppress`: what decides whether an alert is shown. */
  throttle(rule: LoadedRule): ((event: Event, line: ByteString) => Match) | undefined;
  /** Whether a firing is an alert; those of a correlation with `alert: false` only count in others. */
  isAlert(firing: Firing): boolean;
  alertOf(firing: Firing): Alert;
  textsOf(firing: Firing): CorrelationTexts;
}

export interface CorrelationSetOptions {
  /** In order. */
  readonly correlations: readonly LoadedCorrelation[];
  /** Rules that run: those that give alerts, and those that only count. */
  readonly rules: readonly LoadedRule[];
  /** Names of the rules that steps may be: enabled ones, whatever their priority. */
  readonly counting: ReadonlySet<ByteString>;
  readonly alerts: AlertOptions;
}

export function createCorrelationSet(options: CorrelationSetOptions): CorrelationSet {
  const { correlations, rules, alerts } = options;
  const throttled = rules.filter(
    ({ compiled }) => compiled.throttle !== undefined && compiled.definition.alert,
  );
  const plans = [
    ...correlations.map(({ compiled }) => compiled.plan),
    ...throttled.map(({ compiled }) => compiled.throttle!.plan),
  ];
  const formats = [
    ...correlations.map(({ info, compiled }) => createCorrelationFormat({ ...compiled, info }, alerts)),
    ...throttled.map(({ info }) => createSummaryFormat(info, alerts)),
  ];
  const bySource = new Map<ByteString, Tracker[]>();
  for (const tracker of trackersOf(options)) {
    const known = bySource.get(tracker.source);
    if (known === undefined) bySource.set(tracker.source, [tracker]);
    else known.push(tracker);
  }
  const throttles = new Map(throttled.map((rule) => [rule, throttleOf(rule)]));
  return {
    plans,
    infos: [...correlations, ...throttled].map(({ info }) => info),
    trackers: (source) => bySource.get(source) ?? [],
    throttle: (rule) => throttles.get(rule),
    isAlert: ({ plan }) => correlations[plan]?.compiled.definition.alert !== false,
    alertOf: (firing) => formats[firing.plan]!.alertOf(firing),
    textsOf: (firing) => formats[firing.plan]!.textsOf(firing),
  };
}

interface SourcedTracker extends Tracker {
  readonly source: ByteString;
}

function trackersOf({ correlations, counting }: CorrelationSetOptions): readonly SourcedTracker[] {
  const all = correlations.map(({ compiled }) => compiled);
  return all.flatMap((compiled) =>
    compiled.steps.flatMap((step, number): readonly SourcedTracker[] => {
      const { leaf } = step;
      if (leaf === undefined || (leaf.rule !== undefined && !counting.has(leaf.rule))) return [];
      const { source, scope, predicate } = leaf;
      const partOf = partReader({ all, compiled, step, number, source });
      const idOf = eventIdOf(scope.table);
      return [
        { source, scope, predicate, matchOf: (event) => partOf(event, timeOf(event), copied(idOf(event))) },
      ];
    }),
  );
}

interface Part {
  readonly all: readonly CompiledCorrelation[];
  readonly compiled: CompiledCorrelation;
  readonly step: CompiledStep;
  readonly number: number;
  readonly source: ByteString;
}

type PartReader = (event: Event, time: number, id: ByteString) => Match;

/** Reads what an event is for a step, and for the steps that this correlation is. */
function partReader({ all, compiled, step, number, source }: Part): PartReader {
  const { identity } = compiled.plan;
  const reader = compiled.readers.get(step)!.get(source)!;
  const above = all.flatMap((parent) =>
    parent.steps.flatMap((each, at) =>
      each.child === compiled ? [partReader({ all, compiled: parent, step: each, number: at, source })] : [],
    ),
  );
  const { key, value, texts } = reader;
  // One literal, always of the same shape: this runs for every event that meets a step.
  return (event, time, id) => {
    const counted = value?.(event);
    return {
      plan: identity,
      step: number,
      time,
      id,
      key: copied(key(event)),
      value: counted === undefined ? undefined : copied(counted),
      texts: texts(event),
      up: above.length === 0 ? undefined : above.map((part) => part(event, time, id)),
    };
  };
}

function throttleOf({ compiled }: LoadedRule): (event: Event, line: ByteString) => Match {
  const { key, plan } = compiled.throttle!;
  const idOf = eventIdOf(compiled.scope.table);
  return (event, line) => ({
    plan: plan.identity,
    step: 0,
    time: timeOf(event),
    id: copied(idOf(event)),
    key: copied(key(event)),
    texts: [copied(line)],
  });
}

const timeOf = ({ seconds, nanos }: Event): number => seconds * 1_000_000 + Math.floor(nanos / 1000);
