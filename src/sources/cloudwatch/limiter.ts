// One limiter of calls for each account and region, shared by all clusters there: the quota of FilterLogEvents is
// shared by everyone in the account and cannot be raised. In: wishes to call. Out: turns. Slows down when throttled.

import type { Clock } from './clock.js';

export interface Limiter {
  /**
   * Resolves when the caller may send one request; at once after an abort.
   * @param urgent goes before those that are not
   */
  turn(signal: AbortSignal, urgent?: boolean): Promise<void>;
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
  let serving = false;
  const urgent: (() => void)[] = [];
  const others: (() => void)[] = [];

  function isFree(now: number): boolean {
    const gap = 1000 / rate;
    const at = Math.max(now - (BURST - 1) * gap, next);
    if (at > now) return false;
    next = at + gap;
    return true;
  }

  // One after the other; whoever is urgent comes first when a turn comes, however long others have waited.
  async function serve(): Promise<void> {
    serving = true;
    while (urgent.length + others.length > 0) {
      const now = clock.elapsed();
      if (isFree(now)) (urgent.shift() ?? others.shift())!();
      else await clock.sleep(next - now, NEVER);
    }
    serving = false;
  }

  return {
    async turn(signal, isUrgent = false) {
      if (signal.aborted) return;
      if (!serving && isFree(clock.elapsed())) return;
      await new Promise<void>((resolve) => {
        const queue = isUrgent ? urgent : others;
        const go = (): void => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const leave = (): void => {
          queue.splice(queue.indexOf(go), 1);
          resolve();
        };
        queue.push(go);
        signal.addEventListener('abort', leave, { once: true });
        if (!serving) void serve();
      });
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

const NEVER = new AbortController().signal;

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
