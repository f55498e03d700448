// The state of a machine as plain data, and back. Groups stand in the order in which they were active, in rows of numbers
// and texts; correlations by what they mean, so that the state fits another set of rules as far as it means the same.

import type { ByteString } from '../../bytes.js';
import { NONE } from './groups.js';
import { createMachine, type Machine, type MachineOptions, setTimer } from './machine.js';
import type { Match } from './match.js';

/** Of a file's format; another one is left out. */
export const STATE_VERSION = 1;

/** One event of a window: time, step, value (null: none), id. */
type EventRow = readonly [number, number, number | null, ByteString];

/** lo, hi, until, since, held, lost, timer (null: none, or never), its events, and the match that its alert needs. */
type GroupRow = readonly [
  lo: number,
  hi: number,
  until: number | 'never' | null,
  since: number,
  held: number,
  lost: number | null,
  timer: number | null,
  events: readonly EventRow[],
  last?: Match,
];

export interface Snapshot {
  readonly version: typeof STATE_VERSION;
  readonly seed: number;
  /** Time that has passed, microseconds; null: nothing has. */
  readonly now: number | null;
  readonly plans: readonly { readonly identity: string; readonly groups: readonly GroupRow[] }[];
  readonly waiting: readonly Match[];
}

export function takeSnapshot({ plans, parts }: Machine): Snapshot {
  const { book, seed, now, waiting } = parts;
  const rows = plans.map(({ identity }, plan) => {
    const groups: GroupRow[] = [];
    for (let group = book.groups.oldest(plan); group !== NONE; group = book.groups.newerThan(group))
      groups.push(rowOf(parts, group));
    return { identity, groups };
  });
  return { version: STATE_VERSION, seed, now: finite(now), plans: rows, waiting: [...waiting.all()] };
}

function rowOf({ book }: Machine['parts'], group: number): GroupRow {
  const { lo, hi, until, since, held, lost, timer, head } = book.groups.columns;
  const { columns } = book.events;
  const events: EventRow[] = [];
  for (let event = head[group]!; event !== NONE; event = columns.next[event]!)
    events.push([
      columns.time[event]!,
      columns.step[event]!,
      finite(columns.value[event]!),
      book.events.idOf(event),
    ]);
  const last = book.lastOf.get(group);
  const row: GroupRow = [
    lo[group]!,
    hi[group]!,
    until[group] === Number.POSITIVE_INFINITY ? 'never' : finite(until[group]!),
    since[group]!,
    held[group]!,
    finite(lost[group]!),
    finite(timer[group]!),
    events,
  ];
  return last === undefined ? row : [row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], last];
}

const finite = (number: number): number | null => (Number.isFinite(number) ? number : null);

/** A machine that goes on from a snapshot, as far as its plans mean the same. */
export function restoreMachine(options: Omit<MachineOptions, 'seed'>, snapshot: Snapshot): Machine {
  const machine = createMachine({ ...options, seed: snapshot.seed });
  const numbers = numbersOf(options.plans, snapshot);
  const { parts } = machine;
  parts.now = snapshot.now ?? Number.NEGATIVE_INFINITY;
  for (const [before, { groups }] of snapshot.plans.entries()) {
    const plan = numbers[before];
    if (plan !== undefined) for (const row of groups) restoreGroup(machine, plan, row, options);
  }
  const known = new Set(options.plans.map(({ identity }) => identity));
  for (const match of snapshot.waiting) if (known.has(match.plan)) parts.waiting.add(match);
  return machine;
}

/** By number of before: the plan that means the same. */
function numbersOf(
  plans: Machine['plans'],
  { plans: before }: Pick<Snapshot, 'plans'>,
): readonly (number | undefined)[] {
  const known = new Map(plans.map(({ identity }, number) => [identity, number]));
  return before.map(({ identity }) => known.get(identity));
}

function restoreGroup(
  { parts }: Machine,
  plan: number,
  [lo, hi, until, since, held, lost, timer, events, last]: GroupRow,
  { limits }: Omit<MachineOptions, 'seed'>,
): void {
  const { book } = parts;
  if (book.groups.count() >= limits.groups) return;
  const group = book.groups.add(plan, lo, hi);
  for (const [time, step, value, id] of events)
    if (book.events.count() < limits.events)
      book.events.insert(group, { time, step, id }, value ?? Number.NaN);
  const { columns } = book.groups;
  columns.until[group] = until === 'never' ? Number.POSITIVE_INFINITY : (until ?? Number.NEGATIVE_INFINITY);
  columns.since[group] = since;
  columns.held[group] = held;
  columns.lost[group] = lost ?? Number.NEGATIVE_INFINITY;
  if (timer !== null) setTimer(parts, group, timer);
  if (last !== undefined) book.lastOf.set(group, last);
}
