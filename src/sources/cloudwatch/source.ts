// The k8saudit-eks source: cursor + client + back-off. In: a client, a clock, settings. Out: batches of audit events,
// each event once, and a checkpoint behind what the pipeline has dealt with. Answers to k8sauditeks.go.
// Fetching runs ahead of evaluation by at most two pages; a slow consumer stops it.

import { createDrops, type Drops } from '../drops.js';
import { type Batch, type Source, SourceError, type SourceLog } from '../source.js';
import { announce, createSilenceWatch } from './announce.js';
import { type Answer, type Company, createCalls, createCompany } from './calls.js';
import { createCommits } from './checkpoint/commits.js';
import type { Progress } from './checkpoint/progress.js';
import { ClientFault, type LogClient, type LogPage, type LogRequest } from './client-types.js';
import type { Clock } from './clock.js';
import { accept, restart, startCursor } from './cursor/cursor.js';
import type { Accepted, CursorOptions, CursorState } from './cursor/cursor-state.js';
import { plan } from './cursor/schedule.js';
import { newSeed } from './cursor/seen.js';
import { createDelivery, type Delivered } from './delivery.js';
import { createFlights, type Landed } from './flights.js';
import type { Limiter } from './limiter.js';
import { type CloudWatchMetrics, createCounters, metricsOf, seriesOf, summaryOf } from './metrics.js';
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
  readonly drops?: Drops | undefined;
  readonly cursor: CursorOptions;
  /** Time of the first event wanted, milliseconds since the epoch, where there is no checkpoint. */
  readonly from: number;
  /** `from` was reckoned from this machine's clock: where the service's differs, it is reckoned again. */
  readonly fromNow?: boolean;
  /** Read up to this time (milliseconds, inclusive) and end: a back-fill. */
  readonly until?: number | undefined;
  /** Remembers the position over a restart. */
  readonly progress?: Progress | undefined;
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

type Put = (batch: Batch) => Promise<void>;
type Taken = Pick<Accepted, 'events' | 'ids' | 'duplicates'>;

/** Pages that wait for evaluation. */
const AHEAD = 2;
/** A back-fill is watched by someone: it gives up if not one call gets through. */
const BACKFILL_TRIES = 6;

export function createCloudWatchSource(options: CloudWatchSourceOptions): CloudWatchSource {
  const { client, limiter, clock, log, cursor, cluster, progress, until, drops = createDrops() } = options;
  let ended = false;
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

  function take(settled: number, { events, ids, duplicates }: Taken): Delivered {
    counters.duplicates += duplicates;
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

  async function read(request: LogRequest, signal: AbortSignal): Promise<Answer> {
    const answer = await call(request, signal);
    return typeof answer === 'string' ? answer : note(answer);
  }

  // The next process may have the checkpoint when the last alert is noted; where none is, when this process is gone.
  async function letGo(): Promise<void> {
    if (ended && commits?.open() === 0) await progress?.release();
  }

  async function fetchRange(until: number, put: Put, signal: AbortSignal): Promise<void> {
    await start.askTheTime(signal);
    const onStuck = (): void => reporter.fault(STUCK);
    for await (const page of readRange({ from: Math.floor(options.from), until, read, onStuck }, signal)) {
      const { payloads } = take(page.settled, page);
      if (payloads.length > 0) await put({ payloads, position: undefined });
    }
    delivery.end(false);
  }

  // What an answer changes; its events are handed out.
  async function settle(state: CursorState, { lane, answer, sent }: Landed, put: Put): Promise<CursorState> {
    if (answer === 'failed') return state;
    if (answer === 'rejected') return restart(state, lane);
    silence.answered(answer.events.length);
    const now = service.now();
    const accepted = accept(state, lane, answer, now, cursor, now - (clock.elapsed() - sent));
    const moved = accepted.state.settled > state.settled || accepted.events.length > 0;
    counters.late += accepted.late;
    if (accepted.stuck) reporter.fault(STUCK);
    const { payloads, record } = take(accepted.state.settled, accepted);
    if (payloads.length > 0 || (commits !== undefined && moved))
      await put({ payloads, position: commits?.add(record) });
    return accepted.state;
  }

  async function fetchLive(put: Put, signal: AbortSignal): Promise<void> {
    const first = await start.find(signal);
    if (first === undefined) return;
    void announce(client, { cluster, ...first }, log, signal);
    counters.settled = first.settled;
    const flights = createFlights(clock);
    let state = startCursor(first, service.now(), cursor, progress?.seed() ?? newSeed());
    while (!signal.aborted) {
      const planned = plan(state, service.now(), cursor, flights.busy());
      ({ state } = planned);
      const { turn } = planned;
      if (turn.kind === 'read') {
        flights.send(turn.lane, read(turn.request, signal));
        continue;
      }
      const landed = await flights.next(turn.until - service.now(), signal);
      if (landed !== undefined) state = await settle(state, landed, put);
    }
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
      const both = AbortSignal.any([signal, stop.signal]);
      const put: Put = (batch) => queue.put(batch, both);
      const fetching = (until === undefined ? fetchLive(put, both) : fetchRange(until, put, both)).then(
        () => queue.end(),
        (error: unknown) => queue.fail(error),
      );
      try {
        yield* queue.items();
      } finally {
        stop.abort();
        await fetching;
        client.close();
        ended = true;
        progress?.rest();
        await letGo();
      }
    },
    ...(commits !== undefined && {
      async commit(position) {
        await commits.commit(position);
        await letGo();
      },
    }),
    metrics: () => metricsOf(counters, limiter.rate()),
    series: () => seriesOf(cluster, metricsOf(counters, limiter.rate())),
    summary: () => summaryOf(cluster, counters),
  };
}

const STUCK = new ClientFault(
  'transient',
  'CloudWatch Logs gave a hundred pages in a row with nothing in them; beginning the search anew',
);
