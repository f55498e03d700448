// What a condition is made of: its fields, operators, macros and lists, in the order of the text.
// Answers to Falco's filter_details_resolver (spec: cli-and-config.md §1.7).

import type { ByteString } from '../../../bytes.js';
import type { CheckPart, Expr, FieldExpr } from '../../condition/syntax/ast.js';
import { operandsFirst } from '../../condition/syntax/walk.js';

export interface ConditionDetails {
  /** `name` or `name[argument]`. */
  readonly fields: ReadonlySet<ByteString>;
  readonly operators: ReadonlySet<string>;
  readonly macros: ReadonlySet<ByteString>;
  readonly lists: ReadonlySet<ByteString>;
}

interface Known {
  readonly macros: ReadonlyMap<ByteString, unknown>;
  readonly lists: ReadonlyMap<ByteString, unknown>;
}

interface Walk {
  readonly known: Known;
  readonly fields: Set<ByteString>;
  readonly operators: Set<string>;
  readonly macros: Set<ByteString>;
  readonly lists: Set<ByteString>;
}

export function conditionDetails(expr: Expr, known: Known): ConditionDetails {
  const walk: Walk = {
    known,
    fields: new Set(),
    operators: new Set(),
    macros: new Set(),
    lists: new Set(),
  };
  for (const part of operandsFirst(expr)) visit(part, walk);
  return walk;
}

/** One part by itself; what an `and`, `or` or `not` holds is met on its own. */
function visit(expr: Expr, walk: Walk): void {
  switch (expr.kind) {
    case 'and':
    case 'or':
    case 'not':
      return;
    case 'identifier':
      if (walk.known.macros.has(expr.name)) walk.macros.add(expr.name);
      return;
    case 'exists':
      visitPart(expr.left, walk);
      walk.operators.add('exists');
      return;
    case 'binary':
      visitPart(expr.left, walk);
      walk.operators.add(expr.operator);
      visitPart(expr.right, walk);
  }
}

function visitPart(part: CheckPart, walk: Walk): void {
  switch (part.kind) {
    case 'field':
      walk.fields.add(spelled(part));
      return;
    case 'value':
      return;
    case 'list':
      for (const item of part.items) if (walk.known.lists.has(item)) walk.lists.add(item);
      return;
    case 'transformer':
      for (const arg of part.args) visitPart(arg, walk);
      return;
    case 'transformer-list':
      for (const item of part.items) visitPart(item, walk);
  }
}

/** A field with its argument; an empty argument does not show. */
function spelled({ name, argument }: FieldExpr): ByteString {
  return argument === undefined || argument === '' ? name : `${name}[${argument}]`;
}
