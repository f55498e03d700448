// Expr → Predicate: a condition's tree, macros expanded, to a function that says whether an event meets it.
// Answers to Falco's filter compiler (spec: rules-language.md §2). Everything that can be is done at load time.

import type { BoundField, Extract, FieldType } from '../../../fields/field.js';
import { cStrings } from '../operators/operand-type.js';
import type { Expr, Operand as OperandExpr } from '../syntax/ast.js';
import { fail, ok, type Result } from '../syntax/result.js';
import { operands, operandsFirst } from '../syntax/walk.js';
import { checkOf } from './check.js';
import type { BoolNode, Predicate } from './nodes.js';
import { operandOf } from './operand.js';
import type { Scope } from './scope.js';

export type { Predicate } from './nodes.js';

/** A field or transformer, ready to read. */
export interface CompiledOperand {
  readonly type: FieldType;
  readonly isList: boolean;
  /** The field under one-argument transformers; undefined for constants and transformers of several arguments. */
  readonly field: BoundField | undefined;
  /** Whether a transformer but `val` is applied. */
  readonly transformed: boolean;
  /** The value, strings up to their first NUL; computed once an event. After `scope.begin(event)`. */
  readonly read: Extract;
}

/** What trees were compiled to: macros are in many conditions. */
export type CompiledTrees = Map<Expr, BoolNode>;

/**
 * Compiles a condition without identifiers.
 * @param nodes trees of this scope that are known already; those of this condition join them.
 * @returns Falco's message at the first check that is wrong, or the predicate. It is total, takes time linear in the
 * condition and the values it reads, and reads the event that the scope has begun.
 */
export function compileCondition(
  expr: Expr,
  scope: Scope,
  nodes: CompiledTrees = new Map(),
): Result<Predicate> {
  for (const part of operandsFirst(expr, (part) => nodes.has(part))) {
    const node = compileNode(
      part,
      operands(part).map((operand) => nodes.get(operand)!),
      scope,
    );
    if ('error' in node) return fail(node.error, part.position);
    nodes.set(part, node);
  }
  return ok(scope.nodes.predicate(nodes.get(expr)!));
}

function compileNode(expr: Expr, children: readonly BoolNode[], scope: Scope): ReturnType<typeof checkOf> {
  switch (expr.kind) {
    case 'not':
    case 'and':
    case 'or':
      return scope.nodes.combine(expr.kind, children);
    case 'exists':
    case 'binary':
      return checkOf(expr, scope);
    case 'identifier':
      return { error: `filter error: unexpected identifier '${expr.name}'` };
  }
}

/** Compiles a field or transformer for a template, or gives Falco's message. */
export function compileOperand(expr: OperandExpr, scope: Scope): Result<CompiledOperand> {
  const operand = operandOf(expr, scope);
  if ('error' in operand) return fail(operand.error, expr.position);
  const { type, isList, field, transformed } = operand;
  return ok({ type, isList, field, transformed, read: cStrings(operand) });
}
