// Calls on their way, one a lane. In: calls that were sent. Out: the next answer, or word that the time is up.

import type { Answer } from './calls.js';
import type { Clock } from './clock.js';
import type { Lane } from './cursor/cursor-state.js';

export interface Landed {
  readonly lane: Lane;
  readonly answer: Answer;
  /** When it was sent, in elapsed milliseconds. */
  readonly sent: number;
}

export interface Flights {
  /** Lanes that wait for an answer. */
  busy(): ReadonlySet<Lane>;
  /** Takes note of a call that was sent just now. */
  send(lane: Lane, answer: Promise<Answer>): void;
  /**
   * The first answer that comes within so many milliseconds; undefined: none came. Errors: those of the calls.
   * The signal ends the calls, and so this.
   */
  next(ms: number, signal: AbortSignal): Promise<Landed | undefined>;
}

/** A lane may wait for the other's answer without saying so: look again soon. */
const SHORT_MS = 20;

export function createFlights(clock: Clock): Flights {
  const flights = new Map<Lane, Promise<Landed>>();

  async function first(ms: number): Promise<Landed | undefined> {
    const over = new AbortController();
    const waits: Promise<Landed | undefined>[] = [...flights.values()];
    if (Number.isFinite(ms))
      waits.push(clock.sleep(Math.max(ms, SHORT_MS), over.signal).then(() => undefined));
    try {
      return await Promise.race(waits);
    } finally {
      over.abort();
    }
  }

  return {
    busy: () => new Set(flights.keys()),
    send(lane, answer) {
      const sent = clock.elapsed();
      const flight = answer.then((got) => ({ lane, answer: got, sent }));
      // Where two calls fail, the first one's error ends the source, and the second one's is the same.
      flight.catch(() => {});
      flights.set(lane, flight);
    },
    async next(ms, signal) {
      if (flights.size === 0) {
        await clock.sleep(ms, signal);
        return undefined;
      }
      const landed = await first(ms);
      if (landed !== undefined) flights.delete(landed.lane);
      return landed;
    },
  };
}
