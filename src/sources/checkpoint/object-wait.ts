// Whoever wants an object that another process has waits until that one lets it go, or gives no sign of life any more. In:
// the object's contents, as they change. Out: a try to take it. Clocks are never compared: only one's own tells how long an
// object has stayed as it is.

import type { Clock } from '../cloudwatch/clock.js';
import { SourceError, type SourceLog } from '../source.js';
import type { Found, ObjectClient } from './object-client.js';
import { unpack } from './object-content.js';
import { nameOf } from './store.js';

export interface WaitOptions {
  readonly place: string;
  readonly client: ObjectClient;
  readonly clock: Clock;
  readonly log: SourceLog;
  /** Id of this process: what stands there may be a write of its own whose answer got lost. */
  readonly me: string;
  /** Writes it in place of this content. @returns false: someone else was quicker */
  readonly take: (found: Found | undefined) => Promise<boolean>;
}

/** So long an object must stay as it is before its owner counts as gone. */
export const LEASE_MS = 4000;
const LOOK_MS = 500;
const CALL_MS = 2000;
const SAY_MS = 60_000;

/** @returns false: after the abort. Errors: SourceError, where the first look already says that it cannot be. */
export async function waitForObject(options: WaitOptions, signal: AbortSignal): Promise<boolean> {
  const { client, clock, take } = options;
  const say = createSayer(options);
  let seen: Found | undefined;
  let quiet = 0;
  let looked = clock.elapsed();
  let reached = false;
  while (!signal.aborted) {
    try {
      const found = await client.get(seen?.tag, AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]));
      const now = clock.elapsed();
      // Only time that was watched counts: this process may have stood still itself.
      quiet = found === 'same' ? quiet + Math.min(now - looked, 2 * LOOK_MS) : 0;
      looked = now;
      if (found !== 'same') seen = found;
      const content = seen && (await unpack(options.place, seen));
      const isFree = content === undefined || content.free || content.owner.id === options.me;
      if ((isFree || quiet >= LEASE_MS) && (await take(seen))) {
        say.taken();
        return true;
      }
      reached = true;
      if (content !== undefined && !isFree) say.busy(content.owner);
    } catch (error) {
      if (signal.aborted) return false;
      // Once it could be reached, whatever keeps us from it now is waited out.
      if (!(error instanceof SourceError && (error.retryable || reached))) throw error;
      quiet = 0;
      say.fault(error);
    }
    await clock.sleep(LOOK_MS, signal);
  }
  return false;
}

// Once a minute each.
function createSayer({ place, clock, log }: WaitOptions) {
  let busy = Number.NEGATIVE_INFINITY;
  let fault = Number.NEGATIVE_INFINITY;
  return {
    taken(): void {
      if (busy > Number.NEGATIVE_INFINITY) log('info', `checkpoint ${place} is free; going on`);
    },
    busy(owner: { readonly host: string; readonly pid: string }): void {
      if (clock.elapsed() - busy < SAY_MS) return;
      busy = clock.elapsed();
      log('warning', `checkpoint ${place} is in use by ${nameOf(owner)}; standing by`);
    },
    fault(error: SourceError): void {
      if (clock.elapsed() - fault < SAY_MS) return;
      fault = clock.elapsed();
      log('warning', `cannot read checkpoint ${place}: ${error.message}; trying again`);
    },
  };
}
