// The run loop: source → unwrap → ruleset → outputs, then commit. In: the parts, ready made. Out: how it ended.
// A batch's alerts go to the outputs in one write, and the source is told that a batch is done only after they left;
// so a crash repeats at most what came after the last commit, and loses nothing. Answers to falco's do_inspect.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { createInlineStage } from './pipeline/inline.js';
import type { RunOptions } from './pipeline/stage.js';
import { createThreadedStage } from './pipeline/threaded.js';
import type { Batch } from './sources/source.js';

export type { Evaluator, RunOptions } from './pipeline/stage.js';

export interface RunResult {
  /** Events evaluated. */
  readonly events: number;
  readonly alerts: number;
  /** `end`: the source ended by itself; `limit`: maxSeconds; `aborted`: the signal. */
  readonly ended: 'end' | 'limit' | 'aborted';
}

/** The loop gives way to signals, timers and connections at least this often. */
const TURN_MS = 20;
/** A source is never called silent before this time. */
const MIN_SILENCE_MS = 5000;

/** A source that gives this many bytes without a pause has a backlog, for which threads are worth their start. */
const BACKLOG_BYTES = 32 * 1024 * 1024;
const PAUSE_MS = 100;

/** Runs until the source ends, the limit is reached or the signal fires. Errors: SourceError. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { source, maxSeconds } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const batches = source.batches(signal)[Symbol.asyncIterator]();
  const inline = createInlineStage(options);
  const threaded = createThreadedStage(options);
  let stage = inline;
  let backlog = 0;
  let turn = performance.now();
  try {
    for (;;) {
      const asked = performance.now();
      const next = await nextBatch(batches, maxSeconds, stop);
      if (next.done === true) break;
      if (performance.now() - asked > PAUSE_MS) backlog = 0;
      backlog += sizeOf(next.value);
      const wanted = backlog > BACKLOG_BYTES && options.pool?.() !== undefined ? threaded : inline;
      if (wanted !== stage) {
        await stage.drain();
        stage = wanted;
      }
      await options.correlating?.()?.begin();
      if (!(await stage.handle(next.value))) {
        stop.abort();
        break;
      }
      if (performance.now() - turn > TURN_MS) {
        await nextTurn();
        turn = performance.now();
      }
    }
    await stage.drain();
  } finally {
    await batches.return?.();
  }
  const ended = stop.signal.aborted ? 'limit' : options.signal.aborted ? 'aborted' : 'end';
  const [here, there] = [inline.counts(), threaded.counts()];
  return { events: here.events + there.events, alerts: here.alerts + there.alerts, ended };
}

function sizeOf({ payloads }: Batch): number {
  let size = 0;
  for (const payload of payloads) size += payload.length;
  return size;
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
