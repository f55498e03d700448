// In: matches of rules. Out: their counts, and the closing block of a run (spec: cli-and-config.md §4.3). Answers to
// falco's stats_manager.cpp.

import type { ByteString } from '../bytes.js';
import { PRIORITIES, type RuleInfo } from '../engine/rules/alert/alert.js';

interface RuleCount {
  readonly rule: RuleInfo;
  readonly count: number;
}

export interface RuleCounts {
  /** One match of the rule. Constant time; the pipeline calls it for every alert. */
  add(rule: RuleInfo): void;
  /** All matches so far. */
  total(): number;
  /** Rules with their matches, in load order, zeros included. */
  entries(): readonly RuleCount[];
}

/** Counts for the rules of all sources, given in load order. A rule that is not among them is put at the end. */
export function createRuleCounts(rules: readonly RuleInfo[]): RuleCounts {
  const counts = new Map<RuleInfo, number>(rules.map((rule) => [rule, 0]));
  let total = 0;
  return {
    add(rule) {
      total++;
      counts.set(rule, (counts.get(rule) ?? 0) + 1);
    },
    total: () => total,
    entries: () => [...counts].map(([rule, count]) => ({ rule, count })),
  };
}

/** The block that ends a run, each line with its newline. */
export function renderSummary(counts: RuleCounts): ByteString {
  const entries = counts.entries().filter(({ count }) => count > 0);
  const lines = [`Events detected: ${counts.total()}`, 'Rule counts by severity:'];
  for (const [priority, name] of PRIORITIES.entries()) {
    const count = entries.reduce(
      (sum, entry) => sum + (entry.rule.priority === priority ? entry.count : 0),
      0,
    );
    if (count > 0) lines.push(`   ${severity(name)}: ${count}`);
  }
  lines.push('Triggered rules by rule name:');
  for (const { rule, count } of entries) lines.push(`   ${rule.name}: ${count}`);
  return `${lines.join('\n')}\n`;
}

function severity(name: string): string {
  return name === 'Informational' ? 'INFO' : name.toUpperCase();
}
