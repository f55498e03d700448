// Self-check: now and then an event is evaluated both ways, by what the prefilter concluded and in full. In: events with what was
// concluded of them. Out: counts, and whether both came to the same.

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';

/** A rule's number, and its line. */
export type Written = readonly [rule: number, line: ByteString];

/** What one event came to, each way. */
export interface BothWays {
  /** @param state as `Ruleset.evaluate` takes it; NOTHING: no rule can match */
  filtered(event: Event, state: number | undefined): readonly Written[];
  inFull(event: Event): readonly Written[];
}

export interface SelfCheck {
  /** Counts events; whether one of them is to be checked. */
  isDue(events: number): boolean;
  /**
   * Evaluates an event both ways. @returns whether they came to the same
   * @param written alerts that the reader wrote itself, which then are all there are; undefined: it wrote none
   */
  agrees(event: Event, state: number | undefined, written: readonly Written[] | undefined): boolean;
}

/** What was checked since the start, to be shown. */
export interface CheckCounts {
  checked: number;
  different: number;
}

export interface SelfCheckOptions {
  /** One of so many events is checked; 0: none. */
  readonly every: number;
  readonly counts: CheckCounts;
  readonly ways: BothWays;
  /** Switches the prefilter off: it was wrong about an event. */
  readonly onDifference: () => void;
}

export function createSelfCheck({ every, counts, ways, onDifference }: SelfCheckOptions): SelfCheck {
  let left = every;
  return {
    isDue(events) {
      left -= events;
      if (every <= 0 || left > 0) return false;
      left = every;
      return true;
    },
    agrees(event, state, written) {
      counts.checked++;
      if (isSame(written ?? ways.filtered(event, state), ways.inFull(event))) return true;
      counts.different++;
      onDifference();
      return false;
    },
  };
}

function isSame(a: readonly Written[], b: readonly Written[]): boolean {
  return a.length === b.length && a.every(([rule, line], i) => rule === b[i]![0] && line === b[i]![1]);
}
