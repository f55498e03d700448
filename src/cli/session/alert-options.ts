// In: the configuration. Out: how alerts look and how rules are evaluated, the same on every thread.

import type { Config } from '../../config/config.js';
import type { AlertOptions } from '../../engine/rules/alert/alert-format.js';
import type { RulesetOptions } from '../../engine/rules/ruleset.js';
import type { CheckCounts } from '../../prefilter/self-check.js';
import type { Options } from '../arguments/options.js';
import type { Engine } from '../load/engine.js';

export function alertOptionsOf({ json, log }: Config, { hostname }: Engine): AlertOptions {
  return { json, isoTime: log.iso, hostname };
}

/** @param counts what the prefilter's self-check found */
export function rulesetOptionsOf(
  { ruleMatching, tsfalco }: Config,
  { noPrefilter }: Options,
  counts: CheckCounts,
): RulesetOptions {
  const { prefilter, prefilterCheck } = tsfalco;
  return {
    matching: ruleMatching,
    prefiltered: prefilter && !noPrefilter,
    check: { every: prefilterCheck, counts },
  };
}
