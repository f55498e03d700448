// One incarnation of the run, from a (re)start to the next: rulesets, outputs, counts, metrics. Events may be evaluated
// as soon as it exists; its alerts wait until its outputs are open, so that they come after the last incarnation's.

import type { ByteString } from '../../bytes.js';
import type { Correlator } from '../../correlation/correlator.js';
import type { Alert, RuleInfo } from '../../engine/rules/alert/alert.js';
import { createRuleset } from '../../engine/rules/ruleset.js';
import { createSnapshots, type SnapshotOptions, type Snapshots } from '../../metrics/snapshot.js';
import type { MetricsState } from '../../metrics/state.js';
import { createOutputs } from '../../outputs/create.js';
import type { LeftOver, OutputQueue } from '../../outputs/delivery/queue.js';
import { formatInternalAlert, type InternalAlert } from '../../outputs/internal-alert.js';
import { createLosses, type Losses } from '../../outputs/losses.js';
import type { Message } from '../../outputs/output.js';
import { createRuleCounts, type RuleCounts, renderSummary } from '../../outputs/summary.js';
import type { CheckCounts } from '../../prefilter/self-check.js';
import { Failure } from '../host.js';
import type { RunningRules } from '../load/correlations.js';
import { rulesetOptionsOf } from './alert-options.js';
import { describeError, type Loaded, now } from './loaded.js';
import { createMetricsState } from './metrics-state.js';
import { createPools, type Pools } from './pools.js';
import type { Target } from './source-runner.js';
import { isLive } from './sources.js';

/** A stop takes no longer than 9 s in all (deadline.ts); what sources have accepted is looked at after that, too. */
const STOP_MS = 6000;

/** What is known of the events of one source. */
export interface SourceProgress {
  events: number;
  /** Time of the last event, whole seconds since the epoch. */
  lastEvent: number;
}

export interface Incarnation {
  readonly loaded: Loaded;
  readonly counts: RuleCounts;
  /** Alerts that were not delivered, since the start of the program. */
  readonly losses: Losses;
  /** Events seen so far, by source. */
  events(source: string): number;
  progress(source: string): SourceProgress;
  /** What the prefilter's self-check found in the events of a source, since the start of the program. */
  checks(source: string): CheckCounts;
  /** Alerts that wait, and those dropped. */
  queue(): { readonly queued: number; readonly drops: number };
  target(source: string): Target;
  /** @param left what the outputs of the incarnation before had still to deliver */
  openOutputs(left?: LeftOver): Promise<void>;
  /** Starts metrics snapshots. */
  startMetrics(intervalMs: number): void;
  /** What metrics report. */
  metricsState(): MetricsState;
  /** Correlations of this and the incarnations before and after. */
  readonly correlator: Correlator;
  /** Writes alerts of correlations that have come about without an event. */
  settleCorrelations(): Promise<void>;
  /** The run ends. @param goesOn the next one takes up what waits; else it is decided */
  endCorrelations(goesOn: boolean): Promise<void>;
  reopen(): Promise<void>;
  /** Sends an alert of the program's own to all outputs. */
  send(alert: InternalAlert): void;
  /** The run ends: what is not delivered soon is given up, and said. */
  hurry(): void;
  /** Drains and closes the outputs. */
  close(): Promise<void>;
  /** The same for the next incarnation, which tries on. */
  handOver(): Promise<LeftOver>;
  /** The block that ends it. */
  summary(): ByteString;
}

/** What alerts come of: rules, and what goes on through incarnations. */
export interface Correlating {
  readonly running: RunningRules;
  readonly correlator: Correlator;
}

/** @param before the incarnation that it follows */
export function createIncarnation(
  loaded: Loaded,
  { running, correlator }: Correlating,
  before?: Incarnation,
): Incarnation {
  const { config, options, host, log, rules, engine } = loaded;
  const { outcome } = rules;
  const counts = createRuleCounts([...outcome.rules, ...outcome.correlations].map(({ info }) => info));
  const sources = new Map<string, SourceProgress>();
  let resolveOutputs: (outputs: OutputQueue) => void = () => {};
  const opened = new Promise<OutputQueue>((resolve) => {
    resolveOutputs = resolve;
  });
  let outputs: OutputQueue | undefined;
  let snapshots: Snapshots | undefined;
  // The snapshot that the event under way brought about.
  let snapshot: Message | undefined;
  const losses = before?.losses ?? createLosses((line) => log.write('error', line));
  let hurried = false;
  const checked = new Map<string, CheckCounts>();

  const format = (alert: InternalAlert): Message =>
    formatInternalAlert(alert, { json: config.json.enabled, hostname: engine.hostname }, now());
  const pools: Pools[] = [];
  const retire = (): void => {
    for (const each of pools) each.retire();
    snapshots?.close();
  };
  const write = async (messages: readonly Message[]): Promise<void> => (await opened).write(messages);

  async function writeAlerts(alerts: readonly Alert[]): Promise<void> {
    for (const { rule } of alerts) counts.add(rule);
    if (alerts.length === 0) return;
    await write(alerts.map(({ line, rule }) => ({ line, priority: rule.priority, rule: rule.name })));
  }

  let state: MetricsState | undefined;
  const metricsState = (): MetricsState =>
    (state ??= createMetricsState(loaded, counts, () => outputs?.drops() ?? 0));

  function progress(source: string): SourceProgress {
    const known = sources.get(source) ?? { events: 0, lastEvent: 0 };
    sources.set(source, known);
    return known;
  }

  function checksOf(source: string): CheckCounts {
    const known = checked.get(source) ?? before?.checks(source) ?? { checked: 0, different: 0 };
    checked.set(source, known);
    return known;
  }

  // Hears of events: how many, and the time of the last one.
  function eventCounter(source: string): (count: number, seconds: number) => Message | undefined {
    const seen = progress(source);
    return (count, seconds) => {
      seen.events += count;
      seen.lastEvent = seconds;
      if (snapshots === undefined) return undefined;
      snapshot = undefined;
      snapshots.beforeEvents(source, count);
      return snapshot;
    };
  }

  return {
    loaded,
    counts,
    losses,
    events: (source) => progress(source).events,
    progress,
    checks: checksOf,
    queue: () => ({ queued: outputs?.queued() ?? 0, drops: outputs?.drops() ?? 0 }),
    target: (source) => {
      const count = eventCounter(source);
      const compiled = running.of(source);
      const trackers = running.set.trackers(source);
      const checks = checksOf(source);
      const threads = createPools(loaded, compiled, running.set, checks);
      pools.push(threads);
      return {
        ruleset: createRuleset(compiled, {
          ...rulesetOptionsOf(config, options, checks),
          trackers,
          onMatch: correlator.match,
        }),
        correlator,
        pool: threads.of,
        retire: threads.retire,
        onEvent: (event) => count(1, event.seconds),
        onPassed: count,
        onAlert: ({ rule }: { readonly rule: RuleInfo }) => counts.add(rule),
        write,
        flush: async () => (await opened).flush(),
      };
    },
    openOutputs: async (left) => {
      outputs = await createOutputs(
        { ...config.outputs, json: config.json.enabled },
        {
          standardOutput: host.stdout,
          log: (level, message) => log.write(level, message),
          env: host.env,
          losses,
          live: isLive(loaded),
          ...(left && { left }),
        },
      );
      if (hurried) outputs.hurry(STOP_MS);
      resolveOutputs(outputs);
    },
    metricsState,
    startMetrics: (intervalMs) => {
      snapshots = openSnapshots({
        settings: config.metrics,
        intervalMs,
        state: metricsState(),
        send: (alert) => {
          snapshot = format(alert);
        },
        onError: (message) => log.write('error', message),
      });
    },
    correlator,
    settleCorrelations: () => writeAlerts(correlator.settle()),
    async endCorrelations(goesOn) {
      // Sources that have ended say nothing of what the next run will read.
      if (!goesOn) await writeAlerts(correlator.finish());
      if (await (await opened).flush()) await correlator.save();
    },
    reopen: async () => (await opened).reopen(),
    send: (alert) => void write([format(alert)]).catch(() => {}),
    hurry() {
      hurried = true;
      outputs?.hurry(STOP_MS);
    },
    close: async () => {
      retire();
      await outputs?.close();
    },
    handOver: async () => {
      retire();
      return (await outputs?.handOver()) ?? new Map();
    },
    summary: () => renderSummary(counts),
  };
}

/** @throws Failure where the file of metrics cannot be opened */
function openSnapshots(options: SnapshotOptions): Snapshots {
  try {
    return createSnapshots(options);
  } catch (error) {
    throw new Failure(describeError(error), 'runtime');
  }
}
