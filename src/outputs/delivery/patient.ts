// In: an output that fails for a while: a receiver that restarts, a full disk. Out: an output that tries again, in order
// and without a gap. Alerts wait meanwhile, so that the other outputs go on; when too many wait, so does whoever writes,
// and in the end the source. Falco gives an alert up at the first failure.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Losses } from '../losses.js';
import { type Message, type Output, OutputError, type OutputsLog } from '../output.js';
import { createBounds, portionAt } from './bounds.js';
import { createOutage, type RetryPolicy } from './retry.js';

export interface PatientOptions {
  readonly policy: RetryPolicy;
  /** Messages that the output gets in one call. */
  readonly portion: number;
  readonly losses: Losses;
  readonly log: OutputsLog;
  /** What a predecessor has not delivered. */
  readonly pending?: readonly Message[];
}

/** Stands before an output that throws OutputErrors. */
export function createPatientOutput(output: Output, options: PatientOptions): Output {
  const { policy, portion, losses, log, pending = [] } = options;
  const { name } = output;
  const outage = createOutage(name, policy, log);
  const bounds = createBounds();
  const backlog: Message[] = [];
  const stop = new AbortController();
  let trying: Promise<void> | undefined;
  let gaveUp = false;
  let handedOver: Message[] | undefined;

  /** @returns messages to be handed over again, after so many milliseconds */
  async function attempt(
    messages: readonly Message[],
  ): Promise<{ again: readonly Message[]; afterMs: number }> {
    try {
      await output.write(messages);
      outage.over();
      return { again: [], afterMs: 0 };
    } catch (error) {
      if (!(error instanceof OutputError)) throw error;
      const { reason, undelivered, again } = error.failed;
      const afterMs = stop.signal.aborted ? undefined : outage.failed(error);
      if (afterMs !== undefined) return { again: undelivered, afterMs };
      if (handedOver !== undefined && again) handedOver.push(...undelivered);
      else if (stop.signal.aborted && again) giveUp(undelivered, error.message);
      else losses.report(name, reason, error.message, undelivered);
      return { again: [], afterMs: 0 };
    }
  }

  function giveUp(messages: readonly Message[], why: string): void {
    gaveUp ||= messages.length > 0;
    losses.report(name, 'stopped', `${name}: not delivered before the end of the run: ${why}`, messages);
  }

  async function tryAgain(delay: number): Promise<void> {
    let afterMs = delay;
    while (backlog.length > 0) {
      if (afterMs > 0) await sleep(afterMs, undefined, { signal: stop.signal }).catch(() => {});
      if (stop.signal.aborted) break;
      const messages = backlog.splice(0, portionAt(backlog, 0, portion));
      const tried = await attempt(messages);
      backlog.unshift(...tried.again);
      bounds.leave(messages);
      bounds.enter(tried.again);
      afterMs = tried.afterMs;
    }
    const rest = backlog.splice(0);
    bounds.leave(rest);
    if (handedOver !== undefined) handedOver.push(...rest);
    else if (rest.length > 0) giveUp(rest, 'it was still being tried');
    trying = undefined;
  }

  function keep(messages: readonly Message[], delay: number): void {
    backlog.push(...messages);
    bounds.enter(messages);
    trying ??= tryAgain(delay);
  }

  if (pending.length > 0) keep(pending, 0);

  return {
    ...output,
    async write(messages) {
      for (let at = 0; at < messages.length; ) {
        if (handedOver !== undefined) {
          handedOver.push(...messages.slice(at));
          return;
        }
        if (trying !== undefined) {
          keep(messages.slice(at), 0);
          await bounds.room();
          return;
        }
        const now = messages.slice(at, at + portionAt(messages, at, portion));
        at += now.length;
        const { again, afterMs } = await attempt(now);
        if (again.length > 0) keep(again, afterMs);
      }
    },
    async flush() {
      await trying;
      const complete = (await output.flush?.()) ?? true;
      return complete && !gaveUp && (handedOver ?? []).length === 0;
    },
    waits: () => trying !== undefined && !stop.signal.aborted,
    letGo() {
      handedOver ??= [];
      stop.abort();
      bounds.open();
      return handedOver;
    },
    abandon() {
      stop.abort();
      bounds.open();
      output.abandon?.();
    },
    async close() {
      await trying;
      await output.close();
    },
  };
}
