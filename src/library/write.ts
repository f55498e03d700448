// Rules from a program: objects → the text of a rules file, and texts → constants of conditions.

import { conditionText, listYaml, macroYaml, ruleYaml } from '../authoring/rules-yaml.js';
import { fromBytes, toBytes } from '../bytes.js';
import type { PriorityName } from '../engine/rules/alert/alert.js';

/** An item of a rules file: a list, a macro or a rule. */
export type RulesItem =
  | { readonly list: string; readonly items: readonly string[] }
  | { readonly macro: string; readonly condition: string }
  | {
      readonly rule: string;
      readonly condition: string;
      readonly output: string;
      /** Default: the rule's name. */
      readonly desc?: string;
      /** Default: Warning. */
      readonly priority?: PriorityName;
      readonly tags?: readonly string[];
      readonly enabled?: boolean;
    };

/** A rules file for `k8s_audit`, with the items in order. Whether it loads, loadRules says. */
export function formatRules(items: readonly RulesItem[]): string {
  return fromBytes(items.map(itemYaml).join('\n'));
}

function itemYaml(item: RulesItem): string {
  if ('list' in item) return listYaml(toBytes(item.list), item.items.map(toBytes));
  if ('macro' in item) return macroYaml(toBytes(item.macro), toBytes(item.condition));
  const { rule, desc = rule, priority = 'Warning', tags = [], enabled = true } = item;
  return ruleYaml({
    name: toBytes(rule),
    description: toBytes(desc),
    condition: toBytes(item.condition),
    output: toBytes(item.output),
    priority: priority.toUpperCase(),
    tags: tags.map(toBytes),
    enabled,
  });
}

/** A text as a constant of a condition, in quotes, whatever it holds: `ka.user.name = ${quoteText(name)}`. */
export function quoteText(text: string): string {
  return fromBytes(conditionText(toBytes(text)));
}
