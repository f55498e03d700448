// Sequences in a window: for each number of steps, the chain of events that meets them in order and begins last. Events of
// equal times stand by step, so that whichever order fits is found; an event has one step in a chain.

import { NONE } from './groups.js';
import type { EventColumns } from './window-events.js';

export interface Link {
  readonly event: number;
  readonly before: Link | undefined;
  readonly start: number;
}

/** Chains of one length that are kept: more than one, since events of one time may stand in each other's way. */
const KEPT = 4;

export interface Window {
  readonly columns: EventColumns;
  /** First event that may count. */
  readonly from: number;
  /** Last one. */
  readonly end: number;
  readonly isSame: (event: number, other: number) => boolean;
}

/** By steps: the best chain of so many; of whole sequences one that ends last. */
export function bestChains(window: Window, steps: number): readonly (Link | undefined)[] {
  const { columns, from, end } = window;
  const best: (readonly Link[])[] = Array.from({ length: steps }, () => []);
  for (let event = from; event !== NONE; event = columns.next[event]!) {
    extend(window, best, event);
    if (event === end) break;
  }
  return best.map(([first]) => first);
}

function extend({ columns, isSame }: Window, best: (readonly Link[])[], event: number): void {
  const step = columns.step[event]!;
  const made =
    step === 0
      ? [{ event, before: undefined, start: columns.time[event]! }]
      : best[step - 1]!.filter((before) => !holds(before, event, isSame)).map((before) => ({
          event,
          before,
          start: before.start,
        }));
  if (made.length === 0) return;
  // Sorted stably: of chains that begin together, those of before come first.
  const all = step === best.length - 1 ? made : [...best[step]!, ...made];
  best[step] = all.sort((a, b) => b.start - a.start).slice(0, KEPT);
}

function holds(chain: Link, event: number, isSame: Window['isSame']): boolean {
  for (let link: Link | undefined = chain; link !== undefined; link = link.before)
    if (isSame(link.event, event)) return true;
  return false;
}

/** The events of a chain, in order. */
export function eventsOf(chain: Link): readonly number[] {
  const events: number[] = [];
  for (let link: Link | undefined = chain; link !== undefined; link = link.before) events.push(link.event);
  return events.reverse();
}
