// Threads that evaluate payloads of one source by one set of rules (`--threads`). They start when they are first needed,
// and each loads the rules for itself. Jobs go to the thread that has least to do.

import { Worker } from 'node:worker_threads';
import type { ByteString } from '../../bytes.js';
import type { Config } from '../../config/config.js';
import type { Environment } from '../../config/read/env.js';
import type { Match } from '../../engine/correlation/match.js';
import type { RuleInfo } from '../../engine/rules/alert/alert.js';
import type { RulesFile } from '../../engine/rules/loader.js';
import type { Evaluated, Pool } from '../../pipeline/stage.js';
import type { FieldFaults, ReaderFaults } from '../../plugins/reader-faults.js';
import type { CheckCounts } from '../../prefilter/self-check.js';
import type { DropCounts, Drops } from '../../sources/drops.js';
import type { Payload, SourceLog } from '../../sources/source.js';
import type { Options } from '../arguments/options.js';

/** What a thread is given at its start; all of it can be cloned. */
export interface EvaluatorInput {
  readonly config: Config;
  readonly options: Options;
  readonly env: Environment;
  readonly files: readonly RulesFile[];
  readonly source: string;
  readonly plugin: string;
  readonly maxEventSize: number;
  readonly clusterName: ByteString | undefined;
  readonly shipped: boolean | undefined;
  readonly labels: Readonly<Record<string, string>> | undefined;
}

export interface EvaluatorJob {
  readonly payloads: readonly Payload[];
}

export interface EvaluatorResult {
  readonly events: number;
  /** Time of the last event, whole seconds. */
  readonly seconds: number;
  /** By alert: its line, and the number of its rule among those of the source. */
  readonly lines: readonly ByteString[];
  readonly rules: readonly number[];
  /** By alert: what a rule with `suppress` is known by. */
  readonly throttles: readonly (Match | undefined)[];
  /** Steps of correlations that were met. */
  readonly matches: readonly Match[];
  /** Lines for the log, each with its kind. */
  readonly complaints: readonly (readonly [line: ByteString, kind: string | undefined])[];
  readonly drops: DropCounts;
  readonly readerFaults: readonly FieldFaults[];
  /** What was checked of the prefilter in this job. */
  readonly checks: CheckCounts;
}

export interface Threads extends Pool {
  /** Ends the threads when they have nothing more to do. */
  retire(): void;
}

export interface ThreadsOptions {
  readonly count: number;
  readonly input: EvaluatorInput;
  /** The rules of the source, in the order of evaluation. */
  readonly rules: readonly RuleInfo[];
  readonly log: SourceLog;
  readonly drops: Drops;
  readonly readerFaults: ReaderFaults;
  readonly checks: CheckCounts;
}

interface Waiting {
  readonly resolve: (found: Evaluated) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  /** In the order of their jobs. */
  readonly waiting: Waiting[];
}

export function createThreads(options: ThreadsOptions): Threads {
  const { count, input, rules, log, drops, readerFaults, checks } = options;
  let threads: Thread[] | undefined;
  let retired = false;

  function start(): Thread {
    const worker = new Worker(EVALUATOR, { workerData: input });
    const thread: Thread = { worker, waiting: [] };
    worker.on('message', ({ complaints, checks: found, ...result }: EvaluatorResult) => {
      for (const [line, kind] of complaints) log('error', line, kind);
      drops.addAll(result.drops);
      readerFaults.addAll(result.readerFaults);
      checks.checked += found.checked;
      checks.different += found.different;
      const { events, seconds, matches, throttles } = result;
      const alerts = result.lines.map((line, i) => ({
        rule: rules[result.rules[i]!]!,
        line,
        throttle: throttles[i],
      }));
      thread.waiting.shift()?.resolve({ events, seconds, alerts, matches });
      endIfIdle(thread);
    });
    const fail = (reason: string): void => {
      for (const { reject } of thread.waiting.splice(0))
        reject(new Error(`an evaluating thread ended: ${reason}`));
    };
    worker.on('error', ({ message }) => fail(message));
    worker.on('exit', (code) => fail(`exit code ${code}`));
    // The sources keep the program alive, and whoever waits for a job.
    worker.unref();
    return thread;
  }

  function endIfIdle({ worker, waiting }: Thread): void {
    if (waiting.length > 0) return;
    worker.unref();
    if (retired) void worker.terminate();
  }

  return {
    threads: count,
    evaluate(payloads) {
      threads ??= Array.from({ length: count }, start);
      const thread = threads.reduce((least, each) =>
        each.waiting.length < least.waiting.length ? each : least,
      );
      const copies = payloads.map((payload) =>
        typeof payload === 'string' ? payload : new Uint8Array(payload),
      );
      const job: EvaluatorJob = { payloads: copies };
      return new Promise((resolve, reject) => {
        thread.waiting.push({ resolve, reject });
        thread.worker.ref();
        thread.worker.postMessage(
          job,
          copies.flatMap((copy) => (typeof copy === 'string' ? [] : [copy.buffer as ArrayBuffer])),
        );
      });
    },
    retire() {
      retired = true;
      for (const thread of threads ?? []) endIfIdle(thread);
    },
  };
}

// From the built command, where this code is.
const EVALUATOR = new URL('../launch/evaluator.js', import.meta.url);
