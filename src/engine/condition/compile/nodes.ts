// Boolean structure of all conditions of a scope: equal sub-expressions are one node, and a node becomes a stretch
// of jump code (check this, then go there or there). One loop runs it, so neither long chains nor deep nesting cost
// stack, each check runs at most once, and what several conditions share is decided once an event.

import type { ByteString } from '../../../bytes.js';
import type { Event } from '../../../event.js';
import type { Extract } from '../../../fields/field.js';
import type { Look, Place } from '../../../prefilter/prefilter.js';

/** Counts events; what was found under an older count is stale. */
export interface Clock {
  now: number;
}

/** Whether an event meets a condition. Total; after `scope.begin(event)`. */
export interface Predicate {
  (event: Event): boolean;
  /** The condition itself, for whoever wants to tell something of it without an event. */
  readonly root?: BoolNode;
}

/** A check whose verdict depends on the value at one place only. */
export interface PlaceCheck {
  readonly place: Place;
  /** The value there: a text, or undefined. */
  readonly read: Extract;
  /** Given if only this counts: which of these texts the value is, if any. */
  readonly equals: readonly ByteString[] | undefined;
  /** Otherwise given if only this counts: which of these hold for the value. */
  readonly looks: readonly Look[] | undefined;
  readonly test: Predicate;
}

/** A check as compiled; `dear` ones are worth remembering. */
export interface Check {
  readonly test: Predicate;
  readonly dear: boolean;
  /** Given if its verdict depends on one place only. */
  readonly place?: PlaceCheck | undefined;
}

export interface BoolNode {
  readonly id: number;
  readonly kind: 'check' | 'not' | 'and' | 'or';
  readonly check: Check | undefined;
  readonly children: readonly BoolNode[];
  /** How many places ask for it. */
  uses: number;
  /** Start of its own code; -1: none yet. Nodes with several uses have their own. */
  entry: number;
  /** The verdict, and when it was found. */
  stamp: number;
  verdict: boolean;
}

export interface Nodes {
  /** The check of a key; `make` gives it if there is none yet. */
  check(key: string, make: () => Check): BoolNode;
  combine(kind: 'not' | 'and' | 'or', children: readonly BoolNode[]): BoolNode;
  predicate(root: BoolNode): Predicate;
}

// Where code ends.
const TRUE = -1;
const FALSE = -2;

/** Where a jump goes: an index into the code once it is known. */
interface Label {
  at: number;
}

interface Task {
  readonly node: BoolNode;
  readonly self: Label;
  readonly yes: Label;
  readonly no: Label;
}

// An and/or, or a dear check, that several places ask for.
function isShared(node: BoolNode): boolean {
  return node.uses > 1 && (node.check === undefined ? node.kind !== 'not' : node.check.dear);
}

// A `not` has no code of its own: who uses it uses what is under it.
function use(node: BoolNode): void {
  node.uses++;
  for (let of = node; of.kind === 'not'; ) {
    of = of.children[0]!;
    of.uses++;
  }
}

/** Makes an empty collection; verdicts are kept as long as the clock stands. */
export function createNodes(clock: Clock): Nodes {
  const nodes = new Map<string, BoolNode>();
  // The code, one place an instruction: what to check (or which node to call), and where to go.
  const tests: (Predicate | undefined)[] = [];
  const calls: (BoolNode | undefined)[] = [];
  const yes: number[] = [];
  const no: number[] = [];
  // Calls that wait for a node's verdict.
  const waiting: number[] = [];

  function intern(
    key: string,
    kind: BoolNode['kind'],
    check: Check | undefined,
    children: readonly BoolNode[],
  ): BoolNode {
    const node = { id: nodes.size, kind, check, children, uses: 0, entry: -1, stamp: 0, verdict: false };
    nodes.set(key, node);
    // What a `not` is used for counts when it is used.
    if (kind !== 'not') for (const child of children) use(child);
    return node;
  }

  // Code for a node; with `asCall`, for a call of it. Jumps out of it end with a verdict.
  function emit(root: BoolNode, asCall: boolean): number {
    const start: Label = { at: TRUE };
    const tasks: Task[] = [{ node: root, self: start, yes: { at: TRUE }, no: { at: FALSE } }];
    const emitted: Task[] = [];
    const first = tests.length;
    for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
      const { node } = task;
      const called = isShared(node) && (node !== root || asCall);
      if (called || node.check !== undefined) {
        task.self.at = first + emitted.length;
        emitted.push(task);
        tests.push(called ? undefined : node.check?.test);
        calls.push(called ? node : undefined);
      } else pushChildren(tasks, task);
    }
    for (const task of emitted) {
      yes.push(task.yes.at);
      no.push(task.no.at);
    }
    return start.at;
  }

  function run(entry: number, event: Event): boolean {
    let at = entry;
    for (;;) {
      while (at >= 0) {
        const node = calls[at];
        if (node === undefined) at = tests[at]!(event) ? yes[at]! : no[at]!;
        else if (node.stamp === clock.now) at = node.verdict ? yes[at]! : no[at]!;
        else {
          waiting.push(at);
          if (node.entry < 0) node.entry = emit(node, false);
          at = node.entry;
        }
      }
      const caller = waiting.pop();
      if (caller === undefined) return at === TRUE;
      const node = calls[caller]!;
      node.stamp = clock.now;
      node.verdict = at === TRUE;
      at = node.verdict ? yes[caller]! : no[caller]!;
    }
  }

  return {
    check: (key, make) => nodes.get(key) ?? intern(key, 'check', make(), []),
    combine(kind, children) {
      const key = `${kind} ${children.map(({ id }) => id).join(' ')}`;
      return nodes.get(key) ?? intern(key, kind, undefined, children);
    },
    predicate(root) {
      use(root);
      // Linked when first asked: by then all conditions are known, and with them what they share.
      let entry = -1;
      const predicate = (event: Event): boolean => {
        if (entry < 0) entry = emit(root, true);
        return run(entry, event);
      };
      return Object.assign(predicate, { root });
    },
  };
}

// The operands of a `not`, `and` or `or`: each knows where to go when its own verdict is clear.
function pushChildren(tasks: Task[], { node, self, yes, no }: Task): void {
  const { kind, children } = node;
  if (kind === 'not') {
    tasks.push({ node: children[0]!, self, yes: no, no: yes });
    return;
  }
  const starts = children.map((_, i): Label => (i === 0 ? self : { at: TRUE }));
  // The last task pushed is emitted first.
  for (let i = children.length - 1; i >= 0; i--) {
    const next = starts[i + 1];
    const goes = kind === 'and' ? { yes: next ?? yes, no } : { yes, no: next ?? no };
    tasks.push({ node: children[i]!, self: starts[i]!, ...goes });
  }
}
