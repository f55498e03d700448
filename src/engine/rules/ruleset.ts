// The rules of one event source, ready to run: event → alerts. Total, and without allocation where nothing matches.
// A screen tells the few rules that an event can match; only they are evaluated.
// Answers to Falco's rulesets at run time (spec: rules-language.md §7; rule_matching in cli-and-config.md §2.6).

import type { Event } from '../../event.js';
import {
  createSelfCheck,
  type SelfCheck,
  type SelfCheckOptions,
  type Written,
} from '../../prefilter/self-check.js';
import { NOTHING, type Screen, walk } from '../../screen.js';
import type { Predicate } from '../condition/compile/compile.js';
import type { Scope } from '../condition/compile/scope.js';
import type { Expr } from '../condition/syntax/ast.js';
import { type Candidate, createScreen } from '../screen/screen.js';
import type { Alert, RuleInfo } from './alert/alert.js';
import { type AlertFormat, type AlertOptions, createAlertFormat } from './alert/alert-format.js';
import type { LoadedRule } from './loader.js';

/** A rule that runs. */
export interface CompiledRule {
  readonly info: RuleInfo;
  /** Without macros and lists: what can be told of the rule before it runs. */
  readonly condition: Expr;
  readonly predicate: Predicate;
  readonly format: AlertFormat;
  readonly scope: Scope;
}

export interface RulesetOptions {
  /** Whether an event's alerts end with the first rule that it meets. */
  readonly matching: 'first' | 'all';
  /** false: every rule is evaluated for every event. */
  readonly screened?: boolean;
  /** Evaluates some events both ways; where that differs, the screen is used no more. */
  readonly check?: Pick<SelfCheckOptions, 'every' | 'counts'>;
}

export interface Ruleset {
  readonly rules: readonly CompiledRule[];
  /**
   * Alerts of the rules that an event meets, in order of the rules.
   * @param state the final state of the screen for the event, if it is known
   */
  readonly evaluate: (event: Event, state?: number) => readonly Alert[];
  /** Tells which events no rule can match; undefined if the ruleset has none, or none any more. */
  readonly screen: Screen | undefined;
  readonly selfCheck: SelfCheck | undefined;
}

const NO_ALERTS: readonly Alert[] = Object.freeze([]);
const NONE: readonly Candidate[] = [];

/** Puts a loaded rule into the form that runs. */
export function compileRule({ info, compiled }: LoadedRule, options: AlertOptions): CompiledRule {
  const { condition, predicate, scope, template, extraFields } = compiled;
  const format = createAlertFormat({ info, scope, template, extraFields }, options);
  return { info, condition, predicate, format, scope };
}

/** @param rules rules of one source, in the order of evaluation. */
export function createRuleset(
  rules: readonly CompiledRule[],
  { matching, screened = true, check }: RulesetOptions,
): Ruleset {
  const scopes = [...new Set(rules.map(({ scope }) => scope))];
  const onlyFirst = matching === 'first';
  const begin = (event: Event): void => {
    for (const scope of scopes) scope.begin(event);
  };
  const roots = rules.map(({ predicate }) => predicate.root);
  const lines = rules.map(({ format }) => format.parts);
  let screen = screened ? createScreen(roots, { onlyFirst, lines, begin }) : undefined;
  const all = rules.map((_, rule): Candidate => ({ rule, certain: false }));

  function candidatesOf(event: Event, known: number | undefined): readonly Candidate[] {
    if (screen === undefined) return all;
    let state = known;
    if (state === undefined) {
      screen.begin(event);
      state = walk(screen, event);
    }
    return state === NOTHING ? NONE : screen.rulesOf(state);
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
      const rule = rules[number]!;
      if (!certain && !rule.predicate(event)) continue;
      const alert = rule.format(event);
      if (onlyFirst) return [alert];
      if (alerts === undefined) alerts = [alert];
      else alerts.push(alert);
    }
    return alerts ?? NO_ALERTS;
  }

  const numbers = new Map(rules.map(({ info }, number) => [info, number]));
  const written = ({ rule, line }: Alert): Written => [numbers.get(rule)!, line];
  const selfCheck =
    check &&
    createSelfCheck({
      ...check,
      ways: {
        filtered: (event, state) => evaluate(event, state).map(written),
        inFull: (event) => evaluateRules(event, all).map(written),
      },
      onDifference: () => {
        screen = undefined;
      },
    });
  return {
    rules,
    evaluate,
    get screen() {
      return screen;
    },
    selfCheck,
  };
}
