// In: counts of rule matches. Out: the closing block of a run (spec: cli-and-config.md §4.3). Answers to falco's
// stats_manager.cpp.

import type { ByteString } from '../bytes.js';
import type { RuleInfo } from '../engine/rules/alert.js';

export interface RuleCounts {
  /** One match of the rule. Constant time; the pipeline calls it for every alert. */
  add(rule: RuleInfo): void;
  /** All matches so far. */
  total(): number;
  /** Rules with their matches, in load order, zeros included. */
  entries(): readonly { readonly rule: RuleInfo; readonly count: number }[];
}

/** Counts for the rules of all sources, given in load order. */
export type CreateRuleCounts = (rules: readonly RuleInfo[]) => RuleCounts;

/** The block that ends a run, each line with its newline. */
export type RenderSummary = (counts: RuleCounts) => ByteString;
