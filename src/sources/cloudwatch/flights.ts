// Calls on their way, one for each pass. In: calls that were sent. Out: the next answer, or word that the time is up.

import type { Answer } from './calls.js';
import type { Clock } from './clock.js';

export interface Landed {
  /** Number of the pass. */
  readonly pass: number;
  readonly answer: Answer;
  /** When it was sent, in elapsed milliseconds. */
  readonly sent: number;
}

export interface Flights {
  /** Passes that wait for an answer. */
  busy(): ReadonlySet<number>;
  /** Takes note of a call that was sent just now. */
  send(pass: number, answer: Promise<Answer>): void;
  /**
   * The first answer that comes within so many milliseconds; undefined: none came. Errors: those of the calls.
   * The signal ends the wait.
   */
  next(ms: number, signal: AbortSignal): Promise<Landed | undefined>;
}

/** A pass may wait for another one's answer without saying so: look again soon. */
const SHORT_MS = 20;
const OVER = 'over';

export function createFlights(clock: Clock): Flights {
  const flights = new Map<number, Promise<Landed>>();

  return {
    busy: () => new Set(flights.keys()),
    send(pass, answer) {
      const sent = clock.elapsed();
      const flight = answer.then((got) => ({ pass, answer: got, sent }));
      // Where two calls fail, the first one's error ends the source, and the second one's is the same.
      flight.catch(() => {});
      flights.set(pass, flight);
    },
    async next(ms, signal) {
      if (flights.size === 0) {
        await clock.sleep(ms, signal);
        return undefined;
      }
      const over = new AbortController();
      // With a reason of its own, since an error would be made for each wait.
      const stop = (): void => over.abort(OVER);
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      const wait = clock.sleep(Math.max(ms, SHORT_MS), over.signal).then(() => undefined);
      try {
        const landed = await Promise.race([...flights.values(), wait]);
        if (landed !== undefined) flights.delete(landed.pass);
        return landed;
      } finally {
        signal.removeEventListener('abort', stop);
        stop();
      }
    },
  };
}
