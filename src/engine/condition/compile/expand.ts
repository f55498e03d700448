// Macros: names in a condition are replaced by the trees they stand for. Trees are shared, not copied.
// Answers to Falco's filter_macro_resolver (spec: rules-language.md §4.6): loops are reported before unknown names,
// and only the first of either.

import type { ByteString } from '../../../bytes.js';
import type { Expr } from '../syntax/ast.js';
import { type Fault, fail, ok, type Result } from '../syntax/result.js';
import { operands } from '../syntax/walk.js';

export interface Expansion {
  readonly expr: Expr;
  /** Macros that were put in, directly or through others. */
  readonly used: ReadonlySet<ByteString>;
}

export interface Expander {
  /** From here on steps are counted anew, as for each file. */
  begin(): void;
  /**
   * Replaces all macros.
   * @param lookup tree of a macro, itself expanded or not; undefined: there is no such macro here.
   */
  expand(expr: Expr, lookup: (name: ByteString) => Expr | undefined): Result<Expansion>;
}

/** Checks of one condition, macros counted as often as they are used: more only come from macros made to explode. */
const MAX_CHECKS = 100_000;
/** Trees entered for one file: chains that are written backwards are walked anew for each of their macros. */
const MAX_STEPS = 1_500_000;
const TOO_MANY_STEPS = `putting macros into macros takes more than ${MAX_STEPS} steps: define macros before they are used`;

interface Walk {
  readonly lookup: (name: ByteString) => Expr | undefined;
  /** Macros that are being expanded. */
  readonly path: Set<ByteString>;
  /** Expanded macros, by name. */
  readonly known: Map<ByteString, Expr>;
  readonly used: Set<ByteString>;
  /** Chains of macros are as long as files are, so they are no depth of calls. */
  readonly frames: Frame[];
  loop: Fault | undefined;
  unknown: Fault | undefined;
}

/** A tree, or a macro's name, whose parts are being expanded. */
interface Frame {
  readonly expr: Expr;
  /** What is to be expanded: a macro's tree, or operands. */
  readonly parts: readonly Expr[];
  readonly expanded: Expr[];
}

/** One for a whole load: it remembers which trees hold no macros. */
export function createExpander(): Expander {
  /** Trees without macros, and how many checks they hold. */
  const done = new Map<Expr, number>();
  let steps = 0;

  /** What a tree stands for, or undefined once it has been put on the pile. */
  const enter = (expr: Expr, walk: Walk): Expr | undefined => {
    if (done.has(expr)) return expr;
    steps++;
    if (steps > MAX_STEPS) {
      walk.unknown ??= { message: TOO_MANY_STEPS, position: expr.position };
      return expr;
    }
    const parts = expr.kind === 'identifier' ? macroTree(expr, walk) : operands(expr);
    if ('kind' in parts) return parts;
    if (parts.length === 0) return expr;
    walk.frames.push({ expr, parts, expanded: [] });
    return undefined;
  };

  const leave = ({ expr, expanded }: Frame, walk: Walk): Expr => {
    if (expr.kind === 'identifier') {
      const [tree = expr] = expanded;
      walk.path.delete(expr.name);
      walk.used.add(expr.name);
      walk.known.set(expr.name, tree);
      return tree;
    }
    const result = withOperands(expr, expanded);
    if (walk.loop === undefined && walk.unknown === undefined) done.set(result, checksIn(result));
    return result;
  };

  /** Single checks are not remembered. */
  const checksIn = (expr: Expr): number =>
    operands(expr).reduce((sum, operand) => sum + (done.get(operand) ?? 1), 0);

  const expandTree = (root: Expr, walk: Walk): Expr => {
    const { frames } = walk;
    let result = enter(root, walk);
    for (let top = frames.at(-1); top !== undefined; top = frames.at(-1)) {
      const { parts, expanded } = top;
      const isDone = expanded.length === parts.length;
      if (isDone) frames.pop();
      result = isDone ? leave(top, walk) : enter(parts[expanded.length]!, walk);
      if (result !== undefined) frames.at(-1)?.expanded.push(result);
    }
    return result!;
  };

  return {
    begin: () => {
      steps = 0;
    },
    expand: (expr, lookup) => {
      const walk: Walk = {
        lookup,
        path: new Set(),
        known: new Map(),
        used: new Set(),
        frames: [],
        loop: undefined,
        unknown: undefined,
      };
      const tree = expandTree(expr, walk);
      const fault = walk.loop ?? walk.unknown;
      if (fault !== undefined) return { ok: false, fault };
      if ((done.get(tree) ?? 1) > MAX_CHECKS)
        return fail(`condition has more than ${MAX_CHECKS} checks`, expr.position);
      return ok({ expr: tree, used: walk.used });
    },
  };
}

/** The tree of a macro that is still to be expanded, or what its name stands for at once. */
function macroTree(expr: Expr & { kind: 'identifier' }, walk: Walk): readonly [Expr] | Expr {
  const { name, position } = expr;
  const known = walk.known.get(name);
  if (known !== undefined) return known;
  const macro = walk.lookup(name);
  if (macro === undefined)
    walk.unknown ??= { message: `Undefined macro '${name}' used in filter.`, position };
  else if (walk.path.has(name)) walk.loop ??= { message: `reference loop in macro '${name}'`, position };
  else {
    walk.path.add(name);
    return [macro];
  }
  return expr;
}

/** The same tree where nothing has changed. */
function withOperands(expr: Expr, expanded: readonly Expr[]): Expr {
  const before = operands(expr);
  if (expanded.every((operand, index) => operand === before[index])) return expr;
  if (expr.kind === 'not') return { ...expr, operand: expanded[0]! };
  return expr.kind === 'and' || expr.kind === 'or' ? { ...expr, operands: expanded } : expr;
}
