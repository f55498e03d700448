// The rules of one event source, ready to run: event → alerts. Total, and without allocation where nothing matches.
// Answers to Falco's rulesets at run time (spec: rules-language.md §7; rule_matching in cli-and-config.md §2.6).

import type { Event } from '../../event.js';
import type { Expr } from '../condition/ast.js';
import type { Predicate } from '../condition/compile.js';
import type { Scope } from '../condition/scope.js';
import type { Alert, RuleInfo } from './alert.js';
import { type AlertFormat, type AlertOptions, createAlertFormat } from './alert-format.js';
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
}

export interface Ruleset {
  readonly rules: readonly CompiledRule[];
  /** Alerts of the rules that an event meets, in order of the rules. */
  readonly evaluate: (event: Event) => readonly Alert[];
}

const NO_ALERTS: readonly Alert[] = Object.freeze([]);

/** Puts a loaded rule into the form that runs. */
export function compileRule({ info, compiled }: LoadedRule, options: AlertOptions): CompiledRule {
  const { condition, predicate, scope, template, extraFields } = compiled;
  const format = createAlertFormat({ info, scope, template, extraFields }, options);
  return { info, condition, predicate, format, scope };
}

/** @param rules rules of one source, in the order of evaluation. */
export function createRuleset(rules: readonly CompiledRule[], { matching }: RulesetOptions): Ruleset {
  const scopes = [...new Set(rules.map(({ scope }) => scope))];
  const onlyFirst = matching === 'first';

  function evaluate(event: Event): readonly Alert[] {
    for (const scope of scopes) scope.begin(event);
    let alerts: Alert[] | undefined;
    for (const rule of rules) {
      if (!rule.predicate(event)) continue;
      const alert = rule.format(event);
      if (onlyFirst) return [alert];
      if (alerts === undefined) alerts = [alert];
      else alerts.push(alert);
    }
    return alerts ?? NO_ALERTS;
  }

  return { rules, evaluate };
}
