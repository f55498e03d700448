// What conditions demand of single fields: `f = a`, `f in (a, b)`, or an `or` of these, at the top of a condition. Rules
// that demand different values of a field cannot cover each other, so that of thousands only a few are compared.

import type { ByteString } from '../../../bytes.js';
import type { Expr } from '../../condition/syntax/ast.js';
import { operandsFirst } from '../../condition/syntax/walk.js';
import { spelled } from './values.js';

/** Values by field: an event that meets the condition has one of them. */
export type Demands = ReadonlyMap<ByteString, readonly ByteString[]>;

export function demandsOf(condition: Expr): Demands {
  const demands = new Map<ByteString, readonly ByteString[]>();
  for (const conjunct of conjuncts(condition)) {
    const demand = demandOf(conjunct);
    if (demand === undefined) continue;
    const known = demands.get(demand.field);
    if (known === undefined || demand.values.length < known.length) demands.set(demand.field, demand.values);
  }
  return demands;
}

function conjuncts(condition: Expr): readonly Expr[] {
  const found: Expr[] = [];
  const open = [condition];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'and') open.push(...next.operands);
    else found.push(next);
  }
  return found;
}

interface Demand {
  readonly field: ByteString;
  readonly values: readonly ByteString[];
}

const EQUALITY: ReadonlySet<string> = new Set(['=', '==', 'in']);

function demandOf(root: Expr): Demand | undefined {
  const demands = new Map<Expr, Demand | undefined>();
  for (const expr of operandsFirst(root, ({ kind }) => kind === 'and' || kind === 'not'))
    demands.set(
      expr,
      expr.kind === 'or' ? joint(expr.operands.map((part) => demands.get(part))) : ofCheck(expr),
    );
  return demands.get(root);
}

function joint(parts: readonly (Demand | undefined)[]): Demand | undefined {
  const [first] = parts;
  if (first === undefined || parts.some((part) => part?.field !== first.field)) return undefined;
  return { field: first.field, values: parts.flatMap((part) => part!.values) };
}

function ofCheck(expr: Expr): Demand | undefined {
  if (expr.kind !== 'binary' || expr.left.kind !== 'field' || !EQUALITY.has(expr.operator)) return undefined;
  const { left, right } = expr;
  if (right.kind !== 'value' && right.kind !== 'list') return undefined;
  const values = right.kind === 'value' ? [right.value] : right.items;
  return values.length === 0 ? undefined : { field: spelled(left), values };
}

/** Remembers things with demands, and gives those that may cover another one. */
export interface DemandIndex<T> {
  add(thing: T, demands: Demands): void;
  /** Those added before whose demands do not rule out that they cover this; in order of addition. */
  candidates(demands: Demands): readonly T[];
}

export function createDemandIndex<T>(): DemandIndex<T> {
  interface Entry {
    readonly thing: T;
    readonly order: number;
  }
  const general: Entry[] = [];
  const byValue = new Map<string, Entry[]>();
  let added = 0;
  const bucket = (field: ByteString, value: ByteString): Entry[] => {
    const key = `${field}\n${value}`;
    const known = byValue.get(key) ?? [];
    byValue.set(key, known);
    return known;
  };
  return {
    add: (thing, demands) => {
      const entry = { thing, order: added++ };
      // Under the demand that fewest others share.
      const places = [...demands].map(([field, values]) => values.map((value) => bucket(field, value)));
      const load = (place: readonly Entry[][]): number =>
        place.reduce((sum, { length }) => sum + length + 1, 0);
      const [best = [general]] = places.sort((a, b) => load(a) - load(b));
      for (const entries of best) entries.push(entry);
    },
    candidates: (demands) => {
      const found = [...demands].flatMap(([field, [value]]) => byValue.get(`${field}\n${value}`) ?? []);
      return [...new Set([...general, ...found])].sort((a, b) => a.order - b.order).map(({ thing }) => thing);
    },
  };
}
