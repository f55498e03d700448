// The comparisons of explain.ts: extracted values against constants, or against another operand's values.

import type { ByteString } from '../../../bytes.js';
import type { IpNet } from '../operators/address.js';
import { type Constant, parseConstant } from '../operators/constants.js';
import { type Operator, operatorOf } from '../operators/operators.js';
import { cutAtNul, withoutTrailingNuls } from '../operators/text.js';
import type { Extracted } from './extract.js';

/** A constant as the condition has it, and whether the operator holds between the left side and it alone. */
export interface ConstantVerdict {
  readonly text: ByteString;
  readonly fits: boolean;
}

/** Compares with constants. No value fits nothing. */
export function compareWithConstants(
  left: Extracted | undefined,
  spelled: string,
  texts: readonly ByteString[],
): { readonly verdict: boolean; readonly constants: readonly ConstantVerdict[] } {
  if (left === undefined) return { verdict: false, constants: texts.map((text) => ({ text, fits: false })) };
  const constants = texts.map((text) => ({ text, fits: fitsConstant(left, spelled, text) }));
  const { operator, modifier } = operatorOf(spelled);
  const fitting = constants.filter(({ fits }) => fits).length;
  if (left.isList) return { verdict: listVerdict(left, operator, texts), constants };
  if (modifier === 'oneof') return { verdict: fitting === 1, constants };
  if (modifier === 'allof') return { verdict: texts.length > 0 && fitting === texts.length, constants };
  return { verdict: fitting > 0, constants };
}

// Whether the operator holds for one constant; for a list, whether an element equals it.
function fitsConstant(left: Extracted, spelled: string, text: ByteString): boolean {
  const { operator, modifier } = operatorOf(spelled);
  const parsed = parseConstant(text, left.type);
  if ('error' in parsed) return false;
  if (left.isList) return left.values.some((value) => isElement(value, left.type, parsed.value));
  const value = left.values[0]!;
  if (typeof value !== 'string') return holds(operator, left.type, value, parsed.value);
  const { name } = operator;
  // Sets and patterns get the whole string, everything else stops at its first NUL.
  const whole =
    operator.set === true ||
    operator.whole === true ||
    (name === '=' && modifier === 'anyof') ||
    (name === '!=' && modifier === 'allof');
  return holds(operator, left.type, whole ? withoutTrailingNuls(value) : cutAtNul(value), parsed.value);
}

function holds(
  operator: Operator,
  type: Extracted['type'],
  value: ByteString | bigint | boolean,
  other: Constant,
): boolean {
  if (typeof value === 'bigint') return operator.numbers!(value, other as bigint);
  if (typeof value === 'boolean') return operator.bools!(value, other as boolean);
  if (type === 'IPADDR') return operator.addresses!(value, other as ByteString);
  if (type === 'IPNET') return operator.nets!(value, other as IpNet);
  return operator.strings!(value, other as ByteString);
}

function isElement(
  value: ByteString | bigint | boolean,
  type: Extracted['type'],
  constant: Constant,
): boolean {
  const { operator } = operatorOf('in');
  if (type === 'IPNET') return operator.nets!(value as ByteString, constant as IpNet);
  return value === String(constant);
}

function listVerdict({ type, values }: Extracted, operator: Operator, texts: readonly ByteString[]): boolean {
  const constants = texts.map((text) => parseConstant(text, type));
  const among = (value: ByteString | bigint | boolean): boolean =>
    constants.some((parsed) => 'value' in parsed && isElement(value, type, parsed.value));
  return operator.name === 'in' ? values.every(among) : values.some(among);
}

/** Compares with the values of a field or transformer. */
export function compareWithOperand(left: Extracted, spelled: string, right: Extracted): boolean {
  const { operator } = operatorOf(spelled);
  if (left.type !== right.type || left.isList !== right.isList) return false;
  if (left.isList) {
    const among = (value: unknown): boolean => right.values.some((other) => other === value);
    return operator.name === 'in' ? left.values.every(among) : left.values.some(among);
  }
  const value = left.values[0]!;
  const other = right.values[0]!;
  if (typeof value !== 'string' || typeof other !== 'string') return holds(operator, left.type, value, other);
  if (left.type !== 'CHARBUF') return operator.addresses!(value, other);
  if (operator.set === true) return withoutTrailingNuls(value) === other;
  return operator.strings!(cutAtNul(value), cutAtNul(other));
}
