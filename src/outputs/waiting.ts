// Writers that wait for room in the queue.

export interface Waiting {
  /** Wakes all who wait. */
  release(): void;
  /** Resolves at the next release; at once when the run is to end. */
  room(): Promise<void>;
}

/** @param signal aborted when the run is to end: nobody waits any more */
export function createWaiting(signal: AbortSignal | undefined): Waiting {
  let resolvers: (() => void)[] = [];
  const release = () => {
    const woken = resolvers;
    resolvers = [];
    for (const resolve of woken) resolve();
  };
  signal?.addEventListener('abort', release, { once: true });
  return {
    release,
    room: (): Promise<void> =>
      signal?.aborted ? Promise.resolve() : new Promise((resolve) => resolvers.push(resolve)),
  };
}
