// Time and chance, injected so that tests can own them.

import { setTimeout as delay } from 'node:timers/promises';

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
  sleep: (ms, signal) => delay(Math.min(ms, LONGEST_MS), undefined, { signal }).catch(() => {}),
  random: Math.random,
};
