// The state machine of all correlations: matches and the passing of event time in, firings out. It knows no events, rules,
// clocks or files, and what it does depends on nothing but what it is given: the same matches give the same firings, in
// whatever order they come while they wait for time to pass them (see docs/correlation.md).

import { type Book, createBook } from './book.js';
import { NONE } from './groups.js';
import { createHeap, type Heap } from './heap.js';
import { newSeed } from './identity.js';
import { type Found, idsOf, isComplete, judge } from './judge.js';
import type { Counters, Firing, Limits, Match, Plan } from './match.js';

export interface MachineOptions {
  readonly plans: readonly Plan[];
  readonly limits: Limits;
  /** What groups are told apart with. Default: one that nobody can guess. */
  readonly seed?: number;
  /** What was counted before. Default: nothing. */
  readonly counters?: Readonly<Counters>;
}

/** What became of an alert of a rule with `suppress`. */
export interface Throttled {
  readonly shown: boolean;
  /** What the group had held back before it, which is over. */
  readonly summary?: Firing;
}

export interface Machine {
  readonly plans: readonly Plan[];
  readonly counters: Readonly<Counters>;
  /** Groups there are, events that windows hold, matches that wait. */
  sizes(): { readonly groups: number; readonly events: number; readonly waiting: number };
  /** A match, which waits until time has passed it; one that time has passed already is decided at once. */
  add(match: Match): readonly Firing[];
  /** An alert of a rule with `suppress`. */
  throttle(match: Match): Throttled;
  /** No match before this time, microseconds, comes any more. It does not go back. */
  advance(time: number): readonly Firing[];
  /** Nothing comes any more, the last event was of this time: decides what waits, and tells what is held back. */
  finish(time?: number): readonly Firing[];
  /** For snapshots. */
  readonly parts: MachineParts;
}

/** When a group is to be looked at; with what tells groups apart, for those of one time. */
interface Timer {
  readonly time: number;
  readonly group: number;
  readonly plan: number;
  readonly lo: number;
  readonly hi: number;
}

export interface MachineParts {
  readonly book: Book;
  readonly seed: number;
  readonly waiting: Heap<Match>;
  readonly timers: Heap<Timer>;
  /** Time that has passed; -Infinity: nothing is known. */
  now: number;
}

const NOTHING: readonly Firing[] = Object.freeze([]);

/** Two matches in the order in which they are decided. */
export function comesBefore(a: Match, b: Match): boolean {
  if (a.time !== b.time) return a.time < b.time;
  if (a.plan !== b.plan) return a.plan < b.plan;
  if (a.step !== b.step) return a.step < b.step;
  return a.id < b.id;
}

function isDueBefore(a: Timer, b: Timer): boolean {
  if (a.time !== b.time) return a.time < b.time;
  if (a.plan !== b.plan) return a.plan < b.plan;
  return a.lo === b.lo ? a.hi < b.hi : a.lo < b.lo;
}

/** Has a group looked at when time has passed a time. */
export function setTimer({ book: { groups }, timers }: MachineParts, group: number, time: number): void {
  const { columns } = groups;
  columns.timer[group] = time;
  timers.add({ time, group, plan: columns.plan[group]!, lo: columns.lo[group]!, hi: columns.hi[group]! });
}

export function createMachine(options: MachineOptions): Machine {
  const { plans, limits, seed = newSeed() } = options;
  const counters: Counters = {
    matches: 0,
    duplicates: 0,
    late: 0,
    tooLate: 0,
    evicted: 0,
    early: 0,
    fired: 0,
    suppressed: 0,
    ...options.counters,
  };
  const book = createBook(plans, limits, counters, seed);
  const { groups, events, lastOf } = book;
  const numbers = new Map(plans.map(({ identity }, number) => [identity, number]));
  const parts: MachineParts = {
    book,
    seed,
    waiting: createHeap(comesBefore),
    timers: createHeap(isDueBefore),
    now: Number.NEGATIVE_INFINITY,
  };
  const { waiting, timers } = parts;
  let fired: Firing[] = [];

  const taken = (): readonly Firing[] => {
    if (fired.length === 0) return NOTHING;
    const all = fired;
    fired = [];
    return all;
  };

  const wake = (group: number, time: number): void => setTimer(parts, group, time);

  function fire(firing: Firing, match: Match | undefined): void {
    counters.fired++;
    fired.push(firing);
    for (const up of match?.up ?? []) decide({ ...up, time: firing.time, id: match!.id });
  }

  // A group whose time is over begins anew, whether it is still there or not.
  function renew(group: number, time: number): void {
    if (book.endOf(group) >= time) return;
    events.removeAll(group);
    const { until, held, lost } = groups.columns;
    until[group] = Number.NEGATIVE_INFINITY;
    held[group] = 0;
    lost[group] = Number.NEGATIVE_INFINITY;
  }

  function decide(match: Match): void {
    // State of before may have matches of correlations that are gone.
    const number = numbers.get(match.plan);
    if (number === undefined) return;
    const plan = plans[number]!;
    if (plan.type === 'absence') {
      notice(plan, number, match);
      return;
    }
    const group = book.open(number, match.key, match.time);
    renew(group, match.time);
    const event = book.put(group, match);
    if (event === NONE) return;
    const { columns } = events;
    // An event that comes late may complete the window of one behind it.
    for (let end = event; end !== NONE; end = columns.next[end]!) {
      const time = columns.time[end]!;
      if (time - match.time > plan.timespan) return;
      const size = groups.columns.size[group]!;
      if (time < groups.columns.until[group]!) {
        if (!isComplete(plan, events, end, size)) continue;
        groups.columns.held[group]!++;
        counters.suppressed++;
        return;
      }
      const found = judge(plan, events, end, size);
      if (found === undefined) continue;
      complete(plan, group, time, found, match);
      return;
    }
  }

  function complete(plan: Plan, group: number, time: number, found: Found, match: Match): void {
    const { until, held, lost } = groups.columns;
    const suppressed = held[group]!;
    const atLeast = lost[group]! >= time - plan.timespan;
    until[group] = time + plan.suppress;
    held[group] = 0;
    const { texts, key } = match;
    fire({ plan: groups.columns.plan[group]!, time, ...found, atLeast, suppressed, texts, key }, match);
  }

  // For `absence` the last few events are kept: as many as must not be fewer.
  function notice(plan: Plan, number: number, match: Match): void {
    let group = book.find(number, match.key);
    if (group === NONE) {
      group = book.open(number, match.key, match.time);
      groups.columns.since[group] = match.time;
    } else groups.touch(group);
    if (groups.columns.until[group] === Number.POSITIVE_INFINITY) {
      groups.columns.until[group] = Number.NEGATIVE_INFINITY;
      groups.columns.since[group] = match.time;
    }
    const event = book.put(group, match);
    if (event === NONE) return;
    // One that came again may stand before those that were kept.
    if (groups.columns.tail[group] === event) lastOf.set(group, match);
    while (groups.columns.size[group]! > plan.least) events.remove(group, groups.columns.head[group]!);
    if (Number.isNaN(groups.columns.timer[group]!)) wake(group, deadlineOf(plan, group));
  }

  function deadlineOf(plan: Plan, group: number): number {
    const { head, size, since } = groups.columns;
    const from = size[group]! < plan.least ? since[group]! : events.columns.time[head[group]!]!;
    return from + plan.timespan;
  }

  function miss(plan: Plan, group: number, deadline: number): void {
    const { columns } = groups;
    const { time, prev } = events.columns;
    const last = lastOf.get(group);
    const all: number[] = [];
    for (let event = columns.tail[group]!; event !== NONE; event = prev[event]!) {
      if (time[event]! <= deadline - plan.timespan) break;
      all.unshift(event);
    }
    const tail = columns.tail[group]!;
    const number = columns.plan[group]!;
    const window = { first: time[all[0] ?? NONE], last: tail === NONE ? undefined : time[tail] };
    const texts = last?.texts ?? [];
    const key = last?.key ?? '';
    const firing = {
      plan: number,
      time: deadline,
      count: all.length,
      distinct: new Set(all.map((event) => events.columns.step[event])).size,
      atLeast: false,
      ...window,
      events: idsOf(events, all),
      suppressed: 0,
      texts,
      key,
    };
    if (plan.ungrouped) columns.until[group] = Number.POSITIVE_INFINITY;
    else book.close(group);
    fire(firing, last);
  }

  function onTimer(group: number, time: number): void {
    groups.columns.timer[group] = Number.NaN;
    const plan = plans[groups.columns.plan[group]!]!;
    if (plan.type === 'suppress') {
      const summary = endThrottle(group);
      if (summary !== undefined) fired.push(summary);
      return;
    }
    const deadline = deadlineOf(plan, group);
    if (deadline > time) wake(group, deadline);
    else miss(plan, group, deadline);
  }

  function passTimers(time: number): void {
    for (let first = timers.first(); first !== undefined && first.time < time; first = timers.first()) {
      timers.take();
      if (groups.columns.timer[first.group] === first.time) onTimer(first.group, first.time);
    }
  }

  function begin(time: number): void {
    for (const [number, plan] of plans.entries()) {
      if (plan.type !== 'absence' || !plan.ungrouped || book.find(number, '') !== NONE) continue;
      const group = book.open(number, '', time);
      groups.columns.since[group] = time;
      wake(group, time + plan.timespan);
    }
  }

  function next(): void {
    const match = waiting.take()!;
    pass(match.time);
    decide(match);
  }

  // Time passes, up to a match that is decided next.
  function pass(time: number): void {
    if (parts.now === Number.NEGATIVE_INFINITY) begin(time);
    passTimers(time);
    parts.now = Math.max(parts.now, time);
  }

  // What a group held back, as a firing; the group is gone then.
  function endThrottle(group: number): Firing | undefined {
    const { held, since, plan, tail, head } = groups.columns;
    const last = lastOf.get(group);
    const count = held[group]!;
    if (count === 0 || last === undefined) {
      book.close(group);
      return undefined;
    }
    const all: number[] = [];
    for (let event = head[group]!; event !== NONE; event = events.columns.next[event]!) all.push(event);
    const summary: Firing = {
      plan: plan[group]!,
      time: last.time,
      count,
      distinct: 1,
      atLeast: false,
      first: since[group],
      last: events.columns.time[tail[group]!],
      events: idsOf(events, all),
      suppressed: count,
      texts: last.texts,
      key: last.key,
    };
    book.close(group);
    return summary;
  }

  return {
    plans,
    counters,
    parts,
    sizes: () => ({ groups: groups.count(), events: events.count(), waiting: waiting.size() }),
    add(match) {
      counters.matches++;
      if (match.time < parts.now) {
        counters.late++;
        decide(match);
        return taken();
      }
      waiting.add(match);
      while (waiting.size() > limits.waiting) {
        counters.early++;
        next();
      }
      return taken();
    },
    throttle(match) {
      const number = numbers.get(match.plan);
      if (number === undefined) return { shown: true };
      const known = book.find(number, match.key);
      const over = known !== NONE && match.time >= groups.columns.until[known]!;
      const summary = over ? endThrottle(known) : undefined;
      const isNew = known === NONE || over;
      const group = book.open(number, match.key, match.time);
      const { columns } = groups;
      if (isNew) {
        columns.since[group] = match.time;
        columns.until[group] = match.time + plans[number]!.timespan;
        wake(group, columns.until[group]!);
      }
      const { duplicates } = counters;
      book.put(group, match);
      if (isNew) return { shown: true, ...(summary && { summary }) };
      if (counters.duplicates > duplicates) return { shown: false };
      groups.columns.held[group]!++;
      counters.suppressed++;
      const last = lastOf.get(group);
      if (last === undefined || comesBefore(last, match)) lastOf.set(group, match);
      return { shown: false };
    },
    advance(time) {
      if (!(time > parts.now)) return NOTHING;
      for (let first = waiting.first(); first !== undefined && first.time < time; first = waiting.first())
        next();
      pass(time);
      book.tidy(time);
      return taken();
    },
    finish(time = parts.now) {
      while (waiting.size() > 0) next();
      pass(time);
      for (let first = timers.first(); first !== undefined; first = timers.first()) {
        timers.take();
        const { plan, timer } = groups.columns;
        if (timer[first.group] !== first.time || plans[plan[first.group]!]!.type !== 'suppress') continue;
        onTimer(first.group, first.time);
      }
      return taken();
    },
  };
}
