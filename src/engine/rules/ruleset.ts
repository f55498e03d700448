// The rules of one event source, ready to run: event → alerts. Total, and without allocation where nothing matches.
// A prefilter tells the few rules that an event can match; only they are evaluated.
// Answers to Falco's rulesets at run time (spec: rules-language.md §7; rule_matching in cli-and-config.md §2.6).

import type { ByteString } from '../../bytes.js';
import type { Event } from '../../event.js';
import { type Candidate, createPrefilter } from '../../prefilter/conditions/rule-prefilter.js';
import { type Place, type Prefilter, walk } from '../../prefilter/prefilter.js';
import {
  createSelfCheck,
  type SelfCheck,
  type SelfCheckOptions,
  type Written,
} from '../../prefilter/self-check.js';
import { NOTHING } from '../../prefilter/shared.js';
import type { Predicate } from '../condition/compile/compile.js';
import type { Scope } from '../condition/compile/scope.js';
import type { Expr } from '../condition/syntax/ast.js';
import type { Match } from '../correlation/match.js';
import type { Alert, RuleInfo } from './alert/alert.js';
import { type AlertFormat, type AlertOptions, createAlertFormat } from './alert/alert-format.js';
import type { Tracker } from './correlation-set.js';
import type { LoadedRule } from './loader.js';

/** A rule that runs. */
export interface CompiledRule {
  readonly info: RuleInfo;
  /** Without macros and lists: what can be told of the rule before it runs. */
  readonly condition: Expr;
  readonly predicate: Predicate;
  readonly format: AlertFormat;
  readonly scope: Scope;
  /** Of a rule with `suppress`: what its alerts are known by. */
  readonly throttle?: ((event: Event, line: ByteString) => Match) | undefined;
}

export interface RulesetOptions {
  /** Whether an event's alerts end with the first rule that it meets. */
  readonly matching: 'first' | 'all';
  /** false: every rule is evaluated for every event. */
  readonly prefiltered?: boolean;
  /** Evaluates some events both ways; where that differs, the prefilter is used no more. */
  readonly check?: Pick<SelfCheckOptions, 'every' | 'counts'>;
  /** Steps of correlations, which events meet whatever rules they meet. */
  readonly trackers?: readonly Tracker[];
  /** Hears of events that met a step. */
  readonly onMatch?: (match: Match) => void;
}

export interface Ruleset {
  readonly rules: readonly CompiledRule[];
  /**
   * Alerts of the rules that an event meets, in order of the rules.
   * @param state the final state of the prefilter for the event, if it is known
   */
  readonly evaluate: (event: Event, state?: number) => readonly Alert[];
  /** Tells which events no rule can match; undefined if the ruleset has none, or none any more. */
  readonly prefilter: Prefilter | undefined;
  readonly selfCheck: SelfCheck | undefined;
}

const NO_ALERTS: readonly Alert[] = Object.freeze([]);
const NONE: readonly Candidate[] = [];

/** Puts a loaded rule into the form that runs. */
export function compileRule(
  { info, compiled }: LoadedRule,
  options: AlertOptions,
  throttle?: CompiledRule['throttle'],
): CompiledRule {
  const { condition, predicate, scope, template, extraFields } = compiled;
  const format = createAlertFormat({ info, scope, template, extraFields }, options);
  return { info, condition, predicate, format, scope, throttle };
}

function alertOf({ format, throttle }: CompiledRule, event: Event): Alert {
  const alert = format(event);
  return throttle === undefined ? alert : { ...alert, throttle: throttle(event, alert.line) };
}

/** All places that are read; undefined: some field reads more than is known. */
function readsOf(scopes: readonly Scope[]): readonly Place[] | undefined {
  const places: Place[] = [];
  for (const { field, place } of scopes.flatMap((scope) => scope.fields())) {
    const read = place === undefined ? (field.time === undefined ? field.reads : []) : [place];
    if (read === undefined) return undefined;
    places.push(...read);
  }
  return places;
}

/** @param rules rules of one source, in the order of evaluation. */
export function createRuleset(
  rules: readonly CompiledRule[],
  { matching, prefiltered = true, check, trackers = [], onMatch }: RulesetOptions,
): Ruleset {
  const scopes = [...new Set([...rules, ...trackers].map(({ scope }) => scope))];
  const onlyFirst = matching === 'first';
  const begin = (event: Event): void => {
    for (const scope of scopes) scope.begin(event);
  };
  const roots = [...rules, ...trackers].map(({ predicate }) => predicate.root);
  const lines = rules.map(({ format, throttle }) => (throttle === undefined ? format.parts : undefined));
  let prefilter = prefiltered
    ? createPrefilter(roots, { onlyFirst, alerting: rules.length, lines, begin, reads: readsOf(scopes) })
    : undefined;
  const all = roots.map((_, rule): Candidate => ({ rule, certain: false }));

  // While an event is only tried: the steps that it met.
  let probed: Written[] | undefined;

  function candidatesOf(event: Event, known: number | undefined): readonly Candidate[] {
    if (prefilter === undefined) return all;
    let state = known;
    if (state === undefined) {
      prefilter.begin(event);
      state = walk(prefilter, event);
    }
    return state === NOTHING ? NONE : prefilter.rulesOf(state);
  }

  function evaluate(event: Event, state?: number): readonly Alert[] {
    const candidates = candidatesOf(event, state);
    if (candidates.length === 0) return NO_ALERTS;
    return evaluateRules(event, candidates);
  }

  function evaluateRules(event: Event, candidates: readonly Candidate[]): readonly Alert[] {
    begin(event);
    let alerts: Alert[] | undefined;
    for (const { rule: number, certain } of candidates) {
      if (number >= rules.length) {
        const tracker = trackers[number - rules.length]!;
        if (!certain && !tracker.predicate(event)) continue;
        if (probed === undefined) onMatch?.(tracker.matchOf(event));
        else probed.push([number, '']);
        continue;
      }
      if (onlyFirst && alerts !== undefined) continue;
      const rule = rules[number]!;
      if (!certain && !rule.predicate(event)) continue;
      const alert = alertOf(rule, event);
      if (alerts === undefined) alerts = [alert];
      else alerts.push(alert);
    }
    return alerts ?? NO_ALERTS;
  }

  const numbers = new Map(rules.map(({ info }, number) => [info, number]));
  const written = ({ rule, line }: Alert): Written => [numbers.get(rule)!, line];
  const probe = (evaluated: () => readonly Alert[]): readonly Written[] => {
    probed = [];
    const alerts = evaluated().map(written);
    const all = [...alerts, ...probed];
    probed = undefined;
    return all;
  };
  const selfCheck =
    check &&
    createSelfCheck({
      ...check,
      ways: {
        filtered: (event, state) => probe(() => evaluate(event, state)),
        inFull: (event) => probe(() => evaluateRules(event, all)),
      },
      onDifference: () => {
        prefilter = undefined;
      },
    });
  return {
    rules,
    evaluate,
    get prefilter() {
      return prefilter;
    },
    selfCheck,
  };
}
