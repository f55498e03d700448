// Time and chance, injected so that tests can own them.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some moment; nobody can set it. */
  elapsed(): number;
  /** Resolves after that many milliseconds, or at once when the signal fires; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** 0 ≤ x < 1. */
  random(): number;
}

/** What a timer takes; beyond it would go off at once. */
const LONGEST_MS = 0x7fff_ffff;

export const systemClock: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
  // Not by node:timers/promises, which makes an error of each sleep that is ended.
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(ms, LONGEST_MS));
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
    }),
  random: Math.random,
};
