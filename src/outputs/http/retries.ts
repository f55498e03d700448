// How long http_output waits for a receiver that is away. While a source is live, it can wait; a run over a file is to
// end with it, as Falco's does, so it waits for no more than a receiver that is being started.

import type { RetryPolicy } from '../delivery/retry.js';
import type { LossReason } from '../output.js';
import type { HttpSettings } from '../settings.js';

interface HttpRetries {
  readonly policy: RetryPolicy;
  /** How long a connection may stay silent, milliseconds; libcurl's if not given. */
  readonly timeoutMs?: number;
  /** Time-outs that the output itself tries again; Falco's number if not given. */
  readonly timeouts?: number;
}

const LIVE_SECONDS = 300;
const FILE_SECONDS = 10;
/** Nothing of the alert has reached the receiver. */
const UNREACHABLE: ReadonlySet<LossReason> = new Set(['unreachable']);

const SHORTEST_TIMEOUT_MS = 10_000;
const LONGEST_TIMEOUT_MS = 300_000;

/** @param live whether a source can wait */
export function httpRetries({ maxRetrySeconds }: HttpSettings, live: boolean): HttpRetries {
  if (maxRetrySeconds === undefined && !live)
    return { policy: { maxMs: FILE_SECONDS * 1000, reasons: UNREACHABLE } };
  const maxMs = (maxRetrySeconds ?? LIVE_SECONDS) * 1000;
  if (maxMs === 0) return { policy: { maxMs } };
  // Several tries must fit in, also with a receiver that takes connections and is silent.
  const timeoutMs = Math.min(LONGEST_TIMEOUT_MS, Math.max(SHORTEST_TIMEOUT_MS, maxMs / 10));
  return { policy: { maxMs }, timeoutMs, timeouts: 0 };
}
