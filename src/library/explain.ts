// Why an event meets a rule or not, as text and as data.

import { type ExplanationData, explanationData, explanationText } from '../authoring/explain-text.js';
import { fromBytes } from '../bytes.js';
import type { Explanation } from '../engine/condition/explain/explain.js';

/** Why one event does or does not meet one rule. */
export interface RuleExplanation {
  readonly matches: boolean;
  /** The condition as a tree of verdicts, with the values that were compared. */
  readonly text: string;
  /** The same as data. */
  readonly tree: ExplanationTree;
}

/** A part of a condition: `and`, `or`, `not` over others, or a check with what it read and compared. */
export type ExplanationTree = ExplanationData;

/** @param note stands before the text */
export function toRuleExplanation(explanation: Explanation, note?: string): RuleExplanation {
  const text = fromBytes(explanationText(explanation));
  return {
    matches: explanation.verdict,
    text: note === undefined ? text : `${note}\n${text}`,
    tree: decoded(explanationData(explanation)),
  };
}

/** Texts for byte strings. */
function decoded(data: ExplanationData): ExplanationTree {
  return JSON.parse(JSON.stringify(data), (_key, value: unknown) =>
    typeof value === 'string' ? fromBytes(value) : value,
  ) as ExplanationTree;
}

/** A ruleset, as far as explaining goes. */
interface Explainer {
  explain(rule: string, events: string | Uint8Array | object): readonly RuleExplanation[];
}

/**
 * Explains why a rule does or does not match an event.
 * Errors: RangeError if no rule that runs has the name, or if it is not exactly one event.
 */
export function explain(
  ruleset: Explainer,
  rule: string,
  event: string | Uint8Array | object,
): RuleExplanation {
  const explanations = ruleset.explain(rule, event);
  const [only] = explanations;
  if (only === undefined || explanations.length > 1)
    throw new RangeError(`one event is needed, and there are ${explanations.length}`);
  return only;
}
