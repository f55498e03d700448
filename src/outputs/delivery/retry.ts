// In: failures and successes of an output. Out: when to try again. The time counts from the first failure of an outage,
// not from each alert's own, so that a receiver that is gone for good does not slow down everything behind it for ever:
// when the time is up, each alert is tried once until one gets through.

import type { LossReason, OutputError, OutputsLog } from '../output.js';

export interface RetryPolicy {
  /** How long an outage is waited for, milliseconds; 0: not at all. */
  readonly maxMs: number;
  /** Failures that are tried again; all for which it may help, if not given. */
  readonly reasons?: ReadonlySet<LossReason>;
}

export interface Outage {
  /** Milliseconds until the next try, or undefined: what was handed over is lost. */
  failed(error: OutputError): number | undefined;
  /** Something got through. */
  over(): void;
}

const FIRST_MS = 100;
const LONGEST_MS = 5000;

/** Says when an outage begins, when it is over, and when it has lasted too long. */
export function createOutage(
  name: string,
  { maxMs, reasons }: RetryPolicy,
  log: OutputsLog,
  now: () => number = () => performance.now(),
): Outage {
  let begun: number | undefined;
  let tries = 0;
  let tooLong = false;
  const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;
  return {
    failed({ message, failed: { again, reason, afterMs } }) {
      if (!again || maxMs === 0 || reasons?.has(reason) === false) return undefined;
      if (begun === undefined) {
        begun = now();
        tries = 0;
        log('warning', `${name}: trying again for ${seconds(maxMs)} at most: ${message}`);
      }
      if (tooLong) return undefined;
      const left = begun + maxMs - now();
      if (left <= 0) {
        tooLong = true;
        log('error', `${name}: no success within ${seconds(maxMs)}; alerts that fail are lost from now on`);
        return undefined;
      }
      return Math.min(left, Math.max(afterMs, Math.min(LONGEST_MS, FIRST_MS * 2 ** tries++)));
    },
    over() {
      if (begun === undefined) return;
      log('notice', `${name}: delivers again, after ${seconds(now() - begun)}`);
      begun = undefined;
      tooLong = false;
    },
  };
}
