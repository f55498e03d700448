// Correlations of events that are simply read one after the other: time goes on by the events themselves, and what fires is
// handed over when it is asked for. For logs and programs; a run has clocks, sources and a memory (src/correlation/).

import { createMachine, type Throttled } from './machine.js';
import type { Firing, Match, Plan } from './match.js';

export interface EventTimeRun {
  match(match: Match): void;
  /** An alert of a rule with `suppress`. @returns whether it is shown */
  admit(throttled: Match): Throttled['shown'];
  /** Events up to this time have come, whole seconds. */
  seen(seconds: number): void;
  /** What has fired. */
  settle(): readonly Firing[];
  /** No more events come. */
  finish(): readonly Firing[];
}

const MICROS = 1_000_000;
const LIMITS = { groups: 100_000, events: 400_000, eventsPerGroup: 1000, waiting: 100_000 };

/** @param lateness how late events may come, seconds; 0: what fires does not wait for the next second */
export function createEventTimeRun(plans: readonly Plan[], lateness: number): EventTimeRun {
  const machine = createMachine({ plans, limits: LIMITS });
  const ahead = lateness === 0 ? MICROS : -lateness * MICROS;
  let latest = Number.NEGATIVE_INFINITY;
  let fired: Firing[] = [];

  // One by one: a log may end with more than a call takes arguments.
  function keep(firings: readonly Firing[]): void {
    for (const firing of firings) fired.push(firing);
  }

  function take(): readonly Firing[] {
    const taken = fired;
    fired = [];
    return taken;
  }

  return {
    match: (match) => keep(machine.add(match)),
    admit(throttled) {
      const { shown, summary } = machine.throttle(throttled);
      if (summary !== undefined) fired.push(summary);
      return shown;
    },
    seen(seconds) {
      latest = Math.max(latest, seconds * MICROS);
    },
    settle() {
      keep(machine.advance(latest + ahead));
      return take();
    },
    finish() {
      keep(machine.finish(Number.isFinite(latest) ? latest : undefined));
      return take();
    },
  };
}
