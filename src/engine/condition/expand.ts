// Macros: names in a condition are replaced by the trees they stand for. Trees are shared, not copied.
// Answers to Falco's filter_macro_resolver (spec: rules-language.md §4.6): loops are reported before unknown names,
// and only the first of either.

import type { ByteString } from '../../bytes.js';
import type { Expr } from './ast.js';
import { type Fault, fail, ok, type Result } from './result.js';

export interface Expansion {
  readonly expr: Expr;
  /** Macros that were put in, directly or through others. */
  readonly used: ReadonlySet<ByteString>;
}

export interface Expander {
  /**
   * Replaces all macros.
   * @param lookup tree of a macro, itself expanded or not; undefined: there is no such macro here.
   */
  expand(expr: Expr, lookup: (name: ByteString) => Expr | undefined): Result<Expansion>;
}

/** Checks of one condition, macros counted as often as they are used: more only come from macros made to explode. */
const MAX_CHECKS = 100_000;
/** Macros in macros, and other nesting. */
const MAX_DEPTH = 1000;
const TOO_DEEP = `exceeded max depth limit of ${MAX_DEPTH}`;

interface Measure {
  readonly checks: number;
  readonly depth: number;
}

const CHECK: Measure = { checks: 1, depth: 1 };

interface Walk {
  readonly lookup: (name: ByteString) => Expr | undefined;
  readonly path: ByteString[];
  /** Expanded macros, by name. */
  readonly known: Map<ByteString, Expr>;
  readonly used: Set<ByteString>;
  loop: Fault | undefined;
  unknown: Fault | undefined;
}

/** One for a whole load: it remembers which trees hold no macros. */
export function createExpander(): Expander {
  /** Trees without macros, and their size. */
  const done = new Map<Expr, Measure>();

  const expandTree = (expr: Expr, walk: Walk): Expr => {
    if (done.has(expr)) return expr;
    const result = replace(expr, walk);
    // Single checks are not worth remembering.
    const whole = walk.loop === undefined && walk.unknown === undefined && childrenOf(result).length > 0;
    if (whole) done.set(result, measure(result));
    return result;
  };

  const replace = (expr: Expr, walk: Walk): Expr => {
    switch (expr.kind) {
      case 'and':
      case 'or': {
        const operands = expr.operands.map((operand) => expandTree(operand, walk));
        return operands.every((operand, index) => operand === expr.operands[index])
          ? expr
          : { ...expr, operands };
      }
      case 'not': {
        const operand = expandTree(expr.operand, walk);
        return operand === expr.operand ? expr : { ...expr, operand };
      }
      case 'identifier':
        return expandName(expr, walk);
      case 'exists':
      case 'binary':
        return expr;
    }
  };

  const expandName = (expr: Expr & { kind: 'identifier' }, walk: Walk): Expr => {
    const { name, position } = expr;
    const known = walk.known.get(name);
    if (known !== undefined) return known;
    const macro = walk.lookup(name);
    if (macro === undefined) {
      walk.unknown ??= { message: `Undefined macro '${name}' used in filter.`, position };
      return expr;
    }
    if (walk.path.includes(name)) {
      walk.loop ??= { message: `reference loop in macro '${name}'`, position };
      return expr;
    }
    if (walk.path.length === MAX_DEPTH) {
      walk.unknown ??= { message: TOO_DEEP, position };
      return expr;
    }
    walk.path.push(name);
    const tree = expandTree(macro, walk);
    walk.path.pop();
    walk.used.add(name);
    walk.known.set(name, tree);
    return tree;
  };

  const measure = (expr: Expr): Measure => {
    const children = childrenOf(expr);
    if (children.length === 0) return CHECK;
    let checks = 0;
    let depth = 0;
    for (const child of children) {
      const part = done.get(child) ?? CHECK;
      checks += part.checks;
      depth = Math.max(depth, part.depth);
    }
    return { checks, depth: depth + 1 };
  };

  return {
    expand: (expr, lookup) => {
      const walk: Walk = {
        lookup,
        path: [],
        known: new Map(),
        used: new Set(),
        loop: undefined,
        unknown: undefined,
      };
      const tree = expandTree(expr, walk);
      const fault = walk.loop ?? walk.unknown;
      if (fault !== undefined) return { ok: false, fault };
      const { checks, depth } = done.get(tree) ?? CHECK;
      if (checks > MAX_CHECKS) return fail(`condition has more than ${MAX_CHECKS} checks`, expr.position);
      if (depth > MAX_DEPTH) return fail(TOO_DEEP, expr.position);
      return ok({ expr: tree, used: walk.used });
    },
  };
}

function childrenOf(expr: Expr): readonly Expr[] {
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
