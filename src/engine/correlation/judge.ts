// Whether a window completes an alert, and with what. In: the events of a group, and the one at which the window ends. Out:
// what the alert says of them. One function a type; each takes time linear in the window.

import type { ByteString } from '../../bytes.js';
import { bestChains, eventsOf } from './chains.js';
import { NONE } from './groups.js';
import type { Plan } from './match.js';
import type { EventColumns, WindowEvents } from './window-events.js';

/** What a window holds. */
export interface Found {
  readonly count: number;
  readonly distinct: number;
  readonly first: number;
  readonly last: number;
  readonly events: readonly ByteString[];
}

/** Ids that an alert names. */
const MOST_IDS = 10;

/** @param end the event at which the window ends @param size events in the group */
export function judge(plan: Plan, events: WindowEvents, end: number, size: number): Found | undefined {
  const { columns } = events;
  if (size < (plan.type === 'temporal_ordered' ? plan.steps : plan.least)) return undefined;
  const from = firstOf(columns, end, columns.time[end]! - plan.timespan);
  switch (plan.type) {
    case 'event_count':
      return judgeCount(plan, events, from, end);
    case 'value_count':
      return judgeDistinct(plan, events, from, end, columns.value);
    case 'temporal':
      return judgeDistinct(plan, events, from, end, columns.step);
    case 'temporal_ordered':
      return judgeOrder(plan, events, from, end);
    case 'absence':
    case 'suppress':
      return undefined;
  }
}

/**
 * Whether a window completes an alert, where the alert is held back and nobody asks what it would say: an attack that goes on
 * and on costs little then.
 */
export function isComplete(plan: Plan, events: WindowEvents, end: number, size: number): boolean {
  const { columns } = events;
  // Where the window ends with the group's last event all of the group is in it; what is older has gone.
  const isWhole = columns.next[end] === NONE;
  if (isWhole && plan.type === 'event_count' && plan.steps === 1) return enough(plan, size);
  if (plan.exactly !== true && (plan.type === 'value_count' || plan.type === 'temporal')) {
    const column = plan.type === 'value_count' ? columns.value : columns.step;
    return hasDistinct(plan, columns, end, column);
  }
  return judge(plan, events, end, size) !== undefined;
}

function hasDistinct(
  { least, timespan }: Plan,
  { time, prev }: EventColumns,
  end: number,
  column: Float64Array | Int16Array,
): boolean {
  const values = new Set<number>();
  const since = time[end]! - timespan;
  for (let event = end; event !== NONE && time[event]! >= since; event = prev[event]!) {
    if (!Number.isNaN(column[event]!)) values.add(column[event]!);
    if (values.size >= least) return true;
  }
  return false;
}

/** The first event that is not before a time, from one backwards. */
function firstOf({ time, prev }: EventColumns, end: number, since: number): number {
  let from = end;
  while (prev[from] !== NONE && time[prev[from]!]! >= since) from = prev[from]!;
  return from;
}

function judgeCount(plan: Plan, events: WindowEvents, from: number, end: number): Found | undefined {
  const all = list(events.columns, from, end);
  // An event that meets two steps is one event.
  const count = plan.steps === 1 ? all.length : all.length - repeated(events, all);
  return enough(plan, count) ? found(events, all, count, stepsIn(events.columns, all)) : undefined;
}

function judgeDistinct(
  plan: Plan,
  events: WindowEvents,
  from: number,
  end: number,
  column: Float64Array | Int16Array,
): Found | undefined {
  const all = list(events.columns, from, end);
  const values = new Set<number>();
  for (const event of all) if (!Number.isNaN(column[event]!)) values.add(column[event]!);
  if (!enough(plan, values.size)) return undefined;
  return found(events, all, all.length - repeated(events, all), values.size);
}

function judgeOrder(plan: Plan, events: WindowEvents, from: number, end: number): Found | undefined {
  const { columns, isSame } = events;
  // Only an event of the last step completes a sequence, or one of its time that takes the place of another.
  const [last] = bestChains({ columns, from, end, isSame }, plan.steps).slice(-1);
  if (last === undefined || columns.time[last.event] !== columns.time[end]) return undefined;
  const all = eventsOf(last);
  return found(events, all, all.length, plan.steps);
}

const enough = ({ least, exactly }: Plan, number: number): boolean =>
  exactly === true ? number === least : number >= least;

function list({ next }: EventColumns, from: number, end: number): readonly number[] {
  const all: number[] = [];
  for (let event = from; event !== end; event = next[event]!) all.push(event);
  all.push(end);
  return all;
}

/** Events that stand there more than once, for several steps. Equal ones have equal times. */
function repeated(events: WindowEvents, all: readonly number[]): number {
  const { time } = events.columns;
  let repeats = 0;
  let ids = new Set<ByteString>();
  for (const [i, event] of all.entries()) {
    if (i === 0 || time[event] !== time[all[i - 1]!]) {
      ids = new Set();
      if (time[event] !== time[all[i + 1]!]) continue;
    }
    const id = events.idOf(event);
    if (ids.has(id)) repeats++;
    ids.add(id);
  }
  return repeats;
}

const stepsIn = ({ step }: EventColumns, all: readonly number[]): number =>
  new Set(all.map((event) => step[event])).size;

function found(events: WindowEvents, all: readonly number[], count: number, distinct: number): Found {
  const { time } = events.columns;
  return {
    count,
    distinct,
    first: time[all[0]!]!,
    last: time[all.at(-1)!]!,
    events: idsOf(events, all),
  };
}

/** The first few ids, each once. */
export function idsOf(events: WindowEvents, all: readonly number[]): readonly ByteString[] {
  const ids = new Set<ByteString>();
  for (const event of all) {
    ids.add(events.idOf(event));
    if (ids.size >= MOST_IDS) break;
  }
  return [...ids];
}
