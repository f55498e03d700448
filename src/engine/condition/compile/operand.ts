// A field, transformer or constant → an operand that reads its value from an event, once an event.
// Answers to the left and right sides of Falco's filter checks with their transformers (spec: §2.10–2.12).

import type { ByteString } from '../../../bytes.js';
import type { Event } from '../../../event.js';
import type { Extract } from '../../../fields/field.js';
import {
  holdsRawNul,
  type Operand,
  type OperandError,
  rawReader,
  type ValueType,
} from '../operators/operand-type.js';
import { cutAtNul, withoutTrailingNuls } from '../operators/text.js';
import {
  MULTI_TRANSFORMERS,
  type MultiTransformer,
  STRING_MAPS,
  type StringMap,
} from '../operators/transformers.js';
import type {
  FieldExpr,
  Operand as OperandExpr,
  TransformerExpr,
  TransformerListExpr,
  ValueExpr,
} from '../syntax/ast.js';
import type { Scope } from './scope.js';

type AnyOperandExpr = OperandExpr | ValueExpr | TransformerListExpr;

/** Makes an operand, or finds the one that the scope has for the same expression. */
export function operandOf(expr: AnyOperandExpr, scope: Scope): Operand | OperandError {
  switch (expr.kind) {
    case 'field':
      return fieldOperand(expr, scope);
    case 'value':
      return scope.operand(`v${expr.value}`, (id) => constantOperand(expr.value, id));
    case 'transformer-list': {
      const items = operandsOf(expr.items, scope);
      if ('error' in items) return items;
      return scope.operand(`l(${ids(items)})`, (id) => listOperand(items, id));
    }
    case 'transformer':
      return transformerOperand(expr, scope);
  }
}

function operandsOf(exprs: readonly AnyOperandExpr[], scope: Scope): readonly Operand[] | OperandError {
  const operands: Operand[] = [];
  for (const expr of exprs) {
    const operand = operandOf(expr, scope);
    if ('error' in operand) return operand;
    operands.push(operand);
  }
  return operands;
}

const ids = (operands: readonly Operand[]): string => operands.map(({ id }) => id).join(',');

const CONSTANT_NAME = 'NA';
const LIST_NAME = 'INTERNAL';
const STRING: ValueType = { type: 'CHARBUF', isList: false };
const STRING_LIST: ValueType = { type: 'CHARBUF', isList: true };

/** Name and argument of a field as tables look it up. */
function spellField({ name, argument }: FieldExpr): ByteString {
  return argument === undefined ? name : `${name}[${argument}]`;
}

function fieldOperand(expr: FieldExpr, scope: Scope): Operand | OperandError {
  const spelled = spellField(expr);
  return scope.operand(`f${spelled}`, (id) => {
    const found = scope.table.lookup(spelled);
    if ('error' in found) return { error: found.error };
    const { type, isList, name } = found.field;
    return {
      id,
      type,
      isList,
      name,
      base: found.field,
      field: found,
      transformed: false,
      multi: false,
      terminated: false,
      mayHoldNul: false,
      content: scope.slotted(found.extract),
    };
  });
}

function constantOperand(value: ByteString, id: number): Operand {
  return {
    id,
    ...STRING,
    name: CONSTANT_NAME,
    base: { ...STRING, name: CONSTANT_NAME },
    field: undefined,
    transformed: false,
    multi: false,
    terminated: false,
    mayHoldNul: value.includes('\0'),
    content: () => value,
  };
}

function listOperand(items: readonly Operand[], id: number): Operand {
  const readers = items.map(listItemReader);
  return {
    ...constantOperand('', id),
    ...STRING_LIST,
    base: { ...STRING_LIST, name: CONSTANT_NAME },
    mayHoldNul: items.some(holdsRawNul),
    content: (event) => {
      const values: ByteString[] = [];
      for (const read of readers) {
        const found = read(event);
        if (found === undefined) return undefined;
        values.push(...found);
      }
      return values;
    },
  };
}

// Numbers in a list are printed; what else is no string keeps its bytes, as in Falco.
function listItemReader(item: Operand): (event: Event) => readonly ByteString[] | undefined {
  if (item.base.type !== 'UINT64') return rawReader(item);
  const format = item.field?.field.format ?? String;
  return (event) => {
    const value = item.content(event);
    return value === undefined ? undefined : [format(value)];
  };
}

function transformerOperand(expr: TransformerExpr, scope: Scope): Operand | OperandError {
  const { name, argument } = expr;
  const args = operandsOf(expr.args, scope);
  if ('error' in args) return args;
  if (name === 'val' || args.length === 1) {
    if (argument !== undefined) {
      return { error: `filter error: transformer '${name}' does not support field arguments` };
    }
    return name === 'val' ? args[0]! : unaryOperand(name, args[0]!, scope);
  }
  const transformer = MULTI_TRANSFORMERS.get(name);
  if (transformer === undefined) return { error: 'unknown multivalue transformer' };
  const fault = transformer.fault(
    args.map(({ base }) => base),
    argument,
  );
  if (fault !== undefined) return { error: fault };
  const key = `t${name}(${ids(args)})${argument === undefined ? '' : `[${argument}]`}`;
  return scope.operand(key, (id) => multiOperand(transformer, args, argument, id, scope));
}

function unaryOperand(name: string, of: Operand, scope: Scope): Operand | OperandError {
  const map = STRING_MAPS.get(name);
  if (map === undefined && name !== 'len') return { error: `unknown field transfomer '${name}'` };
  if (of.type !== 'CHARBUF' && !(name === 'len' && of.isList)) {
    const field = `${of.isList ? 'list ' : ''}field '${of.base.name}'`;
    const error = `can't add field transformer: type '${of.type}' is not supported by '${name}' transformer applied on ${field}`;
    return { error };
  }
  return scope.operand(`t${name}(${of.id})`, (id) => {
    const common = { ...of, id, transformed: true };
    if (map === undefined) {
      return {
        ...common,
        type: 'UINT64',
        isList: false,
        terminated: false,
        mayHoldNul: false,
        content: scope.slotted(lengthOf(of)),
      };
    }
    const mayHoldNul = of.mayHoldNul || name === 'b64';
    return { ...common, terminated: true, mayHoldNul, content: scope.slotted(mapped(of, map)) };
  });
}

function lengthOf({ content }: Operand): Extract {
  return (event) => {
    const value = content(event);
    if (value === undefined) return undefined;
    return BigInt(
      typeof value === 'string' ? cutAtNul(value).length : (value as readonly ByteString[]).length,
    );
  };
}

function mapped({ content, mayHoldNul }: Operand, map: StringMap): Extract {
  const apply: StringMap = mayHoldNul ? (bytes) => map(withoutTrailingNuls(bytes)) : map;
  return (event) => {
    const value = content(event);
    if (value === undefined) return undefined;
    if (typeof value === 'string') return apply(value);
    const results: ByteString[] = [];
    for (const element of value as readonly ByteString[]) {
      const result = apply(element);
      if (result === undefined) return undefined;
      results.push(result);
    }
    return results;
  };
}

function multiOperand(
  transformer: MultiTransformer,
  args: readonly Operand[],
  argument: ByteString | undefined,
  id: number,
  scope: Scope,
): Operand {
  const readers = args.map(rawReader);
  const isList = transformer.isList(argument);
  return {
    ...constantOperand('', id),
    isList,
    name: isList ? LIST_NAME : CONSTANT_NAME,
    transformed: true,
    multi: true,
    mayHoldNul: args.some(holdsRawNul),
    content: scope.slotted((event) => {
      const values: (readonly ByteString[])[] = [];
      for (const read of readers) {
        const found = read(event);
        if (found === undefined) return undefined;
        values.push(found);
      }
      return transformer.apply(values, argument);
    }),
  };
}
