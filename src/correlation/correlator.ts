// Correlations of a run, from all its sources: matches and alerts of rules in, alerts out. Goes on through reloads, and with
// a journal through restarts. What it decides is the machine's (engine/correlation); here are clocks and the file.

import { createMachine, type Machine } from '../engine/correlation/machine.js';
import type { Counters, Firing, Limits, Match, Plan } from '../engine/correlation/match.js';
import { restoreMachine, takeSnapshot } from '../engine/correlation/snapshot.js';
import type { Alert } from '../engine/rules/alert/alert.js';
import { SourceError } from '../sources/source.js';
import { createClock, type SourceClock } from './clock.js';
import type { Journal } from './journal.js';

/** What decides, and how its firings become alerts. */
export interface Correlations {
  readonly plans: readonly Plan[];
  alertOf(firing: Firing): Alert;
}

export interface CorrelatorOptions {
  readonly limits: Limits;
  /** Microseconds. */
  readonly lateness: number;
  /** What the state of before came to; undefined: nothing is remembered. */
  readonly opened?: { readonly machine: Machine; readonly journal: Journal } | undefined;
  /** Hears, at a bounded rate, of what was given up. */
  readonly warn: (message: string, kind: string) => void;
}

export interface Correlator {
  /** Whether there is anything to correlate. */
  isActive(): boolean;
  /** Whether its state outlives this run. */
  isKept(): boolean;
  /** Other rules from now on; state of correlations that mean the same stays. */
  use(correlations: Correlations): void;
  /** A source that begins. */
  open(): SourceClock;
  /** An event that met a step. */
  match(match: Match): void;
  /** Whether an alert of a rule is shown; those without `suppress` are. */
  admit(alert: Alert): boolean;
  /** Alerts that have come about; to be asked for behind a payload's own. */
  settle(): readonly Alert[];
  /** Nothing comes any more: decides what waits. */
  finish(): readonly Alert[];
  /** Remembers what has happened, if anything is remembered. @returns whether it is safe: sources may commit */
  save(): Promise<boolean>;
  counters(): Readonly<Counters>;
  sizes(): ReturnType<Machine['sizes']>;
}

export function createCorrelator(options: CorrelatorOptions, first: Correlations): Correlator {
  const { limits, lateness, opened, warn } = options;
  const clock = createClock(lateness);
  const journal = opened?.journal;
  let correlations = first;
  let machine = opened?.machine ?? createMachine({ plans: first.plans, limits });
  let alerts: Alert[] = [];
  let before: Counters | undefined;
  let matched = Number.NEGATIVE_INFINITY;

  function take(firings: readonly Firing[]): void {
    for (const firing of firings) alerts.push(correlations.alertOf(firing));
  }

  function taken(): readonly Alert[] {
    const all = alerts;
    if (all.length > 0) alerts = [];
    return all;
  }

  function complain(): void {
    const { evicted, early } = machine.counters;
    if (evicted > (before?.evicted ?? 0))
      warn(
        `correlations have too many groups or events: the least recently active groups go (${evicted} so far); tsfalco.correlation.max_groups and max_events bound them`,
        'evicted',
      );
    if (early > (before?.early ?? 0))
      warn(
        `too many matches wait for the lateness of events: ${early} were decided early so far; tsfalco.correlation.max_waiting bounds them`,
        'early',
      );
    before = { ...machine.counters };
  }

  return {
    isActive: () => correlations.plans.length > 0,
    isKept: () => journal !== undefined,
    use(next) {
      const snapshot = takeSnapshot(machine);
      const counters = machine.counters;
      machine = restoreMachine({ plans: next.plans, limits, counters }, snapshot);
      correlations = next;
      journal?.renew();
    },
    open: () => clock.open(),
    match(match) {
      journal?.note({ match });
      if (match.time > matched) matched = match.time;
      take(machine.add(match));
    },
    admit(alert) {
      const { throttle } = alert;
      if (throttle === undefined) return true;
      journal?.note({ alert: throttle });
      const { shown, summary } = machine.throttle(throttle);
      if (summary !== undefined) take([summary]);
      return shown;
    },
    settle() {
      // Without lateness an alert does not wait for the next event.
      const time = lateness === 0 ? Math.max(clock.passed(), matched + 1) : clock.passed();
      if (time > machine.parts.now) {
        journal?.note({ time });
        take(machine.advance(time));
        complain();
      }
      return taken();
    },
    finish() {
      const latest = clock.latest();
      take(machine.finish(Number.isFinite(latest) ? latest : undefined));
      journal?.renew();
      return taken();
    },
    async save() {
      try {
        if (correlations.plans.length > 0) await journal?.save(machine);
        return true;
      } catch (error) {
        if (!(error instanceof SourceError && error.retryable)) throw error;
        warn(`${error.message}; sources commit when it can be written again`, 'unsaved');
        return false;
      }
    },
    counters: () => machine.counters,
    sizes: () => machine.sizes(),
  };
}
