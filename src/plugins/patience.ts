// How sources wait for a service that is in trouble: longer and longer, with chance in it, never beyond a minute, and as long
// as the service itself asks for.

import { type Clock, systemClock } from '../sources/cloudwatch/clock.js';

export interface Patience {
  /** Waits before the next try. @param asked milliseconds that the service asks for */
  wait(signal: AbortSignal, asked?: number): Promise<void>;
  /** It works again. */
  reset(): void;
}

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

export function createPatience(clock: Clock = systemClock): Patience {
  let next = FIRST_MS;
  return {
    async wait(signal, asked = 0) {
      const pause = next * (0.5 + clock.random() / 2);
      next = Math.min(next * 2, LONGEST_MS);
      await clock.sleep(Math.max(pause, asked), signal);
    },
    reset() {
      next = FIRST_MS;
    },
  };
}
