// What a run is made of, and Stage: what it does with batches, here or on threads. Types, and when to commit.

import type { Match } from '../engine/correlation/match.js';
import type { Alert, RuleInfo } from '../engine/rules/alert/alert.js';
import type { Event } from '../event.js';
import type { Message, Output } from '../outputs/output.js';
import type { Prefilter } from '../prefilter/prefilter.js';
import type { SelfCheck } from '../prefilter/self-check.js';
import type { Batch, Payload, Source, SourceLog } from '../sources/source.js';
import type { Unwrap } from '../sources/unwrap.js';

/** What events come to together. */
export interface Correlating {
  /** Resolves when events of this source may be evaluated: what they come to before is known. Errors: SourceError. */
  begin(): Promise<void>;
  /** An event that met a step; called by the ruleset, or for what threads found. */
  match(match: Match): void;
  /** Whether an alert of a rule is shown. */
  admit(alert: Alert): boolean;
  /** Events up to this time, whole seconds, have come. */
  seen(seconds: number): void;
  /** No event of this source before this time, milliseconds since the epoch, comes any more; -Infinity: it will say so. */
  settled(time: number): void;
  /** Alerts that have come about by what was told so far. */
  settle(): readonly Alert[];
  /** Remembers it, before the source commits. @returns false: the source must not commit yet */
  save(): Promise<boolean>;
}

/** What the loop needs of a ruleset. */
export interface Evaluator {
  /** Alerts for the event, in order; total. The array may be reused by the next call. */
  evaluate(event: Event, state?: number): readonly Alert[];
  /** Tells which events no rule can match; those are counted and no more. */
  readonly prefilter?: Prefilter | undefined;
  readonly selfCheck?: SelfCheck | undefined;
  /** By the numbers that the prefilter has for them. */
  readonly rules?: readonly { readonly info: RuleInfo }[];
}

export interface RunOptions {
  readonly source: Source;
  readonly unwrap: Unwrap;
  /** The ruleset in force. Asked once a payload, so that another one may take over without losing or doubling an event. */
  readonly ruleset: () => Evaluator;
  /** Each gets every alert, in order. */
  readonly outputs: readonly Output[];
  /** Ends the run soon: what the source has accepted is still evaluated and written. */
  readonly signal: AbortSignal;
  /** Hears of outputs that failed. */
  readonly log: SourceLog;
  /** Every event before it is evaluated (metrics snapshots); what it returns is written before the event's alerts. */
  readonly onEvent?: ((event: Event) => Message | undefined) | undefined;
  /** The same for events that nobody needed to see: how many, and the time of the last of them, whole seconds since the epoch. */
  readonly onPassed?: ((count: number, seconds: number) => Message | undefined) | undefined;
  /** Every alert as it is made (statistics). */
  readonly onAlert?: ((alert: Alert) => void) | undefined;
  /** What its events come to together; undefined while there is nothing of the kind. */
  readonly correlating?: (() => Correlating | undefined) | undefined;
  /** Threads for a backlog, as long as the ruleset in force has some. Not together with a limit. */
  readonly pool?: (() => Pool | undefined) | undefined;
  /**
   * `-M`: the run ends at the first event that is this many seconds of event time, or more, after the first one;
   * that event is not evaluated. A source that stays silent for as long (at least 5 s) ends as well.
   */
  readonly maxSeconds?: number | undefined;
}

export interface Stage {
  /** Takes a batch, whose bytes may be used again when this resolves. @returns false: the rest is not for this run */
  handle(batch: Batch): Promise<boolean>;
  /** Resolves when all that was taken is written and committed. */
  drain(): Promise<void>;
  counts(): { readonly events: number; readonly alerts: number };
}

/** What some payloads came to. */
export interface Evaluated {
  readonly events: number;
  /** Time of the last event, whole seconds since the epoch; 0 if there was none. */
  readonly seconds: number;
  /** In the order of the events. */
  readonly alerts: readonly Alert[];
  /** Steps of correlations that were met, in the order of the events. */
  readonly matches?: readonly Match[] | undefined;
}

/** Evaluates payloads on threads, side by side. */
export interface Pool {
  readonly threads: number;
  /** Copies the payloads before it returns. Errors: Error, when a thread ended. */
  evaluate(payloads: readonly Payload[]): Promise<Evaluated>;
}

/** Whether what events came to together is remembered, so that their source may commit. */
export async function isSaved({ correlating }: RunOptions): Promise<boolean> {
  return (await correlating?.()?.save()) ?? true;
}

/** What alerts on a source's events have in common. */
export function messageParts(source: Source): Pick<Message, 'permit' | 'cluster' | 'carrier'> {
  const { clusterName: cluster, carrier } = source;
  const permit = source.permit?.bind(source);
  return {
    ...(permit && { permit }),
    ...(cluster !== undefined && { cluster }),
    ...(carrier && { carrier }),
  };
}
