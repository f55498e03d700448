// A source that runs: its pipeline, and the target that its alerts go to. The target can be exchanged between two
// payloads, which is how new rules take over without an event lost or evaluated twice.

import type { Alert } from '../../engine/rules/alert.js';
import type { Event } from '../../event.js';
import type { Message } from '../../outputs/output.js';
import { type Evaluator, run } from '../../pipeline.js';
import type { Source, SourceLog } from '../../sources/source.js';
import { createUnwrapper } from '../../sources/unwrap.js';

/** Where the events of a source go. */
export interface Target {
  readonly ruleset: Evaluator;
  /** Hears of every event before it is evaluated; what it gives is written before the event's alerts. */
  onEvent(event: Event): Message | undefined;
  onAlert(alert: Alert): void;
  write(messages: readonly Message[]): Promise<void>;
  flush(): Promise<void>;
}

/** How a source ended: of itself, or by a fault. */
export type SourceEnd = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

export interface RunningSource {
  readonly source: Source;
  /** What the source was made of: an equal one need not be made again. */
  readonly identity: string;
  /** Resolves when it has ended and all its alerts are handed over; never rejects. */
  readonly done: Promise<SourceEnd>;
  /** How it ended; undefined while it runs. */
  end(): SourceEnd | undefined;
  /** Events from now on go to another target. */
  use(target: Target): void;
  /** Ends it soon. */
  stop(): void;
}

export interface StartOptions {
  readonly source: Source;
  readonly identity: string;
  readonly target: Target;
  readonly log: SourceLog;
  /** -M; 0 or less: no limit. */
  readonly seconds: number;
}

export function startSource(options: StartOptions): RunningSource {
  const { source, log } = options;
  const stopper = new AbortController();
  let { target } = options;
  let end: SourceEnd | undefined;
  const pipeline = run({
    source,
    unwrap: createUnwrapper({
      source: source.name,
      plugin: source.plugin,
      maxEventSize: source.maxEventSize,
      clusterName: source.clusterName,
      log,
    }),
    ruleset: () => target.ruleset,
    outputs: [
      {
        name: 'target',
        write: (messages) => target.write(messages),
        flush: () => target.flush(),
        close: async () => {},
      },
    ],
    signal: stopper.signal,
    log,
    onEvent: (event) => target.onEvent(event),
    onAlert: (alert) => target.onAlert(alert),
    maxSeconds: options.seconds,
  });
  const done = pipeline.then(
    (): SourceEnd => ({ ok: true }),
    (error: unknown): SourceEnd => ({ ok: false, error }),
  );
  return {
    source,
    identity: options.identity,
    done: done.then((result) => {
      end = result;
      return result;
    }),
    end: () => end,
    use: (next) => {
      target = next;
    },
    stop: () => stopper.abort(),
  };
}
