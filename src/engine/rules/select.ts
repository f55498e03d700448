// Which rules run, and in which order: the `enabled` flags, the minimum priority, then the configuration's `rules:`.
// Answers to Falco's rulesets (spec: rules-language.md §7.1, §7.2): a rule that a selection enables moves to the end.

import type { ByteString } from '../../bytes.js';
import type { LoadedRule, RuleSelection } from './loader.js';

/** What can be selected: rules, correlations. */
type Selectable = Pick<LoadedRule, 'info' | 'enabled' | 'belowMinimum'>;

/** The rules to run, in the order of evaluation. */
export function selectRules<T extends Selectable>(
  rules: readonly T[],
  selections: readonly RuleSelection[],
): readonly T[] {
  return selectEnabled(
    rules.filter(({ belowMinimum }) => !belowMinimum),
    selections,
  );
}

/** Those that are enabled, whatever their priority. */
export function selectEnabled<T extends Selectable>(
  available: readonly T[],
  selections: readonly RuleSelection[],
): readonly T[] {
  // A Set keeps the order in which its elements came.
  const running = new Set(available.filter(({ enabled }) => enabled));
  const apply = (matching: readonly T[], enable: boolean): void => {
    for (const rule of matching) {
      if (!enable) running.delete(rule);
      else if (!running.has(rule)) running.add(rule);
    }
  };
  for (const { enable, rule: pattern, tag } of selections) {
    if (pattern !== undefined && pattern !== '')
      apply(
        available.filter(({ info }) => matchesWildcard(pattern, info.name)),
        enable,
      );
    if (tag !== undefined && tag !== '')
      apply(
        available.filter(({ info }) => info.tags.includes(tag)),
        enable,
      );
  }
  return [...running];
}

/**
 * Whether a name matches a pattern in which `*` is any text. Each piece between stars is looked for at its first
 * place only, without going back, so that `*ab` does not match `ab ab`.
 */
export function matchesWildcard(pattern: ByteString, name: ByteString): boolean {
  const [first, ...pieces] = pattern.split(/\*+/);
  if (pieces.length === 0) return pattern === name;
  if (!name.startsWith(first!)) return false;
  let at = first!.length;
  for (const [index, piece] of pieces.entries()) {
    // A star at the end takes whatever is left.
    if (piece === '' && index === pieces.length - 1) return true;
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at === name.length;
}
