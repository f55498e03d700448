// Whether a condition can be true at all: it is spread out into alternatives, each a set of checks wanted true or
// false, and an alternative counts only if its checks do not contradict each other. Says `never` only when sure;
// what is too large to spread out may be true.

import type { ByteString } from '../../../bytes.js';
import type { FieldTable } from '../../../fields/field.js';
import type { Expr } from '../../condition/syntax/ast.js';
import { printExpr } from '../../condition/syntax/printer.js';
import {
  type Conflict,
  conflictIn,
  createEvaluator,
  fieldOf,
  knownValues,
  type Literal,
  spelled,
} from './values.js';

/** Checks wanted true or false, by their printed form. */
type Alternative = ReadonlyMap<string, Literal>;

export interface Logic {
  /** `undefined`: some event may meet the condition. Otherwise why none can. */
  neverTrue(parts: readonly Wanted[]): { readonly conflict: Conflict | undefined } | undefined;
}

/** A condition that is to be true, or false. All parts have to be so at once. */
export interface Wanted {
  readonly expr: Expr;
  readonly positive: boolean;
}

const MAX_DEPTH = 1000;
const MAX_ALTERNATIVES = 256;

/** What spreading out a tree gave; no alternatives: too many. */
interface Spread {
  readonly alternatives: readonly Alternative[] | undefined;
  readonly conflict: Conflict | undefined;
}

interface Search {
  conflict: Conflict | undefined;
}

export function createLogic(table: FieldTable): Logic {
  const evaluator = createEvaluator(table);
  const printed = new Map<Expr, string>();
  const fields = new Map<string, ByteString | undefined>();
  const spreadOut = { positive: new Map<Expr, Spread>(), negative: new Map<Expr, Spread>() };

  const keyOf = (expr: Expr): string => {
    const text = printed.get(expr) ?? printExpr(expr);
    printed.set(expr, text);
    return text;
  };

  const groupOf = (literal: Literal): ByteString | undefined => {
    if (!fields.has(literal.key)) {
      const field = fieldOf(literal.check, table);
      fields.set(literal.key, field === undefined ? undefined : spelled(field));
    }
    return fields.get(literal.key);
  };

  const conflictOf = (alternative: Alternative): Conflict | undefined => {
    const groups = new Map<ByteString, Literal[]>();
    for (const literal of alternative.values()) {
      const group = groupOf(literal);
      if (group === undefined) continue;
      const members = groups.get(group);
      if (members === undefined) groups.set(group, [literal]);
      else members.push(literal);
    }
    for (const [field, literals] of groups) {
      const conflict = conflictIn(literals, knownValues(table, field), evaluator);
      if (conflict !== undefined) return conflict;
    }
    return undefined;
  };

  const consistent = (alternatives: readonly Alternative[], search: Search): Alternative[] =>
    alternatives.filter((alternative) => {
      const conflict = conflictOf(alternative);
      search.conflict ??= conflict;
      return conflict === undefined;
    });

  /** undefined: too many. */
  const both = (
    left: readonly Alternative[],
    right: readonly Alternative[],
    search: Search,
  ): readonly Alternative[] | undefined => {
    const merged: Alternative[] = [];
    for (const a of left)
      for (const b of right) {
        const one = merge(a, b, search);
        if (one !== undefined) merged.push(one);
        if (merged.length > MAX_ALTERNATIVES * 8) return undefined;
      }
    const kept = consistent(merged, search);
    return kept.length > MAX_ALTERNATIVES ? undefined : kept;
  };

  const all = (parts: readonly Wanted[], search: Search): readonly Alternative[] | undefined => {
    let result: readonly Alternative[] = [new Map()];
    // Parts that cannot be spread out are left out: what is left can only be true more often.
    for (const part of parts) {
      const alternatives = spread(part, search);
      if (alternatives === undefined) continue;
      const joined = both(result, alternatives, search);
      if (joined !== undefined) result = joined;
      if (result.length === 0) return result;
    }
    return result;
  };

  const any = (parts: readonly Wanted[], search: Search): readonly Alternative[] | undefined => {
    const result: Alternative[] = [];
    for (const part of parts) {
      const alternatives = spread(part, search);
      if (alternatives === undefined) return undefined;
      result.push(...alternatives);
      if (result.length > MAX_ALTERNATIVES) return undefined;
    }
    return result;
  };

  // Macros are in many conditions, and conditions are asked about many times.
  let depth = 0;
  const spread = (wanted: Wanted, search: Search): readonly Alternative[] | undefined => {
    const known = wanted.positive ? spreadOut.positive : spreadOut.negative;
    let found = known.get(wanted.expr);
    if (found === undefined) {
      // Too large to reason about.
      if (depth === MAX_DEPTH) return undefined;
      depth++;
      const inner: Search = { conflict: undefined };
      found = { alternatives: spreadOnce(wanted, inner), conflict: inner.conflict };
      depth--;
      known.set(wanted.expr, found);
    }
    search.conflict ??= found.conflict;
    return found.alternatives;
  };

  const spreadOnce = ({ expr, positive }: Wanted, search: Search): readonly Alternative[] | undefined => {
    switch (expr.kind) {
      case 'not':
        return spread({ expr: expr.operand, positive: !positive }, search);
      case 'and':
      case 'or': {
        const parts = expr.operands.map((operand) => ({ expr: operand, positive }));
        return (expr.kind === 'and') === positive ? all(parts, search) : any(parts, search);
      }
      case 'exists':
      case 'binary': {
        const key = keyOf(expr);
        return consistent([new Map([[key, { check: expr, key, positive }]])], search);
      }
      case 'identifier':
        return undefined;
    }
  };

  return {
    neverTrue: (parts) => {
      const search: Search = { conflict: undefined };
      const left = all(parts, search);
      return left !== undefined && left.length === 0 ? { conflict: search.conflict } : undefined;
    },
  };
}

/** Both at once; undefined where one wants what the other does not. */
function merge(a: Alternative, b: Alternative, search: Search): Alternative | undefined {
  const merged = new Map(a);
  for (const [key, literal] of b) {
    const other = merged.get(key);
    if (other !== undefined && other.positive !== literal.positive) {
      search.conflict ??= [other, literal];
      return undefined;
    }
    merged.set(key, literal);
  }
  return merged;
}
