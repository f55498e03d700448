// The one place that says what a missing value means: a comparison that lacks a value on either side is false,
// whatever the operator (`!=` and `!= allof` too); `not` around it is true (spec: rules-language.md §2.4).

import type { Extract, Value } from '../../../fields/field.js';
import type { Predicate } from './nodes.js';

/** The check of one value. `V` is what the type of the operand makes sure of. */
export function whenPresent<V extends Value>(read: Extract, test: (value: V) => boolean): Predicate {
  return (event) => {
    const value = read(event);
    return value !== undefined && test(value as V);
  };
}

/** The check of a value against the value of a right-hand field. */
export function whenBothPresent<V extends Value>(
  left: Extract,
  right: Extract,
  test: (left: V, right: V) => boolean,
): Predicate {
  return (event) => {
    const value = left(event);
    if (value === undefined) return false;
    const other = right(event);
    return other !== undefined && test(value as V, other as V);
  };
}
