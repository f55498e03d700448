// What a live source says of itself: one line when it begins, one when nothing comes although the service answers.

import type { SourceLog } from '../source.js';
import type { LogClient } from './client-types.js';
import type { Clock } from './clock.js';

/** `my-cluster: reading log group … in us-east-1 as arn:…, from 2026-08-01T12:00:00.000Z on`; never rejects. */
export async function announce(
  client: LogClient,
  begin: { readonly cluster: string; readonly settled: number; readonly remembered: boolean },
  log: SourceLog,
  signal: AbortSignal,
): Promise<void> {
  const { group, region, caller } = await client.describe(signal);
  if (signal.aborted) return;
  const where = region === undefined ? '' : ` in ${region}`;
  const who = caller === undefined ? '' : ` as ${caller}`;
  const why = begin.remembered ? ' (the checkpoint)' : '';
  const from = new Date(begin.settled + 1).toISOString();
  log('info', `${begin.cluster}: reading log group ${group}${where}${who}, from ${from} on${why}`);
}

export interface SilenceWatch {
  /** The service has answered, with or without events. */
  answered(events: number): void;
}

/** @param afterMs 0: never says anything */
export function createSilenceWatch(
  cluster: string,
  afterMs: number,
  clock: Clock,
  log: SourceLog,
): SilenceWatch {
  let last = clock.elapsed();
  let said = false;
  return {
    answered(events) {
      const now = clock.elapsed();
      const minutes = Math.floor((now - last) / 60_000);
      if (events > 0) {
        if (said) log('info', `${cluster}: events again after ${minutes} minutes`);
        last = now;
        said = false;
      } else if (!said && afterMs > 0 && now - last >= afterMs) {
        said = true;
        log(
          'warning',
          `${cluster}: no event for ${minutes} minutes, though CloudWatch Logs answers: check that the cluster's audit log is on (aws eks describe-cluster --name ${cluster} --query cluster.logging)`,
        );
      }
    },
  };
}
