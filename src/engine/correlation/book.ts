// The groups and events of all correlations within their bounds: who has to go when there are too many, and what is old.

import type { ByteString } from '../../bytes.js';
import { createGroups, type Groups, NONE } from './groups.js';
import { createHasher, type Hasher } from './identity.js';
import type { Counters, Limits, Match, Plan } from './match.js';
import { spareEvent } from './spare.js';
import { createWindowEvents, type WindowEvents } from './window-events.js';

export interface Book {
  readonly groups: Groups;
  readonly events: WindowEvents;
  readonly hasher: Hasher;
  /** The last event of groups whose alert needs one later. */
  readonly lastOf: Map<number, Match>;
  find(plan: number, key: ByteString): number;
  /** The group of a key, made where there is none, as the one active last. */
  open(plan: number, key: ByteString, time: number): number;
  /** Adds an event to its group. @returns NONE: it is there already, or its window is gone */
  put(group: number, match: Match): number;
  close(group: number): void;
  /** When nothing of a group counts any more. */
  endOf(group: number): number;
  /** Lets go of what is older than a time, a little of it each time. */
  tidy(time: number): void;
}

/** Held-back alerts are told by the next alert if it comes within a day. */
const TOLD_FOR = 86_400_000_000;
/** Groups of a correlation that are looked at in one go. */
const AT_ONCE = 256;

export function createBook(plans: readonly Plan[], limits: Limits, counters: Counters, seed: number): Book {
  const groups = createGroups(plans.length, limits.groups);
  const events = createWindowEvents(groups, limits.events);
  const hasher = createHasher(seed);
  const lastOf = new Map<number, Match>();

  function close(group: number): void {
    events.removeAll(group);
    lastOf.delete(group);
    groups.remove(group);
  }

  function endOf(group: number): number {
    const { columns } = groups;
    if (!Number.isNaN(columns.timer[group]!)) return Number.POSITIVE_INFINITY;
    const tail = columns.tail[group]!;
    const { timespan } = plans[columns.plan[group]!]!;
    const last = tail === NONE ? Number.NEGATIVE_INFINITY : events.columns.time[tail]! + timespan;
    return Math.max(last, columns.until[group]!) + (columns.held[group]! > 0 ? TOLD_FOR : 0);
  }

  // Of the correlation that has most groups the one that was not active for longest.
  function evict(but: number): boolean {
    let most = 0;
    for (let plan = 1; plan < plans.length; plan++)
      if (groups.countOf(plan) > groups.countOf(most)) most = plan;
    const oldest = groups.oldest(most);
    const group = oldest === but && oldest !== NONE ? groups.newerThan(oldest) : oldest;
    if (group === NONE) return false;
    close(group);
    counters.evicted++;
    return true;
  }

  function leaveOut(group: number): void {
    const event = spareEvent(plans[groups.columns.plan[group]!]!, events, groups, group);
    groups.columns.lost[group] = Math.max(groups.columns.lost[group]!, events.columns.time[event]!);
    events.remove(group, event);
  }

  function forgetBefore(group: number, time: number): void {
    for (let head = groups.columns.head[group]!; head !== NONE; head = groups.columns.head[group]!) {
      if (events.columns.time[head]! >= time) return;
      events.remove(group, head);
    }
  }

  function tidy(time: number): void {
    for (let plan = 0; plan < plans.length; plan++) {
      let group = groups.oldest(plan);
      for (let i = 0; i < AT_ONCE && group !== NONE && endOf(group) < time; i++) {
        close(group);
        group = groups.oldest(plan);
      }
    }
  }

  function find(plan: number, key: ByteString): number {
    // Not by the number of the plan, which may be another one after a reload.
    hasher.hash(key, 0);
    return groups.find(plan, hasher.lo, hasher.hi);
  }

  return {
    groups,
    events,
    hasher,
    lastOf,
    find,
    open(plan, key, time) {
      const known = find(plan, key);
      if (known !== NONE) {
        groups.touch(known);
        return known;
      }
      const { lo, hi } = hasher;
      // What is over makes room first, so that who goes does not depend on when it was tidied.
      if (groups.count() >= limits.groups) tidy(time);
      if (groups.count() >= limits.groups) evict(NONE);
      return groups.add(plan, lo, hi);
    },
    put(group, match) {
      const { timespan, type } = plans[groups.columns.plan[group]!]!;
      const tail = groups.columns.tail[group]!;
      const latest = tail === NONE ? match.time : Math.max(match.time, events.columns.time[tail]!);
      if (match.time < latest - timespan) {
        counters.tooLate++;
        return NONE;
      }
      if (type !== 'absence') forgetBefore(group, latest - timespan);
      while (events.count() >= limits.events) if (!evict(group)) leaveOut(group);
      if (groups.columns.size[group]! >= limits.eventsPerGroup) leaveOut(group);
      const value = match.value === undefined ? Number.NaN : hasher.hash53(match.value, 1);
      const event = events.insert(group, match, value);
      if (event === NONE) counters.duplicates++;
      return event;
    },
    close,
    endOf,
    tidy,
  };
}
