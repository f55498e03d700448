// Event time of several sources. In: how far each has come. Out: the time before which no event comes any more, as far as
// they keep within the lateness. The one that is furthest behind counts; one that is silent for long holds nobody up.

export interface SourceClock {
  /** An event of this time, microseconds. */
  seen(time: number): void;
  /** No event before this time, microseconds, comes any more: the source itself says so. */
  settled(time: number): void;
  /** Nothing comes any more. */
  end(): void;
}

export interface Clock {
  open(): SourceClock;
  /** Microseconds; -Infinity: nothing is known. */
  passed(): number;
  /** The latest time of all. */
  latest(): number;
}

interface Hand {
  time: number;
  /** What the source says of itself; undefined: nothing. */
  settled: number | undefined;
  /** When an event came last, milliseconds of this machine. */
  heard: number;
}

const MICROS_PER_MS = 1000;
/** A source that is silent for so long as the lateness counts no more, but not before. */
const LEAST_SILENCE_MS = 30_000;

/** @param lateness microseconds @param now of this machine, milliseconds */
export function createClock(lateness: number, now: () => number = Date.now): Clock {
  const hands = new Set<Hand>();
  const silence = Math.max(LEAST_SILENCE_MS, lateness / MICROS_PER_MS);
  let latest = Number.NEGATIVE_INFINITY;

  // While nothing comes from anywhere, time goes on by this machine's clock.
  function idle(): number {
    let heard = Number.NEGATIVE_INFINITY;
    for (const hand of hands) {
      if (hand.settled !== undefined) return 0;
      heard = Math.max(heard, hand.heard);
    }
    return Number.isFinite(heard) ? Math.max(0, now() - heard - silence) : 0;
  }

  return {
    open() {
      const hand: Hand = { time: Number.NEGATIVE_INFINITY, settled: undefined, heard: now() };
      hands.add(hand);
      return {
        seen(time) {
          hand.heard = now();
          if (time > hand.time) hand.time = time;
          if (time > latest) latest = time;
        },
        settled(time) {
          hand.settled = Math.max(hand.settled ?? Number.NEGATIVE_INFINITY, time);
        },
        end: () => void hands.delete(hand),
      };
    },
    passed() {
      let least = latest - lateness;
      const since = now() - silence;
      // A source that is silent holds nobody up, unless it says itself how far it has come.
      for (const { time, settled, heard } of hands) {
        if (settled !== undefined) least = Math.min(least, settled);
        else if (hands.size === 1 || heard > since) least = Math.min(least, time - lateness);
      }
      // Where all sources have ended, nothing comes late any more.
      if (hands.size === 0) return latest + 1;
      return least + idle() * MICROS_PER_MS;
    },
    latest: () => latest,
  };
}
