// Calls that do not give up. In: a client, a limiter, a clock. Out: a page, or word that there was none and that what
// had to be waited for has been waited for. Only what a person must mend ends them.

import { SourceError } from '../source.js';
import { ClientFault, type LogClient, type LogPage, type LogRequest } from './client-types.js';
import type { Clock } from './clock.js';
import type { Limiter } from './limiter.js';
import type { Counters } from './metrics.js';
import type { Reporter } from './reporter.js';

export interface CallOptions {
  /** Which of the clusters: any name of its own. */
  readonly place: string;
  readonly client: LogClient;
  readonly limiter: Limiter;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly reporter: Reporter;
  readonly company: Company;
  /** Calls in a row that may fail before the first one got through; undefined: any number. */
  readonly maxTries: number | undefined;
}

/** The clusters that are read side by side: one that is set up wrongly waits for as long as others may be read. */
export interface Company {
  /** A call got through. */
  answered(): void;
  /** Someone must change the configuration of this one. @returns whether it is worth to wait for that */
  stuck(cluster: string): boolean;
}

/** @param clusters how many they are */
export function createCompany(clusters: number): Company {
  const stuck = new Set<string>();
  let answered = false;
  return {
    answered: () => {
      answered = true;
    },
    stuck: (cluster) => {
      stuck.add(cluster);
      return answered || stuck.size < clusters;
    },
  };
}

/** `failed`: ask again. `rejected`: the page token counts no more. */
export type Answer = LogPage | 'failed' | 'rejected';

const BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 30_000;

/** Errors: SourceError. */
export function createCalls(
  options: CallOptions,
): (request: LogRequest, signal: AbortSignal) => Promise<Answer> {
  const { client, limiter, clock, counters, reporter, place, company, maxTries } = options;
  let answered = false;
  let tries = 0;

  // Full jitter, without an end; what only a person can mend ends the source, unless it has worked before.
  async function backOff(fault: ClientFault, signal: AbortSignal): Promise<void> {
    if (fault.kind === 'throttled') {
      counters.throttles++;
      limiter.throttled();
    }
    const final = fault.kind === 'configuration' && !answered && !company.stuck(place);
    const hopeless = maxTries !== undefined && !answered && tries > maxTries;
    if (final || hopeless) throw new SourceError(fault.message, { cause: fault });
    reporter.fault(fault);
    const longest = fault.kind === 'configuration' ? 2 * LONGEST_BACKOFF_MS : LONGEST_BACKOFF_MS;
    const most = Math.min(longest, BACKOFF_MS * 2 ** Math.min(tries - 1, 20));
    await clock.sleep(clock.random() * most, signal);
  }

  return async (request, signal) => {
    await limiter.turn(signal);
    if (signal.aborted) return 'failed';
    counters.calls++;
    try {
      const page = await client.read(request, signal);
      limiter.succeeded();
      reporter.recovered();
      answered = true;
      company.answered();
      tries = 0;
      return page;
    } catch (error) {
      if (signal.aborted) return 'failed';
      if (!(error instanceof ClientFault)) throw error;
      counters.faults++;
      tries++;
      if (error.kind === 'token') {
        counters.rejectedTokens++;
        return 'rejected';
      }
      await backOff(error, signal);
      return 'failed';
    }
  };
}
