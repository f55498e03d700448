// The k8saudit-eks source: cursor + client + back-off. In: a client, a clock, settings. Out: batches of audit events,
// each event once, and a checkpoint behind what the pipeline has dealt with. Answers to k8sauditeks.go.
// Fetching runs ahead of evaluation by at most two pages; a slow consumer stops it.

import { setMaxListeners } from 'node:events';
import { createDrops, type Drops } from '../drops.js';
import { type Batch, type Source, SourceError, type SourceLog } from '../source.js';
import { announce, createSilenceWatch } from './announce.js';
import { type Call, type Company, createCalls, createCompany } from './calls.js';
import { createCommits } from './checkpoint/commits.js';
import type { Progress } from './checkpoint/progress.js';
import { countOf, type LogClient, type LogPage } from './client-types.js';
import type { Clock } from './clock.js';
import type { CursorOptions } from './cursor/cursor-state.js';
import { newSeed } from './cursor/seen.js';
import { createDelivery, type Delivered } from './delivery.js';
import type { Limiter } from './limiter.js';
import { giveBack } from './line-rooms.js';
import { type Live, readLive, STUCK, type Unsettled } from './live.js';
import { type CloudWatchMetrics, createCounters, metricsOf, seriesOf, summaryOf } from './metrics.js';
import type { Portion } from './order.js';
import { createQueue } from './queue.js';
import { readRange } from './range.js';
import { createReporter } from './reporter.js';
import { createServiceClock } from './service-clock.js';
import { createStart } from './start.js';

export interface CloudWatchSourceOptions {
  readonly cluster: string;
  readonly client: LogClient;
  readonly limiter: Limiter;
  readonly clock: Clock;
  readonly log: SourceLog;
  /** Counts what the log group held and nobody can read. */
  readonly drops?: Pick<Drops, 'add'> | undefined;
  readonly cursor: CursorOptions;
  /** Time of the first event wanted, milliseconds since the epoch, where there is no checkpoint. */
  readonly from: number;
  /** `from` was reckoned from this machine's clock: where the service's differs, it is reckoned again. */
  readonly fromNow?: boolean;
  /** Read up to this time (milliseconds, inclusive) and end: a back-fill. */
  readonly until?: number | undefined;
  /** So long without any answer ends it with an error, milliseconds. Default: never. */
  readonly patience?: number | undefined;
  /** Remembers the position over a restart. */
  readonly progress?: Progress | undefined;
  /** How long a stop may read once more what is not settled, milliseconds. Default: not at all. */
  readonly stopTimeout?: number;
  /** What is longer ago is not caught up with, milliseconds. Default: no bound. */
  readonly maxCatchUp?: number;
  /** So long without an event is worth a word, milliseconds. Default: never. */
  readonly warnAfterSilence?: number;
  readonly maxEventSize: number;
  /** The clusters that are read side by side; none: this one alone. */
  readonly company?: Company | undefined;
  /** Names this one among them. */
  readonly place?: string | undefined;
}

export interface CloudWatchSource extends Source {
  metrics(): CloudWatchMetrics;
}

/** So long after its own time an event may be logged. */
const LOGGED_MS = 10_000;

type Put = (batch: Batch) => Promise<void>;
type Taken = Pick<Portion, 'events' | 'ids'>;

/** Pages that wait for evaluation. */
const AHEAD = 2;
/** A back-fill is watched by someone: it gives up if not one call gets through. */
const BACKFILL_TRIES = 6;

export function createCloudWatchSource(options: CloudWatchSourceOptions): CloudWatchSource {
  const { client, limiter, clock, log, cursor, cluster, progress, until, drops = createDrops() } = options;
  let ended = false;
  let unsettled: Unsettled | undefined;
  const counters = createCounters(options.from, until);
  const reporter = createReporter(log, cluster, clock);
  const delivery = createDelivery(counters, reporter, drops);
  const service = createServiceClock(clock);
  const call = createCalls({
    client,
    limiter,
    clock,
    counters,
    reporter,
    place: options.place ?? cluster,
    company: options.company ?? createCompany(1),
    maxTries: until === undefined ? undefined : BACKFILL_TRIES,
    patience: options.patience,
  });
  // A checkpoint that cannot be written does not stop the alerts; it is tried again with the next commit.
  function complain(error: unknown): void {
    if (!(error instanceof SourceError && error.retryable)) throw error;
    reporter.unsaved(error.message);
  }

  const commits = progress && createCommits(progress, { complain, onSaved: reporter.saved });
  const say: SourceLog = (level, message) => log(level, `${cluster}: ${message}`);
  const silence = createSilenceWatch(cluster, options.warnAfterSilence ?? 0, clock, log);
  const start = createStart({
    call,
    service,
    clock,
    progress,
    from: options.from,
    fromNow: options.fromNow === true,
    maxCatchUp: options.maxCatchUp ?? Number.POSITIVE_INFINITY,
    log: say,
    complain,
  });

  function take(settled: number, { events, ids }: Taken): Delivered {
    counters.settled = settled;
    counters.position = Math.max(counters.position, settled, events.at(-1)?.timestamp ?? 0);
    return delivery.take(events, ids, settled, service.now());
  }

  function note(page: LogPage): LogPage {
    service.note(page);
    counters.damaged += page.damaged ?? 0;
    if (page.damaged !== undefined) drops.add('damaged', page.damaged);
    return page;
  }

  const read: Call = async (request, signal, urgent) => {
    const answer = await call(request, signal, urgent);
    return typeof answer === 'string' ? answer : note(answer);
  };

  // The next process may have the checkpoint when the last alert is noted; where none is, when this process is gone.
  async function letGo(): Promise<void> {
    if (ended && commits?.open() === 0) await progress?.release();
  }

  async function fetchRange(until: number, put: Put, signal: AbortSignal): Promise<void> {
    await start.askTheTime(signal);
    const from = Math.floor(options.from);
    const onStuck = (): void => reporter.fault(STUCK);
    for await (const page of readRange({ from, until, read, onStuck }, signal)) {
      counters.duplicates += page.duplicates;
      const { payloads } = take(page.settled, page);
      if (payloads.length > 0) await put({ payloads, position: undefined });
    }
    delivery.end(false);
  }

  const live: Omit<Live, 'onPortion'> = {
    onPage(page, duplicates, late) {
      silence.answered(countOf(page));
      counters.duplicates += duplicates;
      counters.late += late;
    },
    onStuck: reporter.fault,
    onStrain: () => say('warning', strainOf(cursor)),
  };

  async function fetchLive(put: Put, signal: AbortSignal, gone: AbortSignal): Promise<void> {
    const first = await start.find(signal);
    if (first === undefined) return;
    void announce(client, { cluster, ...first }, log, signal);
    counters.settled = first.settled;
    let settledBefore = first.settled;
    const seed = progress?.seed() ?? newSeed();
    const stopTimeout = options.stopTimeout ?? 0;
    unsettled = await readLive(
      first,
      {
        ...live,
        call: read,
        clock,
        service,
        cursor,
        seed,
        stopTimeout,
        async onPortion(portion, settled) {
          const { payloads, record } = take(settled, portion);
          const moved = portion.events.length > 0 || settled > settledBefore;
          settledBefore = settled;
          if (payloads.length > 0 || (commits !== undefined && moved))
            await put({
              payloads,
              position: commits?.add(record),
              settled: record.settled - LOGGED_MS,
            });
        },
      },
      signal,
      gone,
    );
    delivery.end(progress !== undefined);
  }

  return {
    name: 'k8s_audit',
    plugin: 'k8saudit-eks',
    maxEventSize: options.maxEventSize,
    clusterName: cluster,
    async *batches(signal) {
      const queue = createQueue<Batch>(AHEAD);
      const stop = new AbortController();
      // More than ten calls may wait for it.
      setMaxListeners(0, stop.signal);
      const both = AbortSignal.any([signal, stop.signal]);
      // After the signal what was read and what the last reading brings is still handed on.
      const put: Put = (batch) => queue.put(batch, stop.signal);
      const fetching = (
        until === undefined ? fetchLive(put, both, stop.signal) : fetchRange(until, put, both)
      ).then(
        () => queue.end(),
        (error: unknown) => queue.fail(error),
      );
      try {
        for await (const batch of queue.items()) {
          yield batch;
          // Bytes are only valid until the next batch is asked for.
          giveBack(batch.payloads);
        }
      } finally {
        stop.abort();
        await fetching;
        client.close();
        ended = true;
        progress?.rest();
        await letGo();
      }
    },
    ...(progress?.beside && { beside: progress.beside }),
    ...(commits !== undefined && {
      permit: commits.permit,
      async commit(position) {
        await commits.commit(position);
        await letGo();
      },
    }),
    bytes: true,
    metrics: () => metricsOf(counters, limiter.rate()),
    progress() {
      const { done, events, chars } = metricsOf(counters, limiter.rate());
      return { done, events, bytes: chars };
    },
    series: () => seriesOf(cluster, metricsOf(counters, limiter.rate())),
    summary: () => [...summaryOf(cluster, counters), ...unsettledOf(cluster, progress, unsettled)],
  };
}

// With a checkpoint the next start reads it again.
function unsettledOf(
  cluster: string,
  progress: Progress | undefined,
  unsettled: Unsettled | undefined,
): readonly string[] {
  if (unsettled === undefined || progress !== undefined) return [];
  const [from, to] = [unsettled.from, unsettled.to].map((time) => new Date(time).toISOString());
  const read = unsettled.swept ? 'read a last time' : 'not read to its end a last time';
  return [
    `CloudWatch ${cluster}: ${from} to ${to} is not settled (${read}): what arrives late in it is not seen without a checkpoint`,
  ];
}

function strainOf({ lateness, callsPerSecond }: CursorOptions): string {
  return `more events come than ${callsPerSecond} calls a second suffice for to look for late ones before they are ${lateness / 1000} s old: late events alert so late (requests_per_second in init_config)`;
}
