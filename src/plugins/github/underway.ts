// Deliveries between their request and their alerts. A delivery that is sent again is not read again: it waits with the
// first one, or is known to be done. Only what has left counts as done, so that nothing is lost when the process dies.

export interface Leaving {
  readonly payload: string;
  /** Its alerts have left. */
  left(): void;
}

export interface Underway {
  /**
   * Resolves when the alerts of the delivery have left; undefined: there is no room for it.
   * @param id of the delivery; empty: it has none, and is new
   */
  deliver(id: string, payload: () => string): Promise<void> | undefined;
  /** Deliveries that came again. */
  twice(): number;
}

/** Ids that are remembered of what has left. */
const MOST_KNOWN = 10_000;
const DONE = Promise.resolve();

/** @param push whether there was room */
export function createUnderway(push: (leaving: Leaving) => boolean): Underway {
  const done = new Set<string>();
  const waiting = new Map<string, Promise<void>>();
  let again = 0;

  function remember(id: string): void {
    if (id === '') return;
    waiting.delete(id);
    done.add(id);
    if (done.size > MOST_KNOWN) done.delete(done.values().next().value!);
  }

  return {
    deliver(id, payload) {
      const known = done.has(id) ? DONE : waiting.get(id);
      if (known !== undefined) {
        again++;
        return known;
      }
      let resolve: () => void = () => {};
      const leaving = new Promise<void>((settle) => {
        resolve = settle;
      });
      const left = (): void => {
        remember(id);
        resolve();
      };
      if (!push({ payload: payload(), left })) return undefined;
      if (id !== '') waiting.set(id, leaving);
      return leaving;
    },
    twice: () => again,
  };
}
