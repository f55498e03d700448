// Correlations of a run, from all its sources: matches and alerts of rules in, alerts out. Goes on through reloads, and with
// a journal through restarts. What it decides is the machine's (engine/correlation); here are clocks and the file.

import { createMachine, type Machine } from '../engine/correlation/machine.js';
import type { Counters, Firing, Limits, Match, Plan } from '../engine/correlation/match.js';
import { restoreMachine, takeSnapshot } from '../engine/correlation/snapshot.js';
import type { Alert } from '../engine/rules/alert/alert.js';
import type { Checkpoint } from '../sources/checkpoint/store.js';
import { SourceError } from '../sources/source.js';
import { createClock, type SourceClock } from './clock.js';
import type { Journal } from './journal.js';

/** What decides, and how its firings become alerts. */
export interface Correlations {
  readonly plans: readonly Plan[];
  /** Whether it is shown, or only counts. */
  isAlert(firing: Firing): boolean;
  alertOf(firing: Firing): Alert;
}

export interface CorrelatorOptions {
  readonly limits: Limits;
  /** Microseconds. */
  readonly lateness: number;
  /**
   * Opens what the run before has left; undefined: nothing is remembered. Called by begin(), once.
   * @param beside where a source keeps it together with its place
   * @returns undefined: nothing can be remembered. Errors: SourceError.
   */
  readonly open?:
    | ((plans: readonly Plan[], beside: Checkpoint<object> | undefined) => Promise<Opened | undefined>)
    | undefined;
  /** Hears, at a bounded rate, of what was given up. */
  readonly warn: (message: string, kind: string) => void;
}

/** What the state of before came to. */
export interface Opened {
  readonly machine: Machine;
  readonly journal: Journal;
  /** The next run may have it. */
  readonly release?: (() => Promise<void>) | undefined;
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
  /**
   * Goes on from what the run before has left. Before that, while another process has it, matches are held. Once; later
   * calls wait for the first. Errors: SourceError.
   */
  begin(beside?: Checkpoint<object>): Promise<void>;
  /** Waits for begin() if it has been called. */
  begun(): Promise<void>;
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
  /** The next run may have what is remembered. */
  close(): Promise<void>;
  counters(): Readonly<Counters>;
  sizes(): ReturnType<Machine['sizes']>;
}

/** An event so far ahead of this machine's clock, milliseconds, says nothing of the time: all others would be late. */
const MOST_AHEAD_MS = 3_600_000;

export function createCorrelator(options: CorrelatorOptions, first: Correlations): Correlator {
  const { limits, lateness, warn } = options;
  const clock = createClock(lateness);
  let journal: Journal | undefined;
  let correlations = first;
  let machine = createMachine({ plans: first.plans, limits });
  let beginning: Promise<void> | undefined;
  let release: Opened['release'];
  // What came before the state of before was opened.
  let held: Match[] | undefined = options.open === undefined ? undefined : [];
  let dropped = 0;
  let alerts: Alert[] = [];
  let before: Counters | undefined;
  let matched = Number.NEGATIVE_INFINITY;

  function isAhead(time: number): boolean {
    if (time <= (Date.now() + MOST_AHEAD_MS) * 1000) return false;
    warn(
      "events say that it is more than an hour later than this machine's clock does: for correlations time does not go on by them",
      'ahead',
    );
    return true;
  }

  function take(firings: readonly Firing[]): void {
    for (const firing of firings) if (correlations.isAlert(firing)) alerts.push(correlations.alertOf(firing));
  }

  function taken(): readonly Alert[] {
    const all = alerts;
    if (all.length > 0) alerts = [];
    return all;
  }

  function complain(): void {
    const { evicted, early } = machine.counters;
    if (evicted === before?.evicted && early === before.early) return;
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

  function match(found: Match): void {
    if (held !== undefined) {
      if (held.length < limits.waiting) held.push(found);
      else dropped++;
      return;
    }
    journal?.note({ match: found });
    if (found.time > matched && !isAhead(found.time)) matched = found.time;
    take(machine.add(found));
  }

  // Who comes here first is the first to know that the state is this process's.
  async function open(beside: Checkpoint<object> | undefined): Promise<void> {
    const opened = await options.open?.(correlations.plans, beside);
    if (opened !== undefined) {
      ({ machine, journal, release } = opened);
      if (machine.plans !== correlations.plans) use(correlations);
    }
    goOn();
  }

  function goOn(): void {
    const all = held ?? [];
    held = undefined;
    for (const each of all) match(each);
    if (dropped > 0)
      warn(
        `${dropped} matches of correlations were given up: more than tsfalco.correlation.max_waiting came before the state of the run before could be opened`,
        'dropped',
      );
  }

  function use(next: Correlations): void {
    const snapshot = takeSnapshot(machine);
    const { counters } = machine;
    machine = restoreMachine({ plans: next.plans, limits, counters }, snapshot);
    correlations = next;
    journal?.renew();
  }

  return {
    isActive: () => correlations.plans.length > 0,
    isKept: () => journal !== undefined,
    use,
    open() {
      const hand = clock.open();
      return { ...hand, seen: (time) => (isAhead(time) ? undefined : hand.seen(time)) };
    },
    begin: (beside) => (beginning ??= open(beside)),
    begun: async () => beginning,
    close: async () => release?.(),
    match,
    admit(alert) {
      const { throttle } = alert;
      if (throttle === undefined) return true;
      journal?.note({ alert: throttle });
      const { shown, summary } = machine.throttle(throttle);
      if (summary !== undefined) take([summary]);
      return shown;
    },
    settle() {
      if (held !== undefined) return [];
      // Without lateness an alert does not wait for the next event.
      const time = lateness === 0 ? Math.max(clock.passed(), matched + 1) : clock.passed();
      if (time > machine.parts.now) {
        journal?.note({ time });
        take(machine.advance(time));
      }
      // Where matches are decided early, time has passed already.
      complain();
      return taken();
    },
    finish() {
      goOn();
      const latest = clock.latest();
      take(machine.finish(Number.isFinite(latest) ? latest : undefined));
      journal?.renew();
      return taken();
    },
    async save() {
      try {
        if (correlations.plans.length > 0 && (await journal?.save(machine)) === false)
          warn(
            'the state of correlations is too large to be kept in S3 with the checkpoint: after a restart windows begin anew; tsfalco.correlation.state names a file for it, max_groups and max_events bound it',
            'large',
          );
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
