// Why an event meets a condition or not: the verdict of every part, and for checks the values that were compared.
// A slow, plain reading of the tree that shares no code with compile.ts but the operators' comparisons and the
// transformers' functions, so that each can be held against the other. Values are the bytes that Falco holds.

import type { ByteString } from '../../../bytes.js';
import type { Event } from '../../../event.js';
import type { FieldTable, Value } from '../../../fields/field.js';
import type { AndOrExpr, BinaryExpr, ExistsExpr, Expr, NotExpr, Operand } from '../syntax/ast.js';
import { operands, operandsFirst } from '../syntax/walk.js';
import { type ConstantVerdict, compareWithConstants, compareWithOperand } from './compare.js';
import { extract, shownValue } from './extract.js';

/** A part of a condition, explained. */
export type Explanation = BranchExplanation | CheckExplanation;

export interface BranchExplanation {
  readonly kind: 'branch';
  readonly expr: AndOrExpr | NotExpr;
  readonly verdict: boolean;
  /** Every operand, asked for or not. */
  readonly operands: readonly Explanation[];
  /** The first false operand of an `and`, the first true one of an `or`, the operand of a `not`; undefined where no single one decided. */
  readonly decidedBy: Explanation | undefined;
}

export interface CheckExplanation {
  readonly kind: 'check';
  readonly expr: BinaryExpr | ExistsExpr;
  readonly verdict: boolean;
  /** What the left side read from the event; undefined: nothing, so that the check is false. */
  readonly left: Value | undefined;
  /** The constants on the right-hand side, and whether the left side fits each of them. */
  readonly constants: readonly ConstantVerdict[];
  /** The field or transformer on the right-hand side and what it read. */
  readonly right: { readonly expr: Operand; readonly value: Value | undefined } | undefined;
}

/** Explains a condition that compiles, macros expanded, for one event. Total. */
export function explainCondition(expr: Expr, table: FieldTable, event: Event): Explanation {
  const explained = new Map<Expr, Explanation>();
  for (const part of operandsFirst(expr)) {
    const children = operands(part).map((operand) => explained.get(operand)!);
    explained.set(part, explainPart(part, children, table, event));
  }
  return explained.get(expr)!;
}

function explainPart(
  expr: Expr,
  children: readonly Explanation[],
  table: FieldTable,
  event: Event,
): Explanation {
  switch (expr.kind) {
    case 'and':
      return branch(
        expr,
        children,
        children.every(({ verdict }) => verdict),
        false,
      );
    case 'or':
      return branch(
        expr,
        children,
        children.some(({ verdict }) => verdict),
        true,
      );
    case 'not':
      return branch(expr, children, !children[0]!.verdict, children[0]!.verdict);
    case 'exists':
    case 'binary':
      return explainCheck(expr, table, event);
    case 'identifier':
      throw new TypeError(`a macro is left: ${expr.name}`);
  }
}

function branch(
  expr: AndOrExpr | NotExpr,
  children: readonly Explanation[],
  verdict: boolean,
  deciding: boolean,
): BranchExplanation {
  const decidedBy = children.find((child) => child.verdict === deciding);
  return { kind: 'branch', expr, verdict, operands: children, decidedBy };
}

function explainCheck(expr: BinaryExpr | ExistsExpr, table: FieldTable, event: Event): CheckExplanation {
  const left = extract(expr.left, table, event);
  const common = { kind: 'check', expr, left: shownValue(left), constants: [], right: undefined } as const;
  if (expr.kind === 'exists') return { ...common, verdict: left !== undefined };
  const { operator, right } = expr;
  if (right.kind === 'field' || right.kind === 'transformer') {
    const other = extract(right, table, event);
    const verdict = left !== undefined && other !== undefined && compareWithOperand(left, operator, other);
    return { ...common, verdict, right: { expr: right, value: shownValue(other) } };
  }
  const texts = right.kind === 'list' ? right.items : [right.value];
  return { ...common, ...compareWithConstants(left, operator, texts as readonly ByteString[]) };
}
