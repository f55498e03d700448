// The text of a condition without what makes no difference to its meaning: the order of operands and of list items,
// repeated ones, and the nesting of `and` in `and`. Two conditions with the same text are the same.

import type { ByteString } from '../../../bytes.js';
import type { BinaryExpr, Expr } from '../../condition/syntax/ast.js';
import { printExpr } from '../../condition/syntax/printer.js';
import { operands, operandsFirst } from '../../condition/syntax/walk.js';

/** @param known texts of trees, kept from one condition to the next */
export function canonicalText(root: Expr, known: Map<Expr, ByteString>): ByteString {
  for (const expr of operandsFirst(root, (part) => known.has(part))) known.set(expr, textOf(expr, known));
  return known.get(root)!;
}

function textOf(expr: Expr, known: ReadonlyMap<Expr, ByteString>): ByteString {
  switch (expr.kind) {
    case 'and':
    case 'or': {
      const texts = flat(expr, expr.kind).map((operand) => known.get(operand)!);
      const distinct = [...new Set(texts)].sort();
      return distinct.length === 1 ? distinct[0]! : `(${distinct.join(` ${expr.kind} `)})`;
    }
    case 'not':
      return `not ${known.get(expr.operand)!}`;
    case 'binary':
      return printExpr(withSortedItems(expr));
    case 'exists':
    case 'identifier':
      return printExpr(expr);
  }
}

function flat(expr: Expr, kind: 'and' | 'or'): readonly Expr[] {
  const found: Expr[] = [];
  const open = [expr];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === kind) open.push(...operands(next));
    else found.push(next);
  }
  return found;
}

/** `oneof` counts its items, and others may care for their order: only sets are sorted. */
function withSortedItems(check: BinaryExpr): BinaryExpr {
  const { operator, right } = check;
  const isSet = operator === 'in' || operator === 'intersects';
  if (!isSet || right.kind !== 'list') return check;
  return { ...check, right: { ...right, items: [...new Set(right.items)].sort() } };
}
