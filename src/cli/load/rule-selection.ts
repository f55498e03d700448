// In: the loaded rules and what `rules:` selects of them. Out: the log's lines about it, and advice where a selection
// meets no rule, or no rule is left to run (spec: cli-and-config.md §2.6).

import type { ByteString } from '../../bytes.js';
import type { Config, RuleSelectionConfig } from '../../config/config.js';
import { findingText } from '../../config/finding.js';
import { child } from '../../config/read/tree.js';
import type { LoadedRule, LoadOutcome } from '../../engine/rules/loader.js';
import { matchesWildcard, selectRules } from '../../engine/rules/select.js';
import type { Log } from '../../log.js';
import { suggest } from '../../suggest.js';
import type { Advice } from '../advice.js';
import { SYSCALL } from './plugins.js';

export function logSelection(selections: readonly RuleSelectionConfig[], log: Pick<Log, 'write'>): void {
  for (const { enable, rule, tag } of selections) {
    const verb = enable ? 'Enabling' : 'Disabling';
    if (rule !== undefined) log.write('info', `${verb} rules with name: ${rule}`);
    if (tag !== undefined) log.write('info', `${verb} rules with tag: ${tag}`);
  }
}

export function adviseOnSelection(
  { rules: selections, tree }: Config,
  outcome: LoadOutcome,
  selected: readonly LoadedRule[],
  advice: Pick<Advice, 'give'>,
): void {
  const list = tree.kind === 'mapping' ? child(tree, 'rules') : undefined;
  const all = [...outcome.rules, ...outcome.correlations];
  for (const [index, selection] of selections.entries()) {
    const mark = list?.kind === 'sequence' ? list.items[index]?.mark : undefined;
    for (const text of metNothing(selection, all)) advice.give(findingText({ mark, text }));
  }
  if (selectRules(outcome.correlations, selections).length > 0) return;
  const reason = whyNone(outcome, selected);
  if (reason !== undefined) advice.give(`No rule is enabled, so no event can raise an alert: ${reason}`);
}

function metNothing(
  { enable, rule, tag }: RuleSelectionConfig,
  rules: readonly Pick<LoadedRule, 'info'>[],
): readonly ByteString[] {
  const verb = enable ? 'enable' : 'disable';
  const found: ByteString[] = [];
  if (rule !== undefined && !rules.some(({ info }) => matchesWildcard(rule, info.name))) {
    found.push(
      `rules: ${verb} has no effect, no rule is named '${rule}'${meant(
        rule,
        rules.map(({ info }) => info.name),
      )}`,
    );
  }
  if (tag !== undefined && !rules.some(({ info }) => info.tags.includes(tag))) {
    found.push(
      `rules: ${verb} has no effect, no rule has the tag '${tag}'${meant(
        tag,
        rules.flatMap(({ info }) => info.tags),
      )}`,
    );
  }
  return found;
}

function meant(word: ByteString, known: readonly ByteString[]): ByteString {
  const near = suggest(word, known);
  return near === undefined ? '' : `; did you mean '${near}'?`;
}

/** Why nothing can raise an alert; undefined where something can. */
function whyNone({ results, rules }: LoadOutcome, selected: readonly LoadedRule[]): string | undefined {
  if (selected.some(({ info }) => info.source !== SYSCALL)) return undefined;
  if (selected.length > 0) return `the ${selected.length} enabled rules are for system calls`;
  if (results.length === 0) return 'no rules file was read';
  if (rules.length === 0) return 'the rules files hold no rule that could run';
  return `each of the ${rules.length} loaded rules is disabled or less severe than the priority`;
}
