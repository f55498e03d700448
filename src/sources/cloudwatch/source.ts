// The k8saudit-eks source: cursor + client + back-off. In: a client, a clock, settings. Out: batches of audit events,
// each event once, and a checkpoint behind what the pipeline has dealt with. Answers to k8sauditeks.go.
// Fetching runs ahead of evaluation by at most two pages; a slow consumer stops it.

import { toBytes } from '../../bytes.js';
import { type Batch, type Source, SourceError, type SourceLog } from '../source.js';
import { ClientFault, type LogClient, type LogPage, type LogRequest } from './client-types.js';
import type { Clock } from './clock.js';
import { accept, restart, startCursor } from './cursor.js';
import type { CursorCheckpoint, CursorOptions, CursorState } from './cursor-state.js';
import type { Limiter } from './limiter.js';
import { type CloudWatchMetrics, createCounters, metricsOf, summaryOf } from './metrics.js';
import { createAssembler, type Piece, salvage } from './pieces.js';
import { createProgress } from './progress.js';
import { createQueue } from './queue.js';
import { createReporter } from './reporter.js';
import { plan } from './schedule.js';
import { groupBySecond } from './seen.js';

export interface CloudWatchSourceOptions {
  readonly cluster: string;
  readonly group: string;
  readonly client: LogClient;
  readonly limiter: Limiter;
  readonly clock: Clock;
  readonly log: SourceLog;
  readonly cursor: CursorOptions;
  /** Time of the first event wanted, milliseconds since the epoch, where there is no checkpoint. */
  readonly from: number;
  /** `from` was reckoned from this machine's clock: where the service's differs, it is reckoned again. */
  readonly fromNow?: boolean;
  /** File that remembers the position over a restart. */
  readonly checkpoint?: string | undefined;
  readonly maxEventSize: number;
  /** Go on trying where someone must change the configuration: other clusters are read beside this one. */
  readonly patient?: boolean;
}

export interface CloudWatchSource extends Source {
  metrics(): CloudWatchMetrics;
}

interface Position {
  readonly number: number;
  readonly record: CursorCheckpoint;
}

/** Pages that wait for evaluation. */
const AHEAD = 2;
const BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 30_000;
/** A back-fill is watched by someone: it gives up if not one call gets through. */
const BACKFILL_TRIES = 6;
/** The service tells its time in whole seconds; below this difference the local clock is believed. */
const SKEW_MS = 2000;
/** Pieces of one event may differ in time by so much. */
const PIECE_SPREAD_MS = 2000;

export function createCloudWatchSource(options: CloudWatchSourceOptions): CloudWatchSource {
  const { client, limiter, clock, log, cursor, cluster } = options;
  const progress =
    options.checkpoint === undefined ? undefined : createProgress(options.checkpoint, options.group);
  const counters = createCounters(options.from, cursor.until);
  const reporter = createReporter(log, cluster, clock);
  const assembler = createAssembler();
  const uncommitted: Position[] = [];
  let skew = 0;
  let succeeded = false;
  let number = 0;
  let relative = options.fromNow === true;

  const now = (): number => clock.now() + skew;

  async function firstState(): Promise<CursorState> {
    const stored = cursor.until === undefined ? await progress?.load() : undefined;
    if (stored !== undefined) relative = false;
    return startCursor(stored ?? { settled: options.from - 1, seen: [] }, now(), cursor);
  }

  // One call. Without a page: what was to be waited for has been waited for.
  async function read(
    request: LogRequest,
    tries: number,
    signal: AbortSignal,
  ): Promise<LogPage | 'failed' | 'rejected'> {
    counters.calls++;
    try {
      const page = await client.read(request, signal);
      limiter.succeeded();
      succeeded = true;
      reporter.recovered();
      return page;
    } catch (error) {
      if (signal.aborted) return 'failed';
      if (!(error instanceof ClientFault)) throw error;
      counters.faults++;
      if (error.kind !== 'token') {
        await backOff(error, tries, signal);
        return 'failed';
      }
      counters.rejectedTokens++;
      return 'rejected';
    }
  }

  // Full jitter, without an end; what only a person can mend ends the source, unless it has worked before.
  async function backOff(fault: ClientFault, tries: number, signal: AbortSignal): Promise<void> {
    if (fault.kind === 'throttled') {
      counters.throttles++;
      limiter.throttled();
    }
    const final = fault.kind === 'configuration' && !succeeded && options.patient !== true;
    const hopeless = cursor.until !== undefined && !succeeded && tries >= BACKFILL_TRIES;
    if (final || hopeless) throw new SourceError(fault.message, { cause: fault });
    reporter.fault(fault);
    const longest = fault.kind === 'configuration' ? 2 * LONGEST_BACKOFF_MS : LONGEST_BACKOFF_MS;
    await clock.sleep(clock.random() * Math.min(longest, BACKOFF_MS * 2 ** Math.min(tries, 20)), signal);
  }

  function noteClock(page: LogPage): void {
    if (page.serverTime === undefined) return;
    const difference = page.serverTime + 500 - clock.now();
    skew = Math.abs(difference) > SKEW_MS ? difference : 0;
  }

  function report(kind: 'truncated' | 'incomplete', pieces: readonly Piece[]): void {
    for (const { event } of pieces) {
      counters[kind]++;
      const words =
        kind === 'truncated'
          ? "truncated log line, can't be parsed"
          : 'piece of a split event whose other pieces never came';
      const known = salvage(event.message);
      reporter.damaged(
        `${words}: ${event.message.length} characters, ${known === '' ? 'nothing readable' : known}`,
      );
    }
  }

  // A page's new events → a batch, with what a checkpoint has to remember once it is dealt with.
  function toBatch(state: CursorState, events: LogPage['events'], ids: readonly number[]): Batch {
    const payloads: string[] = [];
    const done: Piece[] = [];
    for (const [i, event] of events.entries()) {
      counters.take(event, now());
      const taken = assembler.take({ event, id: ids[i]! });
      if (taken.kind === 'held') continue;
      done.push(...taken.pieces);
      if (taken.kind === 'truncated') report('truncated', taken.pieces);
      else {
        if (taken.pieces.length > 1) counters.joined++;
        payloads.push(toBytes(taken.text));
      }
    }
    const givenUp = assembler.giveUp(state.settled - PIECE_SPREAD_MS);
    report('incomplete', givenUp);
    done.push(...givenUp);
    counters.position = Math.max(counters.position, state.settled, state.sweep?.newest ?? 0);
    // A piece that waits for its others must be read again after a crash.
    const settled = Math.min(state.settled, (assembler.oldest() ?? Number.POSITIVE_INFINITY) - 1);
    const seen = groupBySecond(
      done.map(({ event }) => event),
      done.map(({ id }) => id),
    );
    return { payloads, position: { number: ++number, record: { settled, seen } } satisfies Position };
  }

  async function fetchAll(put: (batch: Batch) => Promise<void>, signal: AbortSignal): Promise<void> {
    let state = await firstState();
    let tries = 0;
    while (!signal.aborted) {
      const planned = plan(state, now(), cursor);
      ({ state } = planned);
      if (planned.turn.kind === 'done') break;
      if (planned.turn.kind === 'wait') {
        await clock.sleep(planned.turn.until - now(), signal);
        continue;
      }
      await limiter.turn(signal);
      if (signal.aborted) break;
      const { lane, request } = planned.turn;
      const page = await read(request, tries, signal);
      if (page === 'failed' || page === 'rejected') {
        if (page === 'rejected') state = restart(state, lane);
        tries++;
        continue;
      }
      tries = 0;
      noteClock(page);
      const startAnew = relative && skew !== 0;
      relative = false;
      if (startAnew) {
        state = startCursor({ settled: Math.floor(options.from - 1 + skew), seen: [] }, now(), cursor);
        continue;
      }
      const accepted = accept(state, lane, page, now(), cursor);
      const moved = accepted.state.settled > state.settled;
      ({ state } = accepted);
      counters.duplicates += accepted.duplicates;
      counters.late += accepted.late;
      const batch = toBatch(state, accepted.events, accepted.ids);
      if (batch.payloads.length > 0 || (progress !== undefined && (moved || accepted.events.length > 0))) {
        if (progress !== undefined) uncommitted.push(batch.position as Position);
        await put(batch);
      }
    }
    report('incomplete', signal.aborted ? [] : assembler.giveUp(Number.POSITIVE_INFINITY));
  }

  // A checkpoint that cannot be written does not stop the alerts; it is tried again with the next commit.
  async function commit(position: unknown): Promise<void> {
    const { number: done } = position as Position;
    const records = uncommitted.filter((each) => each.number <= done).map(({ record }) => record);
    if (records.length === 0) return;
    try {
      await progress!.save(records);
      uncommitted.splice(0, records.length);
    } catch (error) {
      if (!(error instanceof SourceError && error.retryable)) throw error;
      reporter.damaged(error.message);
    }
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
      const fetching = fetchAll((batch) => queue.put(batch, both), both).then(
        () => queue.end(),
        (error: unknown) => queue.fail(error),
      );
      try {
        yield* queue.items();
      } finally {
        stop.abort();
        await fetching;
        client.close();
      }
    },
    ...(progress !== undefined && { commit }),
    metrics: () => metricsOf(counters),
    summary: () => summaryOf(cluster, counters),
  };
}
