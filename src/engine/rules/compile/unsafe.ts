// Checks that Falco warns of whatever they compare: with the text <NA>, which no missing value has, and on fields
// that are deprecated. Answers to Falco's filter_warning_resolver (spec: rules-language.md §4.6).

import type { CheckPart, Expr, Position } from '../../condition/syntax/ast.js';
import { operands, operandsFirst } from '../../condition/syntax/walk.js';
import { DEPRECATED_FIELDS } from '../../diagnostic/codes.js';

export interface UnsafeChecks {
  /** The first comparison of an event's field with <NA>. */
  readonly withNa: Position | undefined;
  /** Deprecated fields, in Falco's order, and where each stands first. */
  readonly deprecated: ReadonlyMap<string, Position>;
}

/** By tree; those of macros are asked for again and again. */
export type KnownUnsafe = Map<Expr, UnsafeChecks>;

const EQUALITY: ReadonlySet<string> = new Set(['==', '=', '!=', 'in', 'intersects', 'pmatch']);
const NA = '<NA>';

interface Walk {
  withNa: Position | undefined;
  readonly deprecated: Map<string, Position>;
  /** The last field met belongs to the event. */
  eventField: boolean;
}

export function findUnsafeChecks(expr: Expr, known: KnownUnsafe = new Map()): UnsafeChecks {
  // Single checks are not worth remembering.
  const unsafeOf = (part: Expr): UnsafeChecks => known.get(part) ?? ofCheck(part);
  for (const part of operandsFirst(expr, (part) => known.has(part))) {
    const inner = operands(part);
    if (inner.length > 0) known.set(part, joined(inner.map(unsafeOf)));
  }
  return unsafeOf(expr);
}

const NONE: UnsafeChecks = { withNa: undefined, deprecated: new Map() };
const isSafe = ({ withNa, deprecated }: UnsafeChecks): boolean =>
  withNa === undefined && deprecated.size === 0;

function joined(parts: readonly UnsafeChecks[]): UnsafeChecks {
  const unsafe = parts.filter((part) => !isSafe(part));
  if (unsafe.length < 2) return unsafe[0] ?? NONE;
  const places = new Map(unsafe.flatMap(({ deprecated }) => [...deprecated]).toReversed());
  return {
    withNa: unsafe.find(({ withNa }) => withNa !== undefined)?.withNa,
    deprecated: inOrder(places),
  };
}

function inOrder(places: ReadonlyMap<string, Position>): ReadonlyMap<string, Position> {
  const names = [...DEPRECATED_FIELDS.keys()].filter((name) => places.has(name));
  return new Map(names.map((name) => [name, places.get(name)!]));
}

function ofCheck(expr: Expr): UnsafeChecks {
  const walk: Walk = { withNa: undefined, deprecated: new Map(), eventField: false };
  if (expr.kind === 'exists') visitOperand(expr.left, walk, false);
  if (expr.kind === 'binary') {
    visitOperand(expr.left, walk, false);
    if (walk.eventField && EQUALITY.has(expr.operator)) visitOperand(expr.right, walk, true);
  }
  const { withNa, deprecated } = walk;
  return withNa === undefined && deprecated.size === 0 ? NONE : { withNa, deprecated: inOrder(deprecated) };
}

/** @param compared stands on the right of an equality. */
function visitOperand(part: CheckPart, walk: Walk, compared: boolean): void {
  switch (part.kind) {
    case 'field':
      walk.eventField = part.name.startsWith('ka.') || part.name.startsWith('jevt.');
      if (DEPRECATED_FIELDS.has(part.name) && !walk.deprecated.has(part.name))
        walk.deprecated.set(part.name, part.position);
      return;
    case 'value':
      if (compared && part.value === NA) walk.withNa = part.position;
      return;
    case 'list':
      if (compared && part.items.includes(NA)) walk.withNa = part.position;
      return;
    case 'transformer':
      for (const arg of part.args) visitOperand(arg, walk, compared);
      return;
    case 'transformer-list':
      // Falco's visitor does not look into these.
      return;
  }
}
