// Streams of matches from a seed, and correlations worked out the slow way: over all matches at once, in the order of time.

import { comesBefore, createMachine, type Machine } from '../../../src/engine/correlation/machine.js';
import type { Firing, Limits, Match, Plan } from '../../../src/engine/correlation/match.js';

export const LIMITS: Limits = { groups: 10_000, events: 100_000, eventsPerGroup: 1000, waiting: 100_000 };

export type Random = (below: number) => number;

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export const plan = (given: Partial<Plan>): Plan => ({
  name: 'a',
  identity: JSON.stringify(given),
  type: 'event_count',
  steps: 1,
  timespan: 100,
  least: 3,
  suppress: 100,
  ungrouped: false,
  ...given,
});

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** Matches in the order of time, with times that are often equal, and events that meet two steps. */
export function stream(random: Random, plans: readonly Plan[], count: number): readonly Match[] {
  const matches: Match[] = [];
  let time = 1000;
  for (let i = 0; i < count; i++) {
    time += random(4) === 0 ? 0 : random(40);
    const number = random(plans.length);
    const id = random(8) === 0 ? `chosen by a client ${i}` : uuid(i);
    const key = `group ${random(3)}`;
    const value = random(6) === 0 ? undefined : `value ${random(6)}`;
    const steps = plans[number]!.steps;
    const first = random(steps);
    const { identity } = plans[number]!;
    const make = (step: number): Match => ({ plan: identity, step, time, id, key, value, texts: [`${i}`] });
    matches.push(make(first));
    if (steps > 1 && random(5) === 0) matches.push(make((first + 1) % steps));
  }
  return matches;
}

/** The same matches as they may arrive: each up to `lateness` behind its time, some twice. */
export function shuffled(random: Random, matches: readonly Match[], lateness: number): readonly Match[] {
  const twice = matches.flatMap((match) => (random(7) === 0 ? [match, match] : [match]));
  return twice
    .map((match) => ({ match, at: match.time + random(lateness + 1) }))
    .sort((a, b) => a.at - b.at)
    .map(({ match }) => match);
}

/** Gives matches to a machine in batches. @param between may exchange the machine behind each batch */
export function runThrough(
  machine: Machine,
  matches: readonly Match[],
  lateness: number,
  random: Random,
  between: (machine: Machine) => Machine = (same) => same,
): readonly Firing[] {
  const fired: Firing[] = [];
  let latest = 0;
  let current = machine;
  for (let at = 0; at < matches.length; ) {
    const end = at + 1 + random(20);
    for (const match of matches.slice(at, end)) {
      fired.push(...current.add(match));
      latest = Math.max(latest, match.time);
      if (random(3) === 0) fired.push(...current.advance(latest - lateness));
    }
    fired.push(...current.advance(latest - lateness));
    at = end;
    current = between(current);
  }
  fired.push(...current.finish(latest));
  return fired;
}

/** The alerts as the page on correlation describes them. */
export function slowly(plans: readonly Plan[], matches: readonly Match[]): readonly Partial<Firing>[] {
  const sorted = [...matches].sort((a, b) => (comesBefore(a, b) ? -1 : comesBefore(b, a) ? 1 : 0));
  return plans.flatMap((each, number) => {
    const own = sorted.filter((match) => match.plan === each.identity);
    const keys = [...new Set(own.map(({ key }) => key))];
    return keys.flatMap((key) =>
      oneGroup(
        each,
        own.filter((match) => match.key === key),
      ).map((firing) => ({ ...firing, plan: number })),
    );
  });
}

function oneGroup(each: Plan, matches: readonly Match[]): readonly Partial<Firing>[] {
  const fired: Partial<Firing>[] = [];
  let until = Number.NEGATIVE_INFINITY;
  let suppressed = 0;
  for (const [i, match] of matches.entries()) {
    const window = matches.slice(0, i + 1).filter(({ time }) => time >= match.time - each.timespan);
    if (!isComplete(each, window)) continue;
    if (match.time < until) {
      suppressed++;
      continue;
    }
    fired.push({ key: match.key, time: match.time, texts: match.texts, suppressed });
    suppressed = 0;
    until = match.time + each.suppress;
  }
  return fired;
}

function isComplete({ type, least, steps }: Plan, window: readonly Match[]): boolean {
  switch (type) {
    case 'event_count':
      return new Set(window.map(({ id }) => id)).size >= least;
    case 'value_count':
      return new Set(window.flatMap(({ value }) => value ?? [])).size >= least;
    case 'temporal':
      return new Set(window.map(({ step }) => step)).size >= least;
    case 'temporal_ordered':
      return ordered(window, steps, []);
    default:
      return false;
  }
}

/** Whether the last match ends a sequence: all ways are tried. */
function ordered(window: readonly Match[], steps: number, behind: readonly Match[]): boolean {
  if (steps === 0) return true;
  const next = behind[0];
  const candidates = next === undefined ? window.filter(({ time }) => time === window.at(-1)!.time) : window;
  return candidates.some(
    (match) =>
      match.step === steps - 1 &&
      match.time <= (next?.time ?? match.time) &&
      !behind.some(({ id }) => id === match.id) &&
      ordered(window, steps - 1, [match, ...behind]),
  );
}

export const summary = (firings: readonly Partial<Firing>[]): readonly string[] =>
  firings
    .map(({ plan: number, key, time, texts, suppressed }) =>
      JSON.stringify([number, key, time, texts, suppressed]),
    )
    .sort();

export const machineOf = (plans: readonly Plan[], limits = LIMITS): Machine =>
  createMachine({ plans, limits, seed: 1 });
