// How far an event is from meeting a condition: the number of checks that would have to turn, and which.

import type { CheckExplanation, Explanation } from '../engine/condition/explain.js';

/** The fewest checks to turn so that `part` has the verdict `wanted`. */
export function turning(part: Explanation, wanted: boolean): readonly CheckExplanation[] {
  if (part.verdict === wanted) return [];
  if (part.kind === 'check') return [part];
  const kind = part.expr.kind;
  if (kind === 'not') return turning(part.operands[0]!, !wanted);
  const options = part.operands.map((operand) => turning(operand, wanted));
  // All operands of an `and` must hold, one of an `or`; the other way round for the opposite verdict.
  if ((kind === 'and') === wanted) return options.flat();
  return options.reduce((best, option) => (option.length < best.length ? option : best));
}
