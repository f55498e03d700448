// Walking a condition without recursion: macros may nest deeper than the stack allows, and share their trees.

import type { Expr } from './ast.js';

/** All sub-expressions, each once: operands before what holds them, left to right, the root last. */
export function operandsFirst(root: Expr): readonly Expr[] {
  const order: Expr[] = [];
  const seen = new Set<Expr>();
  const open: { readonly expr: Expr; readonly left: Expr[] }[] = [];
  const enter = (expr: Expr): void => {
    if (seen.has(expr)) return;
    seen.add(expr);
    open.push({ expr, left: [...operands(expr)].reverse() });
  };
  enter(root);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const next = top.left.pop();
    if (next !== undefined) enter(next);
    else {
      order.push(top.expr);
      open.pop();
    }
  }
  return order;
}

/** All checks and identifiers from left to right, those of a shared tree as often as it is used. */
export function leaves(root: Expr): readonly Expr[] {
  const found: Expr[] = [];
  const open: Expr[] = [root];
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    const parts = operands(expr);
    if (parts.length === 0) found.push(expr);
    for (let i = parts.length - 1; i >= 0; i--) open.push(parts[i]!);
  }
  return found;
}

/** The boolean operands of an expression. */
export function operands(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return expr.operands;
    case 'not':
      return [expr.operand];
    case 'identifier':
    case 'exists':
    case 'binary':
      return [];
  }
}
