// A source that runs: its pipeline, and the target that its alerts go to. The target can be exchanged between two
// payloads, which is how new rules take over without an event lost or evaluated twice.

import type { Correlator } from '../../correlation/correlator.js';
import type { Alert } from '../../engine/rules/alert/alert.js';
import type { Event } from '../../event.js';
import type { Message } from '../../outputs/output.js';
import type { Correlating, Pool } from '../../pipeline/stage.js';
import { type Evaluator, type RunOptions, run } from '../../pipeline.js';
import { unwrapperOf } from '../../plugins/origin.js';
import type { Plugin } from '../../plugins/plugin.js';
import { type Drops, dropSeries, dropSummary } from '../../sources/drops.js';
import { createLogBudget } from '../../sources/log-budget.js';
import type { Source, SourceLog, SourceMetric } from '../../sources/source.js';
import { SYSCALL } from '../load/plugins.js';

/** Where the events of a source go. */
export interface Target {
  readonly ruleset: Evaluator;
  /** Hears of every event before it is evaluated; what it gives is written before the event's alerts. */
  onEvent(event: Event): Message | undefined;
  /** Hears of events that no rule can match: how many, and the time of the last one, whole seconds. */
  onPassed(count: number, seconds: number): Message | undefined;
  onAlert(alert: Alert): void;
  /** Threads for a backlog of a source; `log` hears what is wrong with its payloads, and `drops` counts it. */
  pool(source: Source, log: SourceLog, drops: Drops): Pool | undefined;
  /** No more events come: its threads end with what they have. */
  retire(): void;
  /** Goes on through reloads. */
  readonly correlator: Correlator;
  write(messages: readonly Message[]): Promise<void>;
  flush(): Promise<boolean>;
}

/** How a source ended: of itself, or by a fault. */
export type SourceEnd = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

export interface RunningSource {
  /** What the source was made of: an equal one need not be made again. */
  readonly identity: string;
  /** Resolves when it has ended and all its alerts are handed over; never rejects. */
  readonly done: Promise<SourceEnd>;
  /** Whether what it has read is remembered, or acknowledged. */
  readonly commits: boolean;
  /** How it ended; undefined while it runs. */
  end(): SourceEnd | undefined;
  /** Events from now on go to another target. */
  use(target: Target): void;
  /** What its sources measure of themselves. */
  series(): readonly SourceMetric[];
  /** Ends it soon. */
  stop(): void;
}

export interface StartOptions {
  /** One, or several that give events of the same kind. */
  readonly sources: readonly Source[];
  /** The plugin that opened them, and its settings. */
  readonly plugin: Plugin;
  readonly settings: unknown;
  readonly identity: string;
  readonly target: Target;
  readonly log: SourceLog;
  /** Counts what the sources and their unwrappers drop. */
  readonly drops: Drops;
  /** Hears each source's closing lines. */
  readonly report: (level: 'info' | 'warning', line: string) => void;
  /** -M; 0 or less: no limit. */
  readonly seconds: number;
}

/** Starts to read. The fault of one of several sources ends them all. */
export function startSource(options: StartOptions): RunningSource {
  const stopper = new AbortController();
  const current = { target: options.target };
  const faults = createLogBudget(options.log);
  const name = options.sources[0]?.name ?? '';
  let end: SourceEnd | undefined;
  const ends = options.sources.map(async (source): Promise<SourceEnd> => {
    try {
      const { onEnd, ...pipeline } = pipelineOf(source, options, current, faults.log, stopper.signal);
      await run(pipeline).finally(onEnd);
      return { ok: true };
    } catch (error) {
      stopper.abort();
      return { ok: false, error };
    }
  });
  const done = Promise.all(ends).then((all): SourceEnd => {
    faults.settle();
    end = all.find((each) => !each.ok) ?? { ok: true };
    for (const line of options.sources.flatMap((source) => source.summary?.() ?? []))
      options.report('info', line);
    for (const line of dropSummary(name, options.drops)) options.report('warning', line);
    return end;
  });
  return {
    identity: options.identity,
    commits: options.sources.some(({ commit }) => commit !== undefined),
    done,
    end: () => end,
    use: (target) => {
      current.target.retire();
      current.target = target;
    },
    series: () => [
      ...dropSeries(name, options.drops),
      ...options.sources.flatMap((source) => source.series?.() ?? []),
    ],
    stop: () => stopper.abort(),
  };
}

/** What a source's events come to together with others, and its clock. */
function correlatingOf(
  correlator: Correlator,
  source: Source,
  isOneOfSeveral: boolean,
): {
  readonly correlating: () => Correlating | undefined;
  readonly end: () => void;
} {
  // The one without events would hold up the others.
  if (source.name === SYSCALL) return { correlating: () => undefined, end: () => {} };
  const clock = correlator.open();
  const { match, admit, settle, save } = correlator;
  const seen = (seconds: number): void => clock.seen(seconds * 1_000_000);
  const settled = (ms: number): void => clock.settled(ms * 1000);
  // Its first batch says that its place is this process's, and so is what is remembered with it. Which one of several is
  // the first differs from run to run: none of them has it.
  const begin = (): Promise<void> => {
    if (source.commit === undefined) return correlator.begun();
    return correlator.begin(isOneOfSeveral ? undefined : source.beside);
  };
  const correlating: Correlating = { begin, match, admit, settle, save, seen, settled };
  return { correlating: () => (correlator.isActive() ? correlating : undefined), end: clock.end };
}

function pipelineOf(
  source: Source,
  { log, seconds, drops, plugin, settings, sources }: StartOptions,
  current: { readonly target: Target },
  faults: SourceLog,
  signal: AbortSignal,
): RunOptions & { readonly onEnd: () => void } {
  const { name, maxEventSize, clusterName, shipped, labels } = source;
  const kind = { source: name, plugin, settings, labels, maxEventSize, clusterName, shipped };
  const { correlating, end } = correlatingOf(current.target.correlator, source, sources.length > 1);
  return {
    source,
    unwrap: unwrapperOf({ ...kind, log: faults, drops }),
    ruleset: () => current.target.ruleset,
    outputs: [
      {
        name: 'target',
        write: (messages) => current.target.write(messages),
        flush: () => current.target.flush(),
        close: async () => {},
      },
    ],
    signal,
    log,
    onEvent: (event) => current.target.onEvent(event),
    onPassed: (count, seconds) => current.target.onPassed(count, seconds),
    onAlert: (alert) => current.target.onAlert(alert),
    pool: () => (seconds > 0 ? undefined : current.target.pool(source, faults, drops)),
    maxSeconds: seconds,
    correlating,
    onEnd: end,
  };
}
