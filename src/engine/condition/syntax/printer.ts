// Expr → text, as `-L` shows compiled conditions and alerts name their fields.
// Answers to Falco's AST printer (spec: rules-language.md §1.6). What it prints does not always parse again:
// values with parentheses or commas stay unquoted, and the empty string prints as nothing.

import type { ByteString } from '../../../bytes.js';
import type { Expr, FieldExpr, ListExpr, Operand, TransformerListExpr, ValueExpr } from './ast.js';
import { quote } from './quoting.js';
import { operandsFirst } from './walk.js';

/** Prints a condition, however deep macros nest in it. */
export function printExpr(root: Expr): ByteString {
  const texts = new Map<Expr, ByteString>();
  for (const expr of operandsFirst(root)) texts.set(expr, textOf(expr, texts));
  return texts.get(root)!;
}

function textOf(expr: Expr, texts: ReadonlyMap<Expr, ByteString>): ByteString {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return `(${expr.operands.map((operand) => texts.get(operand)!).join(` ${expr.kind} `)})`;
    case 'not':
      return `not ${texts.get(expr.operand)!}`;
    case 'identifier':
      return expr.name;
    case 'exists':
      return `${printOperand(expr.left)} exists`;
    case 'binary':
      return `${printOperand(expr.left)} ${expr.operator} ${printOperand(expr.right)}`;
  }
}

/** Prints one side of a comparison, or an argument of a transformer. */
export function printOperand(operand: Operand | ValueExpr | ListExpr | TransformerListExpr): ByteString {
  switch (operand.kind) {
    case 'field':
      return operand.name + printArgument(operand.argument);
    case 'transformer':
      return `${operand.name}(${operand.args.map(printOperand).join(',')})${printArgument(operand.argument)}`;
    case 'transformer-list':
      return `(${operand.items.map(printOperand).join(',')})`;
    case 'list':
      return `(${operand.items.map(quote).join(', ')})`;
    case 'value':
      return quote(operand.value);
  }
}

function printArgument(argument: FieldExpr['argument']): ByteString {
  if (argument === undefined) return '';
  return argument === '' ? '[""]' : `[${quote(argument)}]`;
}
