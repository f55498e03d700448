// What people hear of a source's troubles: the first time at once, then once a minute, then that it is over.

import type { SourceLog } from '../source.js';
import type { ClientFault } from './client-types.js';
import type { Clock } from './clock.js';

export interface Reporter {
  fault(fault: ClientFault): void;
  /** A call got through. */
  recovered(): void;
  /** A checkpoint could not be written: at once, then once a minute. */
  unsaved(message: string): void;
  /** It could be written. */
  saved(): void;
  /** What is no fault. */
  note(message: string): void;
  /** Something that must not be lost silently. Above 20 a minute only the count is told. */
  damaged(message: string): void;
}

const EVERY_MS = 60_000;
const DAMAGED_AT_ONCE = 20;
/** Faults that were over sooner need no word about their end. */
const WORTH_AN_END_MS = 5000;

export function createReporter(log: SourceLog, cluster: string, clock: Clock): Reporter {
  let lastFault = Number.NEGATIVE_INFINITY;
  let since: number | undefined;
  let faults = 0;
  let unsavedSince: number | undefined;
  let lastUnsaved = Number.NEGATIVE_INFINITY;
  let window = Number.NEGATIVE_INFINITY;
  let damaged = 0;

  return {
    fault(fault) {
      const now = clock.elapsed();
      since ??= now;
      faults++;
      if (now - lastFault < EVERY_MS) return;
      const more = faults > 1 ? ` (${faults} calls failed since the last such line)` : '';
      log(fault.kind === 'configuration' ? 'error' : 'warning', `${cluster}: ${fault.message}${more}`);
      lastFault = now;
      faults = 0;
    },
    recovered() {
      if (since === undefined) return;
      const seconds = (clock.elapsed() - since) / 1000;
      since = undefined;
      if (seconds * 1000 >= WORTH_AN_END_MS)
        log('info', `${cluster}: reading again after ${seconds.toFixed(0)} s of trouble`);
    },
    unsaved(message) {
      const now = clock.elapsed();
      unsavedSince ??= now;
      if (now - lastUnsaved < EVERY_MS) return;
      lastUnsaved = now;
      log('error', `${cluster}: ${message}; alerts go on, and would come again after a crash`);
    },
    saved() {
      if (unsavedSince === undefined) return;
      const seconds = (clock.elapsed() - unsavedSince) / 1000;
      unsavedSince = undefined;
      log('info', `${cluster}: the checkpoint is written again after ${seconds.toFixed(0)} s`);
    },
    note: (message) => log('info', `${cluster}: ${message}`),
    damaged(message) {
      const now = clock.elapsed();
      if (now - window >= EVERY_MS) {
        if (damaged > DAMAGED_AT_ONCE)
          log('error', `${cluster}: ${damaged - DAMAGED_AT_ONCE} more such lines`);
        window = now;
        damaged = 0;
      }
      if (++damaged <= DAMAGED_AT_ONCE) log('error', `${cluster}: ${message}`);
    },
  };
}
