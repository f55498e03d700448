// Windows that are read side by side, handed on in the order of time. In: what is new in each page, as pages come. Out: the
// same, each window's after that of the one before it.

import type { LogEvent } from './client-types.js';
import type { Pass } from './cursor/cursor-state.js';

/** New events of a page of a pass, with their identities. */
export interface Portion {
  readonly pass: Pass;
  readonly events: readonly LogEvent[];
  readonly ids: readonly number[];
}

export interface Order {
  add(portion: Portion): void;
  /** Those whose turn has come, seen the passes that are still being read. */
  take(reading: readonly Pass[]): readonly Portion[];
  /** Passes that are not to be asked for more until others have been handed on: too much waits already. */
  held(reading: readonly Pass[]): readonly number[];
  /** Time of the oldest event that waits. */
  oldest(): number | undefined;
}

/** Pages that wait for their turn; those whose turn it is never wait. */
const MOST_WAITING = 12;
/** Pieces of one event may differ in time by so much. */
const PIECE_SPREAD_MS = 2000;

interface Waiting extends Portion {
  readonly number: number;
  /** Times of its oldest and newest event. */
  readonly first: number;
  readonly last: number;
}

export function createOrder(): Order {
  /** In the order in which they came. */
  let waiting: readonly Waiting[] = [];
  let count = 0;

  // A window of the same kind that begins earlier comes first.
  function isFirst(pass: Pass, reading: readonly Pass[]): boolean {
    if (pass.lane === 'last') return true;
    return !reading.some(
      ({ id, lane, level, from }) =>
        id !== pass.id && lane === pass.lane && level === pass.level && from < pass.from,
    );
  }

  return {
    add(portion) {
      const times = portion.events.map(({ timestamp }) => timestamp);
      const first = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
      const last = times.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY);
      waiting = [...waiting, { ...portion, number: count++, first, last }];
    },
    take(reading) {
      const taken: Waiting[] = [];
      let left = waiting;
      for (;;) {
        const free = left.filter(
          (portion, i) =>
            isFirst(portion.pass, reading) && !left.slice(0, i).some((before) => overlap(before, portion)),
        );
        const next = free.reduce<Waiting | undefined>(
          (least, portion) => (least === undefined || portion.pass.from < least.pass.from ? portion : least),
          undefined,
        );
        if (next === undefined) break;
        taken.push(next);
        left = left.filter((portion) => portion !== next);
      }
      waiting = left;
      return taken;
    },
    held(reading) {
      if (waiting.length < MOST_WAITING) return [];
      return reading.filter((pass) => !isFirst(pass, reading)).map(({ id }) => id);
    },
    oldest: () =>
      waiting.reduce<number | undefined>((least, { first }) => Math.min(least ?? first, first), undefined),
  };
}

// Pieces of an event that were found earlier are handed on earlier, whoever found them.
function overlap(a: Waiting, b: Waiting): boolean {
  return a.first <= b.last + PIECE_SPREAD_MS && b.first <= a.last + PIECE_SPREAD_MS;
}
