// A check with a field or transformer on the right-hand side: both values are read, types must agree.
// Answers to Falco's right-hand side filter checks (spec: rules-language.md §2.11).

import type { ByteString } from '../../../bytes.js';
import type { Value } from '../../../fields/field.js';
import {
  cStrings,
  type Operand,
  type OperandError,
  sameType,
  typeName,
  wholeStrings,
  withNul,
} from '../operators/operand-type.js';
import type { Operator } from '../operators/operators.js';
import { whenBothPresent } from './missing.js';
import type { Predicate } from './nodes.js';

/** Compiles the comparison, or says in Falco's words why there is none. */
export function compareOperands(left: Operand, operator: Operator, right: Operand): Predicate | OperandError {
  if (operator.constantsOnly === true) {
    return { error: `operator '${operator.name.toUpperCase()}' doesn't support right-hand side fields` };
  }
  if (left.type === 'IPNET') return { error: "field type 'IPNET' doesn't support right-hand side fields" };
  if (!sameType(left, right)) {
    // Falco does not check the types behind a transformer of several arguments, and compares with nothing then.
    if (left.multi) return () => false;
    return {
      error:
        `field '${left.name}' has type '${typeName(left)}' while the right-hand side field ` +
        `'${right.name}' has incompatible type '${typeName(right)}'`,
    };
  }
  return left.isList ? compareLists(left, operator, right) : compareScalars(left, operator, right);
}

function compareScalars(left: Operand, operator: Operator, right: Operand): Predicate {
  const values = (test: unknown): Predicate =>
    whenBothPresent<Value>(cStrings(left), cStrings(right), test as (a: Value, b: Value) => boolean);
  switch (left.type) {
    case 'CHARBUF':
      return operator.set === true ? sameBytes(left, right) : values(operator.strings);
    case 'UINT64':
    case 'RELTIME':
    case 'ABSTIME':
      return values(operator.numbers);
    case 'BOOL':
      return values(operator.bools);
    case 'IPADDR':
    case 'IPNET':
      return values(operator.addresses);
  }
}

// `in` and `intersects` compare whole strings with their lengths. What a transformer made is one byte longer on the
// right than it could be on the left, so it is never found.
function sameBytes(left: Operand, right: Operand): Predicate {
  if (right.terminated) return () => false;
  return whenBothPresent<ByteString>(wholeStrings(left), right.content, (value, other) => value === other);
}

function compareLists(left: Operand, operator: Operator, right: Operand): Predicate {
  const ofLeft = elements(left, right);
  const ofRight = elements(right, left);
  return whenBothPresent<readonly ByteString[]>(left.content, right.content, (list, others) => {
    const set = new Set(ofRight(others));
    const among = (element: ByteString): boolean => set.has(element);
    return operator.name === 'in' ? ofLeft(list).every(among) : ofLeft(list).some(among);
  });
}

// The elements as they are compared: with the NULs that Falco has at their ends, unless both sides have them.
function elements(
  { terminated, mayHoldNul }: Operand,
  other: Operand,
): (list: readonly ByteString[]) => readonly ByteString[] {
  const asTheyAre = !terminated || (other.terminated && !mayHoldNul && !other.mayHoldNul);
  return asTheyAre ? (list) => list : (list) => list.map(withNul);
}
