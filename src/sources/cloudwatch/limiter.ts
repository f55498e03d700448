// One limiter of calls for each account and region, shared by all clusters there: the quota of FilterLogEvents is
// shared by everyone in the account and cannot be raised. In: wishes to call. Out: turns. Slows down when throttled.

import type { Clock } from './clock.js';

export interface Limiter {
  /** Resolves when the caller may send one request; at once after an abort. */
  turn(signal: AbortSignal): Promise<void>;
  throttled(): void;
  succeeded(): void;
  /** Calls a second allowed now. */
  rate(): number;
}

const BURST = 2;
/** Shares of the full rate: the least that is left, and what each call that gets through gives back. */
const SLOWEST = 0.05;
const RECOVERY = 0.02;

export function createLimiter(perSecond: number, clock: Clock): Limiter {
  let rate = perSecond;
  let next = Number.NEGATIVE_INFINITY;
  return {
    async turn(signal) {
      const gap = 1000 / rate;
      const now = clock.elapsed();
      const at = Math.max(now - (BURST - 1) * gap, next);
      next = at + gap;
      if (at > now) await clock.sleep(at - now, signal);
    },
    throttled() {
      rate = Math.max(perSecond * SLOWEST, rate / 2);
    },
    succeeded() {
      rate = Math.min(perSecond, rate + perSecond * RECOVERY);
    },
    rate: () => rate,
  };
}

/** Quotas of FilterLogEvents, calls a second for an account and region, where they are not 10. */
const QUOTAS: Readonly<Record<string, number>> = {
  'us-east-1': 25,
  'ap-northeast-3': 5,
  'ap-southeast-3': 5,
  'ca-west-1': 5,
  'eu-central-1': 5,
  'il-central-1': 5,
};

/** Half of the region's quota: the other half is for people and other tools. */
export function defaultRate(region: string | undefined): number {
  return (QUOTAS[region ?? ''] ?? 10) / 2;
}
