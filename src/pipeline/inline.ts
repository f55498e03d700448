// The stage that evaluates here, one payload after the other. A batch's alerts go to the outputs in one write, and the
// source is told that a batch is done only after they left.

import type { ByteString } from '../bytes.js';
import type { Alert } from '../engine/rules/alert/alert.js';
import type { Event } from '../event.js';
import type { Message } from '../outputs/output.js';
import type { Payload } from '../sources/source.js';
import { flushAll, writeAll } from './outputs.js';
import { isSaved, messageParts, type RunOptions, type Stage } from './stage.js';

/** Alerts that are held back at most before they are written, also in the middle of a batch. */
const MAX_HELD = 1024;
const MAX_HELD_BYTES = 1024 * 1024;

export function createInlineStage(options: RunOptions): Stage {
  const { source, outputs, log } = options;
  const evaluate = createEvaluation(options);
  const commits = source.commit !== undefined;
  return {
    async handle(batch) {
      if (batch.settled !== undefined) evaluate.settles();
      for (const payload of batch.payloads) {
        evaluate.payload(payload);
        if (evaluate.limitReached()) break;
        if (evaluate.isFull()) await writeAll(outputs, evaluate.take(), log);
      }
      if (batch.settled !== undefined) evaluate.settled(batch.settled);
      if (evaluate.holds()) await writeAll(outputs, evaluate.take(), log);
      if (evaluate.limitReached()) return false;
      if (commits) {
        // What was given up because the run ends is not done: it shall come again.
        if ((await flushAll(outputs, log)) && (await isSaved(options))) await source.commit?.(batch.position);
      }
      return true;
    },
    drain: () => Promise.resolve(),
    counts: evaluate.counts,
  };
}

// The part of the loop that is hot and synchronous.
function createEvaluation(options: RunOptions) {
  const { unwrap, onEvent, onPassed, onAlert, maxSeconds } = options;
  let held: Message[] = [];
  let heldBytes = 0;
  let events = 0;
  let alerts = 0;
  let limit: { readonly seconds: number; readonly nanos: number } | undefined;
  let reached = false;
  let ruleset = options.ruleset();
  const { permit, cluster, carrier } = messageParts(options.source);
  let correlating = options.correlating?.();

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
    correlating?.seen(seconds);
    const message = onPassed?.(count, seconds);
    if (message !== undefined) held.push(message);
  }

  function onUnwrapped(event: Event, state?: number): void {
    if (reached || !withinLimit(event)) return;
    events++;
    correlating?.seen(event.seconds);
    const before = onEvent?.(event);
    if (before !== undefined) held.push(before);
    for (const alert of ruleset.evaluate(event, state)) hold(alert);
  }

  function hold(alert: Alert): void {
    if (correlating?.admit(alert) === false) return;
    alerts++;
    onAlert?.(alert);
    heldBytes += alert.line.length;
    held.push({
      line: alert.line,
      priority: alert.rule.priority,
      rule: alert.rule.name,
      permit,
      cluster,
      carrier,
    });
  }

  return {
    payload(payload: Payload): void {
      ruleset = options.ruleset();
      correlating = options.correlating?.();
      const { prefilter, rules, selfCheck: check } = ruleset;
      // With a limit, the time of each event counts.
      if (prefilter === undefined || (maxSeconds ?? 0) > 0) unwrap(payload, onUnwrapped);
      else {
        const onWritten =
          rules && ((rule: number, line: ByteString) => hold({ rule: rules[rule]!.info, line }));
        unwrap(payload, onUnwrapped, { prefilter, onPassed: passOver, onAlert: onWritten, check });
      }
      if (correlating !== undefined) for (const alert of correlating.settle()) hold(alert);
    },
    // Not how new an event is counts then: after an outage new ones may come before old ones.
    settles: () => options.correlating?.()?.settled(Number.NEGATIVE_INFINITY),
    settled(time: number): void {
      if (correlating === undefined) return;
      correlating.settled(time);
      for (const alert of correlating.settle()) hold(alert);
    },
    limitReached: () => reached,
    holds: () => held.length > 0,
    isFull: () => held.length >= MAX_HELD || heldBytes >= MAX_HELD_BYTES,
    take(): readonly Message[] {
      const taken = held;
      held = [];
      heldBytes = 0;
      return taken;
    },
    counts: () => ({ events, alerts }),
  };
}
