// Calls that do not give up. In: a client, a limiter, a clock. Out: a page, or word that there was none and that what
// had to be waited for has been waited for. Only what a person must mend ends them.

import { SourceError } from '../source.js';
import {
  ClientFault,
  type FaultKind,
  type LogClient,
  type LogPage,
  type LogRequest,
} from './client-types.js';
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
  /** Somebody waits: so long without any answer, milliseconds, and it gives up; undefined: never. */
  readonly patience?: number | undefined;
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

/** The first pause, which most faults need no longer than, and by what it grows. */
const BACKOFF_MS = 100;
const GROWTH = 2;
/** What is over soon is noticed soon; throttling needs patience, and what people mend does not haste. */
const LONGEST_BACKOFF_MS: Readonly<Record<FaultKind, number>> = {
  transient: 5000,
  token: 5000,
  throttled: 30_000,
  configuration: 15_000,
};

/** @param urgent goes before calls that are not. Errors: SourceError. */
export type Call = (request: LogRequest, signal: AbortSignal, urgent?: boolean) => Promise<Answer>;

export function createCalls(options: CallOptions): Call {
  const { client, limiter, clock, counters, reporter, place, company, maxTries } = options;
  const { patience = Number.POSITIVE_INFINITY } = options;
  let answered = false;
  let tries = 0;
  /** When the calls in a row that were not answered began; one that is refused for now is answered. */
  let silentSince: number | undefined;
  /** Until then nobody calls: what one call was told, others need not hear. */
  let resting = Number.NEGATIVE_INFINITY;

  // Jitter, without an end; what only a person can mend ends the source, unless it has worked before and nobody waits for it.
  async function backOff(fault: ClientFault, signal: AbortSignal): Promise<void> {
    if (fault.kind === 'throttled') {
      counters.throttles++;
      silentSince = undefined;
      limiter.throttled();
    }
    const mayWait = options.patience === undefined && (answered || company.stuck(place));
    const final = fault.kind === 'configuration' && !mayWait;
    const hopeless = maxTries !== undefined && !answered && tries >= maxTries;
    if (final || hopeless) throw new SourceError(fault.message, { cause: fault });
    silentSince ??= fault.kind === 'throttled' ? undefined : clock.elapsed();
    const silent = clock.elapsed() - (silentSince ?? clock.elapsed());
    if (silent >= patience)
      throw new SourceError(
        `${fault.message.replace('; trying again', '')}; no answer for ${Math.round(silent / 1000)} s`,
        {
          cause: fault,
        },
      );
    reporter.fault(fault);
    const now = clock.elapsed();
    if (now >= resting) {
      tries++;
      const most = Math.min(LONGEST_BACKOFF_MS[fault.kind], BACKOFF_MS * GROWTH ** Math.min(tries - 1, 20));
      resting = now + (0.5 + clock.random() / 2) * most;
    }
    await clock.sleep(resting - now, signal);
  }

  return async (request, signal, urgent) => {
    if (clock.elapsed() < resting) await clock.sleep(resting - clock.elapsed(), signal);
    await limiter.turn(signal, urgent);
    if (signal.aborted) return 'failed';
    counters.calls++;
    try {
      const page = await client.read(request, signal);
      limiter.succeeded();
      reporter.recovered();
      answered = true;
      silentSince = undefined;
      company.answered();
      tries = 0;
      return page;
    } catch (error) {
      if (signal.aborted) return 'failed';
      if (!(error instanceof ClientFault)) throw error;
      counters.faults++;
      if (error.kind === 'token') {
        counters.rejectedTokens++;
        return 'rejected';
      }
      await backOff(error, signal);
      return 'failed';
    }
  };
}
