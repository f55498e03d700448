// Walking a condition without recursion: macros may nest deeper than the stack allows, and share their trees.

import type { Expr } from './ast.js';

/**
 * All sub-expressions, each once: operands before what holds them, left to right, the root last.
 * @param isDone trees that are passed over, with all that they hold
 */
export function operandsFirst(root: Expr, isDone: (expr: Expr) => boolean = () => false): readonly Expr[] {
  const order: Expr[] = [];
  const seen = new Set<Expr>();
  const open: { readonly expr: Expr; readonly left: Expr[] }[] = [];
  const enter = (expr: Expr): void => {
    if (seen.has(expr) || isDone(expr)) return;
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
