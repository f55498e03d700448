// In: loaded rules, and what the configuration selects. Out: the rules that give alerts, and the correlations that run;
// the same on every thread.

import type { Config } from '../../config/config.js';
import { type CorrelationSet, createCorrelationSet } from '../../engine/rules/correlation-set.js';
import type { LoadedRule, LoadOutcome } from '../../engine/rules/loader.js';
import { type CompiledRule, compileRule } from '../../engine/rules/ruleset.js';
import { selectEnabled, selectRules } from '../../engine/rules/select.js';
import { alertOptionsOf } from '../session/alert-options.js';
import type { Engine } from './engine.js';

export interface RunningRules {
  readonly set: CorrelationSet;
  /** Rules of a source that give alerts, in the order of evaluation. */
  of(source: string): readonly CompiledRule[];
}

/** @param selected the rules that run */
export function runningRules(
  { rules, correlations }: Pick<LoadOutcome, 'rules' | 'correlations'>,
  selected: readonly LoadedRule[],
  config: Config,
  engine: Engine,
): RunningRules {
  const alerts = alertOptionsOf(config, engine);
  const set = createCorrelationSet({
    correlations: selectRules(correlations, config.rules),
    rules: selected,
    // A rule that is not severe enough for alerts counts.
    counting: new Set(selectEnabled(rules, config.rules).map(({ info }) => info.name)),
    alerts,
  });
  return {
    set,
    of: (source) =>
      selected
        .filter(({ info, compiled }) => info.source === source && compiled.definition.alert)
        .map((rule) => compileRule(rule, alerts, set.throttle(rule))),
  };
}
