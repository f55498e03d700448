// Probing one event: the rule's explanation of it, and of texts that were made from it, within a budget.

import type { ByteString } from '../../bytes.js';
import type { CheckExplanation } from '../../engine/condition/explain/explain.js';
import { printExpr } from '../../engine/condition/syntax/printer.js';
import type { LoadedRule } from '../../engine/rules/loader.js';
import type { Event } from '../../event.js';
import type { Value } from '../../fields/field.js';
import { checksOf } from '../explain-text.js';
import { createKeeper } from '../keep.js';
import type { Workspace } from '../workspace.js';
import { type Change, changeText, type EventValue } from './event-values.js';

export interface Probe {
  readonly event: Event;
  readonly matches: boolean;
  /** The event with a change; undefined where it is no audit event any more, or the budget is spent. */
  change(place: Site, change: Change): Event | undefined;
  /** The checks that read something else in the changed event. */
  readers(place: Site, change: Change): readonly CheckExplanation[];
  /** Whether the changed event matches. */
  verdict(changed: Event): boolean;
  /** The first check that comes out otherwise in the changed event; its verdict has turned. */
  turned(changed: Event): ByteString;
  spent(): boolean;
}

/** Where a change is made. */
export type Site = Pick<EventValue, 'node' | 'parent' | 'holder'>;

/** What looking at all checks of a condition costs, in variants. */
const CHECKS_A_VARIANT = 4;

/** @param budget variants that may be tried */
export function createProbe(workspace: Workspace, rule: LoadedRule, event: Event, budget: number): Probe {
  const read = createReader(workspace, event);
  const explanation = workspace.explain(rule, event);
  const checks = checksOf(explanation);
  let left = budget;

  function change(place: Site, what: Change): Event | undefined {
    if (left <= 0) return undefined;
    left--;
    return read(changeText(event.document, place, what));
  }

  function checksNow(changed: Event): readonly CheckExplanation[] {
    left -= checks.length / CHECKS_A_VARIANT;
    return checksOf(workspace.explain(rule, changed));
  }

  return {
    event,
    matches: explanation.verdict,
    change,
    readers(place, what) {
      const changed = change(place, what);
      return changed === undefined ? [] : differing(checks, checksNow(changed));
    },
    verdict(changed) {
      rule.compiled.scope.begin(changed);
      return rule.compiled.predicate(changed);
    },
    turned(changed) {
      const now = checksNow(changed);
      // A verdict turns because a check does.
      return printExpr(checks.find((check, index) => check.verdict !== now[index]!.verdict)!.expr);
    },
    spent: () => left <= 0,
  };
}

function createReader(workspace: Workspace, of: Event): (text: ByteString) => Event | undefined {
  const keep = createKeeper();
  return (text) => {
    let event: Event | undefined;
    workspace.readVariant(text, of, (read) => {
      event = keep(read, of.num);
    });
    return event;
  };
}

/** The checks that read something else, as they were before. */
function differing(
  before: readonly CheckExplanation[],
  now: readonly CheckExplanation[],
): readonly CheckExplanation[] {
  return before.filter(
    ({ left, right }, index) =>
      !isSame(left, now[index]!.left) || !isSame(right?.value, now[index]!.right?.value),
  );
}

const isSame = (a: Value | undefined, b: Value | undefined): boolean =>
  String(a) === String(b) && typeof a === typeof b;

/** What checks compare with: constants, and what the fields on their right sides read. */
export function constantsOf(checks: Iterable<CheckExplanation>): readonly ByteString[] {
  const found = new Set<ByteString>();
  for (const { constants, right } of checks) {
    for (const { text } of constants) found.add(text);
    for (const text of texts(right?.value)) found.add(text);
  }
  return [...found];
}

/** A value's texts, if it is a text or a list of some. */
export function texts(value: Value | undefined): readonly ByteString[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' ? value : [];
}
