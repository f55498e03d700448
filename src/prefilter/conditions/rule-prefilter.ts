// In: the conditions of a ruleset, in the order of evaluation. Out: its prefilter (prefilter.ts), and which rules each final
// state leaves. States are made when events first lead to them, from what is left in the state before: so the cost of an
// event does not grow with the rules that its first few values rule out. What is left is all that tells states apart.

import type { BoolNode } from '../../engine/condition/compile/nodes.js';
import type { Event } from '../../event.js';
import type { LinePart, Place, Prefilter } from '../prefilter.js';
import { FINAL, MOST_PLACES, MOST_STATES, MOST_STEPS } from '../shared.js';
import { gatherPlaces } from './places.js';
import { createResiduals, FALSE, TRUE } from './residuals.js';
import { type Candidate, createStates, type Left } from './states.js';

export type { Candidate } from './states.js';

export interface RulePrefilter extends Prefilter {
  /** The rules that may match where a state is final, in order. */
  rulesOf(state: number): readonly Candidate[];
}

export interface PrefilterOptions {
  /** Rules behind one that matches do not count. */
  readonly onlyFirst: boolean;
  /** The rules that this is about; those behind them only count, and always do. Default: all. */
  readonly alerting?: number;
  /** By rule: what its alerts are put together from, if nothing but the event's text is needed. */
  readonly lines?: readonly (readonly LinePart[] | undefined)[];
  /** See Prefilter. */
  readonly reads?: readonly Place[] | undefined;
  /** Starts an event for the checks. */
  readonly begin: (event: Event) => void;
}

/** Rules that all states together hold, and operands that all residuals do, before they are forgotten. */
const MOST_HELD = 2_000_000;
const MOST_OPERANDS = 1_000_000;

/** @param conditions by rule; undefined: one that nothing is known of, which is always left */
export function createPrefilter(
  conditions: readonly (BoolNode | undefined)[],
  { onlyFirst, alerting = conditions.length, lines = [], reads, begin }: PrefilterOptions,
): RulePrefilter {
  const { classes, places, placeOf } = gatherPlaces(conditions);
  const residuals = createResiduals(conditions, placeOf);
  // Where constants and looks are all that counts, values that were never seen are known as well.
  const states = createStates(
    places().map(({ looks }) => (looks === undefined ? 1 : 2)),
    residuals,
  );
  let steps = 0;
  let generation = 0;
  let revision = 0;
  forget();

  function forget(): void {
    generation++;
    steps = 0;
    for (const each of classes) each.forget();
    residuals.forget();
    states.forget();
    states.of(leftOf(Int32Array.from(residuals.roots.keys()), residuals.roots, (residual) => residual));
  }

  // What of some rules is left by a step.
  function leftOf(rules: Int32Array, before: Int32Array, after: (residual: number) => number): Left {
    const [kept, left]: [number[], number[]] = [[], []];
    let isDecided = false;
    for (let i = 0; i < rules.length; i++) {
      const residual = after(before[i]!);
      const rule = rules[i]!;
      if (residual === FALSE || (isDecided && rule < alerting)) continue;
      kept.push(rule);
      left.push(residual);
      if (residual !== TRUE || !onlyFirst) continue;
      if (alerting === conditions.length) break;
      isDecided = true;
    }
    return { rules: Int32Array.from(kept), residuals: Int32Array.from(left) };
  }

  return {
    get places() {
      return places();
    },
    reads,
    begin(event) {
      const full = states.count() >= MOST_STATES - MOST_PLACES || steps >= MOST_STEPS - MOST_PLACES;
      const tooLarge = states.held() > MOST_HELD || residuals.size() > MOST_OPERANDS;
      if (full || tooLarge) forget();
      // What states say of the values of before stays true.
      for (const each of classes) if (each.coarsen()) revision++;
      begin(event);
    },
    generation: () => generation,
    revision: () => revision,
    placeOf: (state) => states.at(state).place,
    classOf: (place, event) => classes[place]!.of(event),
    next(state, kind) {
      const { place, rules, residuals: before, next } = states.at(state);
      const existing = next.get(kind);
      if (existing !== undefined) return existing;
      residuals.begin(place, (check) => classes[place]!.verdict(kind, check));
      const made = states.of(leftOf(rules, before, residuals.after));
      steps++;
      next.set(kind, made);
      return made;
    },
    alertOf(state) {
      const { place, candidates } = states.at(state);
      const [first] = candidates;
      const counts = (candidates.at(-1)?.rule ?? 0) >= alerting;
      const alone = first?.certain === true && !counts && (onlyFirst || candidates.length === 1);
      const parts = place === FINAL && alone ? lines[first.rule] : undefined;
      return parts && { rule: first!.rule, parts };
    },
    rulesOf: (state) => states.at(state).candidates,
  };
}
