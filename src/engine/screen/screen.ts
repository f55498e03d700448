// In: the conditions of a ruleset, in the order of evaluation. Out: its screen (src/screen.ts), and which rules each state
// leaves. States are made when events first lead to them, from what is left in the state before: so the cost of an event
// does not grow with the rules that its first few values rule out.

import type { Event } from '../../event.js';
import {
  FINAL,
  type LinePart,
  MOST_PLACES,
  MOST_STATES,
  MOST_STEPS,
  NOTHING,
  type Screen,
  type ScreenPlace,
} from '../../screen.js';
import type { BoolNode, PlaceCheck } from '../condition/nodes.js';
import { type Classes, createClasses } from './classes.js';
import { createProgram, FALSE, OPEN, TRUE } from './program.js';

export interface RuleScreen extends Screen {
  /** The rules that may match where a state is final, in order. */
  rulesOf(state: number): readonly Candidate[];
}

/** A rule that an event may match. */
export interface Candidate {
  /** Its number. */
  readonly rule: number;
  /** It does match: what the event has at the screen's places decides. */
  readonly certain: boolean;
}

export interface ScreenOptions {
  /** Rules behind one that matches do not count. */
  readonly onlyFirst: boolean;
  /** By rule: what its alerts are put together from, if nothing but the event's text is needed. */
  readonly lines?: readonly (readonly LinePart[] | undefined)[];
  /** Starts an event for the checks. */
  readonly begin: (event: Event) => void;
}

interface State {
  /** The place to look at, NOTHING or FINAL. */
  readonly place: number;
  /** The rules that are open, or true. */
  readonly rules: readonly Candidate[];
  /** By place: the class of the value; 0: not known. */
  readonly known: Int32Array;
  readonly next: Map<number, number>;
}

/** Rules that all states together hold before they are forgotten. */
const MOST_HELD = 2_000_000;

/** @param roots conditions; undefined: one that nothing is known of, which is always left */
export function createScreen(
  roots: readonly (BoolNode | undefined)[],
  { onlyFirst, lines = [], begin }: ScreenOptions,
): RuleScreen {
  const program = createProgram(roots);
  const { places, classes, placeOf } = gatherPlaces(program.checks);
  const everyRule = roots.map((_, rule): Candidate => ({ rule, certain: false }));
  let states: State[] = [];
  let steps = 0;
  // Rules that the states hold, together.
  let held = 0;
  let generation = 0;
  forget();

  function forget(): void {
    generation++;
    steps = 0;
    held = 0;
    for (const each of classes) each.forget();
    states = [];
    states.push(stateOf(everyRule, new Int32Array(places.length)));
  }

  // What is left of some rules, and the place that tells most about them.
  function stateOf(before: readonly Candidate[], known: Int32Array): State {
    const rules: Candidate[] = [];
    const scores = new Float64Array(places.length);
    program.begin((check) => {
      const place = placeOf.get(check);
      const kind = place === undefined ? 0 : known[place]!;
      return kind === 0 ? OPEN : classes[place!]!.verdict(kind, check);
    });
    for (const candidate of before) {
      const { rule } = candidate;
      const verdict = program.judge(rule);
      if (verdict === FALSE) continue;
      rules.push(verdict === TRUE ? { rule, certain: true } : candidate);
      if (verdict === TRUE && onlyFirst) break;
      if (verdict === OPEN) score(rule, known, scores);
    }
    held += rules.length;
    return { place: rules.length === 0 ? NOTHING : best(scores), rules, known, next: new Map() };
  }

  // Counts a rule once for each place that would tell more about it.
  function score(rule: number, known: Int32Array, scores: Float64Array): void {
    const counted = new Set<number>();
    program.missing(rule, (check) => {
      const place = placeOf.get(check);
      if (place === undefined || known[place] !== 0 || counted.has(place)) return;
      counted.add(place);
      // Where constants and looks are all that counts, values that were never seen are known as well.
      scores[place]! += places[place]!.looks === undefined ? 1 : 2;
    });
  }

  return {
    places,
    begin(event) {
      const full = states.length >= MOST_STATES - MOST_PLACES || steps >= MOST_STEPS - MOST_PLACES;
      if (full || held > MOST_HELD) forget();
      begin(event);
    },
    generation: () => generation,
    placeOf: (state) => states[state]!.place,
    classOf: (place, event) => classes[place]!.of(event),
    next(state, kind) {
      const from = states[state]!;
      const existing = from.next.get(kind);
      if (existing !== undefined) return existing;
      const known = from.known.slice();
      known[from.place] = kind;
      const made = states.push(stateOf(from.rules, known)) - 1;
      steps++;
      from.next.set(kind, made);
      return made;
    },
    alertOf(state) {
      const { place, rules } = states[state]!;
      const [first] = rules;
      const alone = first?.certain === true && (onlyFirst || rules.length === 1);
      const parts = place === FINAL && alone ? lines[first.rule] : undefined;
      return parts && { rule: first!.rule, parts };
    },
    rulesOf: (state) => states[state]!.rules,
  };
}

// The place with the highest score; FINAL if there is none.
function best(scores: Float64Array): number {
  let place = FINAL;
  let highest = 0;
  for (let i = 0; i < scores.length; i++) {
    if (scores[i]! <= highest) continue;
    highest = scores[i]!;
    place = i;
  }
  return place;
}

function gatherPlaces(checks: readonly PlaceCheck[]): {
  readonly places: readonly ScreenPlace[];
  readonly classes: readonly Classes[];
  readonly placeOf: ReadonlyMap<PlaceCheck, number>;
} {
  const groups = new Map<string, PlaceCheck[]>();
  for (const check of checks) {
    const key = JSON.stringify(check.place);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [check]);
    else group.push(check);
  }
  // Those that most checks look at.
  const kept = [...groups.values()].sort((a, b) => b.length - a.length).slice(0, MOST_PLACES);
  const classes = kept.map(createClasses);
  const places = kept.map((group, i) => {
    const { constants, looks } = classes[i]!;
    return { ...group[0]!.place, constants, looks };
  });
  const placeOf = new Map(kept.flatMap((group, i) => group.map((check) => [check, i] as const)));
  return { places, classes, placeOf };
}
