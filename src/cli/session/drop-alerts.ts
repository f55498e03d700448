// In: what the sources drop, as it is counted. Out: alerts of the program's own about it, where the configuration wants
// them (`tsfalco.alert_on_drop`): the first at once, then one in half a minute at most, with what came in between.
// Answers to falco's syscall_event_drops, which has the same rate.

import { toBytes } from '../../bytes.js';
import type { InternalAlert } from '../../outputs/internal-alert.js';
import { type DropReason, describeDrops } from '../../sources/drops.js';
import { createTally, type Tally } from '../../tally.js';

export interface DropAlerts {
  add(reason: DropReason, count: number): void;
  /** Sends what has not been sent: the source has ended. */
  settle(): void;
}

const WARNING = 4;
const RULE = 'Falco internal: audit event drop';
const EVERY_MS = 30_000;

/** @param send hands an alert to all outputs */
export function createDropAlerts(
  source: string,
  send: (alert: InternalAlert) => void,
  everyMs = EVERY_MS,
): DropAlerts {
  let held: Tally<DropReason> = createTally();
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    timer = undefined;
    if (held.total() === 0) return;
    send(alertOf(source, held));
    held = createTally();
    timer = setTimeout(flush, everyMs).unref();
  }

  return {
    add(reason, count) {
      held.add(reason, count);
      if (timer === undefined) flush();
    },
    settle() {
      clearTimeout(timer);
      flush();
      clearTimeout(timer);
    },
  };
}

function alertOf(source: string, held: Tally<DropReason>): InternalAlert {
  const entries = held.entries();
  const events = held.total() === 1 ? 'event' : 'events';
  const message = `${RULE}. ${held.total()} ${events} dropped: ${describeDrops(entries)}.`;
  const byReason = entries.map(([reason, count]) => [`n_drops_${reason}`, count] as const);
  return {
    rule: RULE,
    priority: WARNING,
    message: toBytes(message),
    fields: { 'evt.source': source, n_drops: held.total(), ...Object.fromEntries(byReason) },
  };
}
