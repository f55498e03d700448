// Which event of a full group can be spared: the oldest that decides nothing, so that nobody empties a window by filling it.

import { bestChains, eventsOf } from './chains.js';
import { type Groups, NONE } from './groups.js';
import type { Plan } from './match.js';
import type { EventColumns, WindowEvents } from './window-events.js';

/** An event of a group that is not empty. */
export function spareEvent(plan: Plan, events: WindowEvents, groups: Groups, group: number): number {
  const oldest = groups.columns.head[group]!;
  const newest = groups.columns.tail[group]!;
  const { columns } = events;
  switch (plan.type) {
    case 'value_count':
      return oldestRepeated(columns, newest, columns.value) ?? oldest;
    case 'temporal':
      return oldestRepeated(columns, newest, columns.step) ?? oldest;
    case 'temporal_ordered': {
      const window = { columns, from: oldest, end: newest, isSame: events.isSame };
      const needed = new Set(
        bestChains(window, plan.steps).flatMap((chain) => (chain === undefined ? [] : eventsOf(chain))),
      );
      for (let event = oldest; event !== NONE; event = columns.next[event]!)
        if (!needed.has(event)) return event;
      return oldest;
    }
    default:
      return oldest;
  }
}

/** The oldest event whose value comes again behind it, or that has none. */
function oldestRepeated(
  { prev }: EventColumns,
  newest: number,
  column: Float64Array | Int16Array,
): number | undefined {
  const seen = new Set<number>();
  let found: number | undefined;
  for (let event = newest; event !== NONE; event = prev[event]!) {
    const value = column[event]!;
    if (Number.isNaN(value) || seen.has(value)) found = event;
    seen.add(value);
  }
  return found;
}
