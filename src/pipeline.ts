// The run loop: source → unwrap → ruleset → outputs, then commit. In: the parts, ready made. Out: how it ended.
// A batch's alerts go to the outputs in one write, and the source is told that a batch is done only after they left;
// so a crash repeats at most what came after the last commit, and loses nothing. Answers to falco's do_inspect.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Alert } from './engine/rules/alert.js';
import type { Event } from './event.js';
import type { Message, Output } from './outputs/output.js';
import type { Screen } from './screen.js';
import type { Batch, Payload, Source, SourceLog } from './sources/source.js';
import type { Unwrap } from './sources/unwrap.js';

/** What the loop needs of a ruleset. */
export interface Evaluator {
  /** Alerts for the event, in order; total. The array may be reused by the next call. */
  evaluate(event: Event, state?: number): readonly Alert[];
  /** Tells which events no rule can match; those are counted and no more. */
  readonly screen?: Screen | undefined;
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
  /** The same for events that no rule can match: how many, and the time of the last of them, whole seconds since the epoch. */
  readonly onPassed?: ((count: number, seconds: number) => Message | undefined) | undefined;
  /** Every alert as it is made (statistics). */
  readonly onAlert?: ((alert: Alert) => void) | undefined;
  /**
   * `-M`: the run ends at the first event that is this many seconds of event time, or more, after the first one;
   * that event is not evaluated. A source that stays silent for as long (at least 5 s) ends as well.
   */
  readonly maxSeconds?: number | undefined;
}

export interface RunResult {
  /** Events evaluated. */
  readonly events: number;
  readonly alerts: number;
  /** `end`: the source ended by itself; `limit`: maxSeconds; `aborted`: the signal. */
  readonly ended: 'end' | 'limit' | 'aborted';
}

/** Alerts that are held back at most before they are written, also in the middle of a batch. */
const MAX_HELD = 1024;
/** The loop gives way to signals, timers and connections at least this often. */
const TURN_MS = 20;
/** A source is never called silent before this time. */
const MIN_SILENCE_MS = 5000;

/** Runs until the source ends, the limit is reached or the signal fires. Errors: SourceError. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { source, outputs, log } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const evaluate = createEvaluation(options);
  const commits = source.commit !== undefined;

  // Resolves to false once the limit was reached: the rest of the batch is not for us.
  async function handle(batch: Batch): Promise<boolean> {
    for (const payload of batch.payloads) {
      evaluate.payload(payload);
      if (evaluate.limitReached()) break;
      if (evaluate.held() >= MAX_HELD) await writeAll(outputs, evaluate.take(), log);
    }
    if (evaluate.held() > 0) await writeAll(outputs, evaluate.take(), log);
    if (evaluate.limitReached()) return false;
    if (commits) {
      await flushAll(outputs, log);
      await source.commit?.(batch.position);
    }
    return true;
  }

  const batches = source.batches(signal)[Symbol.asyncIterator]();
  let turn = performance.now();
  try {
    for (;;) {
      const next = await nextBatch(batches, options.maxSeconds, stop);
      if (next.done === true) break;
      if (!(await handle(next.value))) {
        stop.abort();
        break;
      }
      if (performance.now() - turn > TURN_MS) {
        await nextTurn();
        turn = performance.now();
      }
    }
  } finally {
    await batches.return?.();
  }
  const ended = stop.signal.aborted ? 'limit' : options.signal.aborted ? 'aborted' : 'end';
  return { ...evaluate.counts(), ended };
}

// The part of the loop that is hot and synchronous.
function createEvaluation(options: RunOptions) {
  const { unwrap, onEvent, onPassed, onAlert, maxSeconds } = options;
  let held: Message[] = [];
  let events = 0;
  let alerts = 0;
  let limit: { readonly seconds: number; readonly nanos: number } | undefined;
  let reached = false;
  let ruleset = options.ruleset();

  function withinLimit(event: Event): boolean {
    if (maxSeconds === undefined || maxSeconds <= 0) return true;
    limit ??= { seconds: event.seconds + maxSeconds, nanos: event.nanos };
    const past =
      event.seconds > limit.seconds || (event.seconds === limit.seconds && event.nanos >= limit.nanos);
    if (past) reached = true;
    return !past;
  }

  function passOver(count: number, seconds: number): void {
    events += count;
    const message = onPassed?.(count, seconds);
    if (message !== undefined) held.push(message);
  }

  function onUnwrapped(event: Event, state?: number): void {
    if (reached || !withinLimit(event)) return;
    events++;
    const before = onEvent?.(event);
    if (before !== undefined) held.push(before);
    for (const alert of ruleset.evaluate(event, state)) {
      alerts++;
      onAlert?.(alert);
      held.push({ line: alert.line, priority: alert.rule.priority });
    }
  }

  return {
    payload(payload: Payload): void {
      ruleset = options.ruleset();
      const { screen } = ruleset;
      // With a limit, the time of each event counts.
      if (screen === undefined || (maxSeconds ?? 0) > 0) unwrap(payload, onUnwrapped);
      else unwrap(payload, onUnwrapped, { screen, onPassed: passOver });
    },
    limitReached: () => reached,
    held: () => held.length,
    take(): readonly Message[] {
      const taken = held;
      held = [];
      return taken;
    },
    counts: () => ({ events, alerts }),
  };
}

// The next batch; while it waits, a clock runs that ends a source which stays silent for longer than the limit.
async function nextBatch(
  batches: AsyncIterator<Batch>,
  maxSeconds: number | undefined,
  stop: AbortController,
): Promise<IteratorResult<Batch>> {
  if (maxSeconds === undefined || maxSeconds <= 0) return batches.next();
  const timer = setTimeout(() => stop.abort(), Math.max(maxSeconds * 1000, MIN_SILENCE_MS));
  try {
    return await batches.next();
  } finally {
    clearTimeout(timer);
  }
}

async function writeAll(
  outputs: readonly Output[],
  messages: readonly Message[],
  log: SourceLog,
): Promise<void> {
  await settle(
    outputs.map((output) => output.write(messages)),
    log,
  );
}

async function flushAll(outputs: readonly Output[], log: SourceLog): Promise<void> {
  await settle(
    outputs.map((output) => output.flush?.()),
    log,
  );
}

// One output that fails is reported and does not stop the others.
async function settle(calls: readonly (Promise<void> | undefined)[], log: SourceLog): Promise<void> {
  for (const outcome of await Promise.allSettled(calls)) {
    if (outcome.status === 'rejected')
      log('error', outcome.reason instanceof Error ? outcome.reason.message : String(outcome.reason));
  }
}
