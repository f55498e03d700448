// One check of a condition (`field operator value`) → a test of an event, with the constants worked in at load time.
// Raises Falco's errors in Falco's order: left side, operator, right side (spec: rules-language.md §2.2–2.11).

import type { ByteString } from '../../../bytes.js';
import type { OnlyWith } from '../../../fields/field.js';
import type { Look } from '../../../prefilter/prefilter.js';
import { type IpNet, isInNet } from '../operators/address.js';
import { type Constant, parseConstant } from '../operators/constants.js';
import { cStrings, type Operand, type OperandError, wholeStrings } from '../operators/operand-type.js';
import { type Modifier, type Operator, operatorOf, operatorTypeError } from '../operators/operators.js';
import { compilePathPrefixes } from '../operators/pmatch.js';
import { lowerAscii } from '../operators/text.js';
import type { BinaryExpr, ExistsExpr } from '../syntax/ast.js';
import { compareOperands } from './check-fields.js';
import { whenPresent } from './missing.js';
import type { BoolNode, Check, PlaceCheck, Predicate } from './nodes.js';
import { operandOf } from './operand.js';
import type { Scope } from './scope.js';

/** Compiles a check, or finds the one that the scope has for the same text. */
export function checkOf(expr: ExistsExpr | BinaryExpr, scope: Scope): BoolNode | OperandError {
  const left = operandOf(expr.left, scope);
  if ('error' in left) return left;
  const node = leftCheck(left, expr, scope);
  const only = left.field?.field.only;
  return only === undefined || 'error' in node
    ? node
    : scope.nodes.combine('and', [onlyWith(only, scope), node]);
}

// Whether the field can have a value at all: without one, no check on it holds (missing.ts).
function onlyWith({ place, read, texts }: OnlyWith, scope: Scope): BoolNode {
  return scope.nodes.check(`only ${JSON.stringify([place, texts])}`, () => {
    const test = whenPresent(read, (value) => texts.includes(value as ByteString));
    return { test, dear: false, place: { place, read, equals: texts, looks: undefined, test } };
  });
}

function leftCheck(left: Operand, expr: ExistsExpr | BinaryExpr, scope: Scope): BoolNode | OperandError {
  if (expr.kind === 'exists') {
    return scope.nodes.check(`exists ${left.id}`, () =>
      withPlace(
        left,
        { equals: left.transformed ? undefined : [], looks: undefined },
        {
          test: whenPresent(left.content, () => true),
          dear: false,
        },
      ),
    );
  }
  const spelled = operatorOf(expr.operator);
  const { operator, modifier } = spelled;
  const error = operatorTypeError(spelled, left.type, left.isList);
  if (error !== undefined) return { error };
  const key = `${operator.name} ${modifier} ${left.id}`;
  const { right } = expr;
  if (right.kind === 'field' || right.kind === 'transformer') {
    const other = operandOf(right, scope);
    if ('error' in other) return other;
    const test = compareOperands(left, operator, other);
    if (typeof test !== 'function') return test;
    return scope.nodes.check(`${key} operand ${other.id}`, () => ({ test, dear: operator.dear === true }));
  }
  const texts = right.kind === 'list' ? right.items : [right.value];
  const constants = parseConstants(texts, left, operator);
  if ('error' in constants) return constants;
  const isText = !left.transformed && left.type === 'CHARBUF';
  const equals = isText && operator.equality === true ? texts : undefined;
  return scope.nodes.check(`${key} constants ${JSON.stringify(texts)}`, () =>
    withPlace(
      left,
      { equals, looks: looksOf(left, operator, constants) },
      {
        test: compareConstants(left, operator, modifier, constants),
        dear: operator.dear === true || left.isList || (modifier !== undefined && texts.length > 1),
      },
    ),
  );
}

// Tells where the value of a check stands, if it is one text at one place.
function withPlace({ field }: Operand, counts: Pick<PlaceCheck, 'equals' | 'looks'>, check: Check): Check {
  const place = field?.place;
  if (field === undefined || place === undefined) return check;
  return { ...check, place: { place, read: field.extract, ...counts, test: check.test } };
}

// What a check wants to know of a text, if that is all.
function looksOf(
  { type, isList, transformed }: Operand,
  { look: kind }: Operator,
  constants: readonly Constant[],
): readonly Look[] | undefined {
  if (kind === undefined || transformed || isList || type !== 'CHARBUF') return undefined;
  const texts = (constants as readonly ByteString[]).filter((text) => text !== '');
  return texts.map((text) => ({ kind, text: kind === 'icontains' ? lowerAscii(text) : text }));
}

function parseConstants(
  texts: readonly ByteString[],
  { type }: Operand,
  operator: Operator,
): readonly Constant[] | OperandError {
  const constants: Constant[] = [];
  for (const text of texts) {
    const parsed = parseConstant(text, type);
    if ('error' in parsed) return parsed;
    const error = operator.fault?.(text);
    if (error !== undefined) return { error };
    constants.push(parsed.value);
  }
  return constants;
}

function compareConstants(
  left: Operand,
  operator: Operator,
  modifier: Modifier | undefined,
  constants: readonly Constant[],
): Predicate {
  if (left.isList) return compareList(left, operator, constants);
  const membership = setMembership(operator, modifier, constants.length);
  if (membership === undefined) {
    const tests = constants.map((constant) => scalarTest(left, operator, constant));
    return whenPresent(
      operator.whole === true ? wholeStrings(left) : cStrings(left),
      combined(tests, modifier),
    );
  }
  const among = amongConstants(left, operator, constants);
  return whenPresent(wholeStrings(left), membership === 'in' ? among : (value) => !among(value as never));
}

// What is one look-up in the set of constants: in, intersects, pmatch, `= anyof`, and `!= allof` as its opposite.
function setMembership(
  operator: Operator,
  modifier: Modifier | undefined,
  size: number,
): 'in' | 'not in' | undefined {
  if (operator.set === true) return 'in';
  if (operator.name === '=' && modifier === 'anyof') return 'in';
  // Of no constants, nothing is true.
  return operator.name === '!=' && modifier === 'allof' && size > 0 ? 'not in' : undefined;
}

function amongConstants(
  { type }: Operand,
  operator: Operator,
  constants: readonly Constant[],
): (value: never) => boolean {
  if (operator.name === 'pmatch') return compilePathPrefixes(constants as readonly ByteString[]);
  if (type === 'IPNET') {
    const nets = constants as readonly IpNet[];
    return (address: ByteString) => nets.some((net) => isInNet(address, net));
  }
  if (constants.length === 0) return () => false;
  if (constants.length === 1) {
    const only = constants[0];
    return (value: Constant) => value === only;
  }
  const set = new Set(constants);
  return (value: Constant) => set.has(value);
}

// The operator between a value of the left side's type and one constant.
function scalarTest({ type }: Operand, operator: Operator, constant: Constant): (value: never) => boolean {
  switch (type) {
    case 'CHARBUF':
      return stringTest(operator, constant as ByteString);
    case 'UINT64':
    case 'RELTIME':
    case 'ABSTIME':
      return (value: bigint) => operator.numbers!(value, constant as bigint);
    case 'BOOL':
      return (value: boolean) => operator.bools!(value, constant as boolean);
    case 'IPADDR':
      return (value: ByteString) => operator.addresses!(value, constant as ByteString);
    case 'IPNET':
      return (value: ByteString) => operator.nets!(value, constant as IpNet);
  }
}

function stringTest(operator: Operator, constant: ByteString): (value: ByteString) => boolean {
  if (operator.name === '=') return (value) => value === constant;
  const { strings } = operator;
  return operator.prepare?.(constant) ?? ((value) => strings!(value, constant));
}

function combined(
  tests: readonly ((value: never) => boolean)[],
  modifier: Modifier | undefined,
): (value: never) => boolean {
  switch (modifier) {
    case undefined:
      return tests[0] ?? (() => false);
    case 'anyof':
      return (value) => tests.some((test) => test(value));
    case 'allof':
      return (value) => tests.length > 0 && tests.every((test) => test(value));
    case 'oneof':
      return (value) => {
        let fitting = 0;
        for (const test of tests) if (test(value) && ++fitting > 1) return false;
        return fitting === 1;
      };
  }
}

// `in`: all elements are among the constants; `intersects`: one of them is.
function compareList(left: Operand, operator: Operator, constants: readonly Constant[]): Predicate {
  const all = operator.name === 'in';
  // No constant ends in the NUL that Falco has at the end of such elements.
  if (left.terminated)
    return whenPresent(left.content, (list: readonly ByteString[]) => all && list.length === 0);
  const among = elementTest(left, constants);
  if (all) return whenPresent(left.content, (list: readonly ByteString[]) => list.every(among));
  return whenPresent(left.content, (list: readonly ByteString[]) => list.some(among));
}

// Elements that are no strings come as their text, addresses as their bytes.
function elementTest({ type }: Operand, constants: readonly Constant[]): (element: ByteString) => boolean {
  if (type === 'IPNET') {
    const nets = constants as readonly IpNet[];
    return (address) => nets.some((net) => isInNet(address, net));
  }
  const set = new Set(constants.map((constant) => (typeof constant === 'object' ? '' : String(constant))));
  return (element) => set.has(element);
}
