// The service's time, which events are filtered by. In: this machine's clock and the times in the service's answers.
// Out: now. Once the service has answered, this machine's clock may be set as anyone likes: only the time that has passed
// is taken from it, which after a machine's sleep is too little, and that harms nothing.

import type { LogPage } from './client-types.js';
import type { Clock } from './clock.js';

export interface ServiceClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Takes note of an answer. @returns false where the next answer must confirm what this one says */
  note(page: LogPage): boolean;
}

/** The service tells its time in whole seconds; differences below this are left alone. */
export const UNSURE_MS = 2000;

export function createServiceClock(clock: Clock): ServiceClock {
  /** Service's time less elapsed time. */
  let offset: number | undefined;
  /** The same as one answer gave it, far ahead of what was expected. */
  let claimed: number | undefined;
  const now = (): number => (offset === undefined ? clock.now() : offset + clock.elapsed());

  // What is thought to be over is not read again: one server with a wrong clock must not bring that about.
  function isConfirmed(told: number): boolean {
    const before = claimed;
    claimed = told - clock.elapsed();
    return before !== undefined && Math.abs(claimed - before) <= UNSURE_MS;
  }

  return {
    now,
    note({ serverTime }) {
      const expected = now();
      const told = serverTime === undefined ? expected : serverTime + 500;
      const differs = Math.abs(told - expected) > UNSURE_MS;
      const sure = !(differs && told > expected) || isConfirmed(told);
      if (!differs) claimed = undefined;
      offset = (differs && sure ? told : expected) - clock.elapsed();
      return sure;
    },
  };
}
