// How far an event is from meeting a condition: the checks that would have to turn. Decided by the compiled checks,
// since it is asked of thousands of events; explain is for the few that are shown.

import { compileCondition, type Predicate } from '../engine/condition/compile/compile.js';
import type { Scope } from '../engine/condition/compile/scope.js';
import type { BinaryExpr, ExistsExpr, Expr } from '../engine/condition/syntax/ast.js';
import { operandsFirst } from '../engine/condition/syntax/walk.js';
import type { LoadedRule } from '../engine/rules/loader.js';
import type { Event } from '../event.js';

export type CheckExpr = BinaryExpr | ExistsExpr;

/** Checks to turn; undefined: more than were asked for. */
export type Misses = (event: Event, most: number) => readonly CheckExpr[] | undefined;

/** The fewest checks to turn so that an event meets the rule's condition; none if it does. */
export function missesOf({ compiled }: LoadedRule): Misses {
  const { condition, scope } = compiled;
  const checks = compileChecks(condition, scope);
  return (event, most) => {
    scope.begin(event);
    return turning(condition, true, (check) => checks.get(check)!(event), most);
  };
}

function compileChecks(condition: Expr, scope: Scope): ReadonlyMap<Expr, Predicate> {
  const checks = new Map<Expr, Predicate>();
  for (const part of operandsFirst(condition)) {
    if (part.kind !== 'binary' && part.kind !== 'exists') continue;
    const compiled = compileCondition(part, scope);
    // It was compiled as a part of the whole before.
    if (compiled.ok) checks.set(part, compiled.value);
  }
  return checks;
}

type Holds = (check: CheckExpr) => boolean;
type Turned = readonly CheckExpr[] | undefined;

// Depth is bounded by the parser's limit on nesting and the nesting of macros that a person writes.
function turning(expr: Expr, wanted: boolean, holds: Holds, most: number): Turned {
  switch (expr.kind) {
    case 'binary':
    case 'exists':
      if (holds(expr) === wanted) return [];
      return most > 0 ? [expr] : undefined;
    case 'identifier':
      return undefined;
    case 'not':
      return turning(expr.operand, !wanted, holds, most);
    case 'and':
    case 'or': {
      const turn = (operand: Expr, left: number): Turned => turning(operand, wanted, holds, left);
      // All operands of an `and` must hold, one of an `or`; the other way round for the opposite verdict.
      return (expr.kind === 'and') === wanted
        ? allOf(expr.operands, turn, most)
        : leastOf(expr.operands, turn, most);
    }
  }
}

type Turn = (operand: Expr, most: number) => Turned;

function allOf(operands: readonly Expr[], turn: Turn, most: number): Turned {
  const found: CheckExpr[] = [];
  for (const operand of operands) {
    const turned = turn(operand, most - found.length);
    if (turned === undefined) return undefined;
    found.push(...turned);
  }
  return found;
}

function leastOf(operands: readonly Expr[], turn: Turn, most: number): Turned {
  let best: Turned;
  for (const operand of operands) {
    const turned = turn(operand, best === undefined ? most : best.length - 1);
    if (turned === undefined) continue;
    best = turned;
    if (best.length === 0) break;
  }
  return best;
}
