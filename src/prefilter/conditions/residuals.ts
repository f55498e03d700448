// In: the conditions of rules as nodes. Out: each as a residual, which is what of a condition is still to be decided while
// only some values are known; and what is left of it when one more is. Equal residuals have equal numbers, whatever values
// led to them. Without recursion, in time linear in the residual.

import type { BoolNode } from '../../engine/condition/compile/nodes.js';

export const FALSE = 0;
export const TRUE = 1;
/** Not to be told from the values at the prefilter's places. */
export const OPAQUE = 2;

export type Verdict = typeof FALSE | typeof TRUE | typeof OPAQUE;

/** A check at one of the prefilter's places, and its number among those of that place. */
export interface PlacedCheck {
  readonly place: number;
  readonly check: number;
}

export interface Residuals {
  /** By rule: its condition, while nothing is known. */
  readonly roots: Int32Array;
  /** Begins a step: the value at a place is known, and with it the verdicts of the checks there, by their number. */
  begin(place: number, verdictOf: (check: number) => Verdict): void;
  /** What is left of a residual in this step. */
  after(residual: number): number;
  /** Calls for each place that would tell more of a residual. */
  eachPlace(residual: number, found: (place: number) => void): void;
  /** How many there are; those of before `forget` are void, but for the roots. */
  size(): number;
  forget(): void;
}

type Kind = BoolNode['kind'];

/** Nodes of all rules together that are looked at; of rules beyond nothing is known. */
const MOST_NODES = 1_000_000;
const NO_OPERANDS: readonly number[] = [];

/**
 * @param conditions by rule; undefined: one that nothing is known of
 * @param placeOf where a check looks; undefined: nowhere that the prefilter does
 */
export function createResiduals(
  conditions: readonly (BoolNode | undefined)[],
  placeOf: (node: BoolNode) => PlacedCheck | undefined,
): Residuals {
  const known = new Map<string, number>();
  // By residual. FALSE, TRUE and OPAQUE come first; operands come before what holds them.
  const kinds: Kind[] = ['check', 'check', 'check'];
  const operands: (readonly number[])[] = [NO_OPERANDS, NO_OPERANDS, NO_OPERANDS];
  const checks: (PlacedCheck | undefined)[] = [undefined, undefined, undefined];
  // The places that would tell more: a bit for each, in two halves.
  const low: number[] = [0, 0, 0];
  const high: number[] = [0, 0, 0];
  // What is left in the present step, as long as the stamp is its own.
  const left: number[] = [FALSE, TRUE, OPAQUE];
  const stamps: number[] = [0, 0, 0];
  let step = 0;
  let [lowBit, highBit] = [0, 0];
  let verdictOf: (check: number) => Verdict = () => OPAQUE;
  const open: number[] = [];

  function intern(key: string, kind: Kind, under: readonly number[], check?: PlacedCheck): number {
    const existing = known.get(key);
    if (existing !== undefined) return existing;
    const number = kinds.push(kind) - 1;
    known.set(key, number);
    operands.push(under);
    checks.push(check);
    low.push(under.reduce((bits, each) => bits | low[each]!, lowOf(check)));
    high.push(under.reduce((bits, each) => bits | high[each]!, highOf(check)));
    left.push(0);
    stamps.push(0);
    return number;
  }

  function not(under: number): number {
    if (under === OPAQUE) return OPAQUE;
    if (under <= TRUE) return under === TRUE ? FALSE : TRUE;
    return kinds[under] === 'not' ? operands[under]![0]! : intern(`!${under}`, 'not', [under]);
  }

  // `decides` is the verdict that one operand gives to all.
  function combine(kind: 'and' | 'or', under: readonly number[]): number {
    const decides = kind === 'and' ? FALSE : TRUE;
    if (under.includes(decides)) return decides;
    const others = [...new Set(under)].filter((each) => each > TRUE);
    if (others.length === 0) return decides === FALSE ? TRUE : FALSE;
    if (others.length === 1) return others[0]!;
    // Whatever the others are, the rule has to be evaluated.
    if (kind === 'or' && others.includes(OPAQUE)) return OPAQUE;
    others.sort((a, b) => a - b);
    return intern(`${kind} ${others.join(' ')}`, kind, others);
  }

  function build(kind: Kind, under: readonly number[]): number {
    return kind === 'and' || kind === 'or' ? combine(kind, under) : not(under[0]!);
  }

  function checkOf(node: BoolNode): number {
    const placed = placeOf(node);
    if (placed === undefined) return OPAQUE;
    return intern(`${placed.place}:${placed.check}`, 'check', NO_OPERANDS, placed);
  }

  const isDone = (residual: number): boolean =>
    stamps[residual] === step || ((low[residual]! & lowBit) | (high[residual]! & highBit)) === 0;
  const leftOf = (residual: number): number => (stamps[residual] === step ? left[residual]! : residual);

  function settle(residual: number): void {
    const check = checks[residual];
    left[residual] =
      check === undefined ? build(kinds[residual]!, operands[residual]!.map(leftOf)) : verdictOf(check.check);
    stamps[residual] = step;
  }

  const roots = buildRoots(conditions, checkOf, build);
  const own = kinds.length;

  return {
    roots,
    begin(place, verdicts) {
      step++;
      lowBit = lowOf({ place });
      highBit = highOf({ place });
      verdictOf = verdicts;
    },
    after(residual) {
      if (isDone(residual)) return leftOf(residual);
      open.push(residual);
      while (open.length > 0) {
        const top = open[open.length - 1]!;
        let waits = false;
        for (const each of operands[top]!) {
          if (isDone(each)) continue;
          open.push(each);
          waits = true;
        }
        if (waits) continue;
        if (stamps[top] !== step) settle(top);
        open.pop();
      }
      return left[residual]!;
    },
    eachPlace(residual, found) {
      for (let bits = low[residual]!; bits !== 0; bits &= bits - 1) found(31 - Math.clz32(bits & -bits));
      for (let bits = high[residual]!; bits !== 0; bits &= bits - 1) found(63 - Math.clz32(bits & -bits));
    },
    size: () => kinds.length,
    forget() {
      for (const each of [kinds, operands, checks, low, high, left, stamps]) each.length = own;
      for (const [key, number] of known) if (number >= own) known.delete(key);
    },
  };
}

function lowOf(check: Pick<PlacedCheck, 'place'> | undefined): number {
  return check !== undefined && check.place < 32 ? 1 << check.place : 0;
}

function highOf(check: Pick<PlacedCheck, 'place'> | undefined): number {
  return check !== undefined && check.place >= 32 ? 1 << (check.place - 32) : 0;
}

function buildRoots(
  conditions: readonly (BoolNode | undefined)[],
  checkOf: (node: BoolNode) => number,
  build: (kind: Kind, under: readonly number[]) => number,
): Int32Array {
  const numbers = new Map<BoolNode, number>();
  let room = MOST_NODES;
  return Int32Array.from(conditions, (condition) => {
    const order = condition === undefined || room <= 0 ? undefined : operandsFirst(condition, room);
    if (order === undefined) return OPAQUE;
    room -= order.length;
    for (const node of order) {
      if (numbers.has(node)) continue;
      const under = node.children.map((child) => numbers.get(child)!);
      numbers.set(node, node.kind === 'check' ? checkOf(node) : build(node.kind, under));
    }
    return numbers.get(condition!)!;
  });
}

/** All nodes under a root, each once, operands before what holds them; undefined if there are more than allowed. */
function operandsFirst(root: BoolNode, most: number): readonly BoolNode[] | undefined {
  const order: BoolNode[] = [];
  const seen = new Set<BoolNode>([root]);
  const open: { readonly node: BoolNode; next: number }[] = [{ node: root, next: 0 }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const child = top.node.children[top.next++];
    if (child === undefined) {
      order.push(top.node);
      open.pop();
    } else if (!seen.has(child)) {
      seen.add(child);
      open.push({ node: child, next: 0 });
    }
    if (seen.size > most) return undefined;
  }
  return order;
}
