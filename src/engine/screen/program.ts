// In: the conditions of rules as nodes. Out: each as a list of numbered parts, operands first, and what can be said of it
// while only some values are known: false, true, or open; and which places would tell more. Without recursion and in
// time linear in the conditions.

import type { BoolNode, PlaceCheck } from '../condition/nodes.js';

export const FALSE = 0;
export const TRUE = 1;
export const OPEN = 2;

export type Verdict = typeof FALSE | typeof TRUE | typeof OPEN;

interface Part {
  readonly kind: BoolNode['kind'];
  /** Numbers of its operands. */
  readonly operands: readonly number[];
  readonly check: PlaceCheck | undefined;
}

export interface Program {
  /** Checks whose verdicts depend on one place only, each once. */
  readonly checks: readonly PlaceCheck[];
  /** Begins a judgement: `known` says what is known of a check. */
  begin(known: (check: PlaceCheck) => Verdict): void;
  /** What can be said of a rule. */
  judge(rule: number): Verdict;
  /** The checks that would tell more of a rule that is open; each may come several times. */
  missing(rule: number, found: (check: PlaceCheck) => void): void;
}

/** Parts of all rules together that are looked at; rules beyond are open whatever is known. */
const MOST_PARTS = 1_000_000;

/** @param roots conditions of rules; undefined: one that nothing is known of */
export function createProgram(roots: readonly (BoolNode | undefined)[]): Program {
  const numbers = new Map<BoolNode, number>();
  const parts: Part[] = [];
  let room = MOST_PARTS;
  const rules = roots.map((root) => {
    if (root === undefined || room <= 0) return undefined;
    const order = operandsFirst(root, room);
    room -= order?.length ?? 0;
    return order && Int32Array.from(order, numberOf);
  });
  // By part, as long as the stamp is the present one: its verdict; that it is needed.
  const verdicts = new Uint8Array(parts.length);
  const judged = new Int32Array(parts.length);
  const needed = new Int32Array(parts.length);
  let judgement = 0;
  let search = 0;
  let knownOf: (check: PlaceCheck) => Verdict = () => OPEN;

  function numberOf(node: BoolNode): number {
    const known = numbers.get(node);
    if (known !== undefined) return known;
    const operands = node.children.map((child) => numbers.get(child)!);
    const number = parts.push({ kind: node.kind, operands, check: node.check?.place }) - 1;
    numbers.set(node, number);
    return number;
  }

  function verdictOf({ kind, operands, check }: Part): Verdict {
    switch (kind) {
      case 'check':
        return check === undefined ? OPEN : knownOf(check);
      case 'not': {
        const verdict = verdicts[operands[0]!]!;
        return verdict === OPEN ? OPEN : verdict === TRUE ? FALSE : TRUE;
      }
      case 'and':
        return combined(operands, FALSE, TRUE);
      case 'or':
        return combined(operands, TRUE, FALSE);
    }
  }

  // The one verdict that decides, if any operand has it; else open if any is.
  function combined(operands: readonly number[], deciding: Verdict, other: Verdict): Verdict {
    let verdict = other;
    for (const operand of operands) {
      if (verdicts[operand] === deciding) return deciding;
      if (verdicts[operand] === OPEN) verdict = OPEN;
    }
    return verdict;
  }

  return {
    checks: parts.flatMap(({ check }) => check ?? []),
    begin(known) {
      knownOf = known;
      judgement++;
    },
    judge(rule) {
      const order = rules[rule];
      if (order === undefined) return OPEN;
      for (const number of order) {
        if (judged[number] === judgement) continue;
        judged[number] = judgement;
        verdicts[number] = verdictOf(parts[number]!);
      }
      return verdicts[order[order.length - 1]!] as Verdict;
    },
    missing(rule, found) {
      const order = rules[rule];
      if (order === undefined) return;
      search++;
      needed[order[order.length - 1]!] = search;
      for (let i = order.length - 1; i >= 0; i--) {
        const number = order[i]!;
        if (needed[number] !== search || verdicts[number] !== OPEN) continue;
        const { operands, check } = parts[number]!;
        if (check !== undefined) found(check);
        for (const operand of operands) needed[operand] = search;
      }
    },
  };
}

// All nodes under a root, each once, operands before what holds them; undefined if there are more than allowed.
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
