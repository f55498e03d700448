// States of a prefilter: the rules that are left, and what of each is still to be decided. In: rules with their residuals. Out:
// the number of their state, the same for the same rules with the same residuals, whatever values led there; and the place
// that tells most about them.

import { FINAL, MOST_STATES, NOTHING } from '../shared.js';
import { type Residuals, TRUE } from './residuals.js';

/** A rule that an event may match. */
export interface Candidate {
  /** Its number. */
  readonly rule: number;
  /** It does match: what the event has at the prefilter's places decides. */
  readonly certain: boolean;
}

/** Rules, in order, and as many residuals. */
export interface Left {
  readonly rules: Int32Array;
  readonly residuals: Int32Array;
}

export interface State extends Left {
  /** The place to look at, NOTHING or FINAL. */
  readonly place: number;
  /** By class of the value there: the next state. */
  readonly next: Map<number, number>;
  /** Where it is final: the rules that may match. */
  readonly candidates: readonly Candidate[];
}

export interface States {
  of(left: Left): number;
  at(state: number): State;
  count(): number;
  /** Rules that all states together hold. */
  held(): number;
  forget(): void;
}

const NONE: readonly Candidate[] = [];
/** States, beyond which a few rules that are left are evaluated rather than told apart. */
const MANY_STATES = MOST_STATES / 2;
const FEW_RULES = 8;

/** @param weights by place: what a rule that depends on it counts */
export function createStates(weights: readonly number[], { eachPlace }: Residuals): States {
  let states: State[] = [];
  // By hash: the states that have it.
  let numbers = new Map<number, number[]>();
  let held = 0;
  const scores = new Float64Array(weights.length);
  const count = (place: number): void => {
    scores[place]! += weights[place]!;
  };

  // The place that would tell something of most rules; FINAL if there is none.
  function placeOf(residuals: Int32Array): number {
    if (residuals.length === 0) return NOTHING;
    scores.fill(0);
    for (const residual of residuals) eachPlace(residual, count);
    let place = FINAL;
    let highest = 0;
    for (let i = 0; i < scores.length; i++) {
      if (scores[i]! <= highest) continue;
      highest = scores[i]!;
      place = i;
    }
    return place;
  }

  function make({ rules, residuals }: Left): State {
    const few = states.length > MANY_STATES && rules.length > 0 && rules.length <= FEW_RULES;
    const place = few ? FINAL : placeOf(residuals);
    held += rules.length;
    const candidates =
      place === FINAL
        ? Array.from(rules, (rule, i): Candidate => ({ rule, certain: residuals[i] === TRUE }))
        : NONE;
    return { place, rules, residuals, next: new Map(), candidates };
  }

  return {
    of(left) {
      const hash = hashOf(left);
      const equal = numbers.get(hash);
      const known = equal?.find((state) => isSame(states[state]!, left));
      if (known !== undefined) return known;
      const number = states.push(make(left)) - 1;
      if (equal === undefined) numbers.set(hash, [number]);
      else equal.push(number);
      return number;
    },
    at: (state) => states[state]!,
    count: () => states.length,
    held: () => held,
    forget() {
      states = [];
      numbers = new Map();
      held = 0;
    },
  };
}

function hashOf({ rules, residuals }: Left): number {
  let hash = rules.length;
  for (let i = 0; i < rules.length; i++) {
    hash = Math.imul(hash ^ rules[i]!, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15) ^ residuals[i]!, 0x85ebca6b);
  }
  return hash ^ (hash >>> 13);
}

function isSame(a: Left, b: Left): boolean {
  if (a.rules.length !== b.rules.length) return false;
  for (let i = 0; i < a.rules.length; i++)
    if (a.rules[i] !== b.rules[i] || a.residuals[i] !== b.residuals[i]) return false;
  return true;
}
