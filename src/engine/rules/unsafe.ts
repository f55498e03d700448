// Checks that Falco warns of whatever they compare: with the text <NA>, which no missing value has, and on fields
// that are deprecated. Answers to Falco's filter_warning_resolver (spec: rules-language.md §4.6).

import type { BinaryExpr, Expr, TransformerExpr, TransformerListExpr } from '../condition/ast.js';
import { operandsFirst } from '../condition/walk.js';
import { DEPRECATED_FIELDS } from '../diagnostic/codes.js';

export interface UnsafeChecks {
  /** A field of the event is compared with <NA>. */
  readonly withNa: boolean;
  /** Deprecated fields, in Falco's order. */
  readonly deprecated: readonly string[];
}

const EQUALITY: ReadonlySet<string> = new Set(['==', '=', '!=', 'in', 'intersects', 'pmatch']);
const NA = '<NA>';

interface Walk {
  withNa: boolean;
  readonly deprecated: Set<string>;
  /** The last field met belongs to the event. */
  eventField: boolean;
}

export function findUnsafeChecks(expr: Expr): UnsafeChecks {
  const walk: Walk = { withNa: false, deprecated: new Set(), eventField: false };
  for (const part of operandsFirst(expr)) visit(part, walk);
  const deprecated = [...DEPRECATED_FIELDS.keys()].filter((name) => walk.deprecated.has(name));
  return { withNa: walk.withNa, deprecated };
}

/** One part by itself; what an `and`, `or` or `not` holds is met on its own. */
function visit(expr: Expr, walk: Walk): void {
  switch (expr.kind) {
    case 'and':
    case 'or':
    case 'not':
    case 'identifier':
      return;
    case 'exists':
      visitOperand(expr.left, walk, false);
      return;
    case 'binary':
      walk.eventField = false;
      visitOperand(expr.left, walk, false);
      if (walk.eventField && EQUALITY.has(expr.operator)) visitOperand(expr.right, walk, true);
  }
}

type Part = BinaryExpr['left'] | BinaryExpr['right'] | TransformerExpr['args'][number] | TransformerListExpr;

/** @param compared stands on the right of an equality. */
function visitOperand(part: Part, walk: Walk, compared: boolean): void {
  switch (part.kind) {
    case 'field':
      walk.eventField = part.name.startsWith('ka.') || part.name.startsWith('jevt.');
      if (DEPRECATED_FIELDS.has(part.name)) walk.deprecated.add(part.name);
      return;
    case 'value':
      if (compared && part.value === NA) walk.withNa = true;
      return;
    case 'list':
      if (compared && part.items.includes(NA)) walk.withNa = true;
      return;
    case 'transformer':
      for (const arg of part.args) visitOperand(arg, walk, compared);
      return;
    case 'transformer-list':
      for (const item of part.items) visitOperand(item, walk, compared);
  }
}
