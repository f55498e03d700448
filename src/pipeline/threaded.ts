// The stage that has threads evaluate. Alerts are written and batches committed in the order in which they came; a few
// batches are under way at a time, so that memory is bounded and the source is read meanwhile.

import type { Alert } from '../engine/rules/alert/alert.js';
import type { Message } from '../outputs/output.js';
import type { Batch, Payload, Position } from '../sources/source.js';
import { flushAll, writeAll } from './outputs.js';
import {
  type Correlating,
  type Evaluated,
  isSaved,
  messageParts,
  type RunOptions,
  type Stage,
} from './stage.js';

/** Jobs under way for each thread: one that is evaluated, and some that wait. */
const AHEAD = 3;
/** Small payloads go to a thread together, up to so many bytes. */
const JOB_BYTES = 256 * 1024;

interface Pending {
  readonly jobs: readonly Promise<Evaluated>[];
  readonly position: Position;
  readonly settled: number | undefined;
}

export function createThreadedStage(options: RunOptions): Stage {
  const { source, outputs, log, onPassed, onAlert } = options;
  const pending: Pending[] = [];
  const { permit, cluster, carrier } = messageParts(source);
  let underWay = 0;
  let events = 0;
  let alerts = 0;

  async function finish({ jobs, position, settled }: Pending): Promise<void> {
    // As in the other stage: how new an event is says nothing then.
    if (settled !== undefined) options.correlating?.()?.settled(Number.NEGATIVE_INFINITY);
    for (const job of jobs) {
      const found = await job;
      underWay--;
      await write(found);
    }
    if (settled !== undefined) options.correlating?.()?.settled(settled);
    if (source.commit === undefined) return;
    if ((await flushAll(outputs, log)) && (await isSaved(options))) await source.commit(position);
  }

  async function write(found: Evaluated): Promise<void> {
    events += found.events;
    const shown = correlated(found, options.correlating?.());
    alerts += shown.length;
    const messages: Message[] = [];
    const before = found.events > 0 ? onPassed?.(found.events, found.seconds) : undefined;
    if (before !== undefined) messages.push(before);
    for (const alert of shown) {
      onAlert?.(alert);
      messages.push({
        line: alert.line,
        priority: alert.rule.priority,
        rule: alert.rule.name,
        permit,
        cluster,
        carrier,
      });
    }
    if (messages.length > 0) await writeAll(outputs, messages, log);
  }

  async function finishUntil(most: number): Promise<void> {
    while (underWay > most) await finish(pending.shift()!);
  }

  return {
    async handle(batch) {
      const pool = options.pool?.();
      if (pool === undefined) throw new Error('there are no threads');
      const jobs = split(batch).map((payloads) => pool.evaluate(payloads));
      // Whoever waits for them hears of it.
      for (const job of jobs) job.catch(() => {});
      pending.push({ jobs, position: batch.position, settled: batch.settled });
      underWay += jobs.length;
      await finishUntil(pool.threads * AHEAD);
      return true;
    },
    async drain() {
      while (pending.length > 0) await finish(pending.shift()!);
    },
    counts: () => ({ events, alerts }),
  };
}

/** What is shown of a job's alerts, and what has come about by its matches. */
function correlated(found: Evaluated, correlating: Correlating | undefined): readonly Alert[] {
  if (correlating === undefined) return found.alerts;
  for (const match of found.matches ?? []) correlating.match(match);
  const shown = found.alerts.filter((alert) => correlating.admit(alert));
  correlating.seen(found.seconds);
  return [...shown, ...correlating.settle()];
}

function split({ payloads }: Batch): readonly (readonly Payload[])[] {
  const jobs: Payload[][] = [];
  let room = 0;
  for (const payload of payloads) {
    if (room < payload.length || jobs.length === 0) {
      jobs.push([]);
      room = JOB_BYTES;
    }
    jobs.at(-1)!.push(payload);
    room -= payload.length;
  }
  return jobs;
}
