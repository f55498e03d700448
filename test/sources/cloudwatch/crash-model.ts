// A whole life of a CloudWatch source, many times over: the real source and its checkpoint logic against a log group, a
// disk and clocks that are made up, so that a property test can kill it anywhere.

import type { Checkpoint } from '../../../src/sources/checkpoint/store.js';
import { createProgress, type ProgressRecord } from '../../../src/sources/cloudwatch/checkpoint/progress.js';
import type {
  LogClient,
  LogEvent,
  LogPage,
  LogRequest,
} from '../../../src/sources/cloudwatch/client-types.js';
import { ClientFault } from '../../../src/sources/cloudwatch/client-types.js';
import type { Clock } from '../../../src/sources/cloudwatch/clock.js';
import type { CursorOptions } from '../../../src/sources/cloudwatch/cursor/cursor-state.js';
import { createLimiter } from '../../../src/sources/cloudwatch/limiter.js';
import { type CloudWatchSource, createCloudWatchSource } from '../../../src/sources/cloudwatch/source.js';
import { payloadTexts } from '../../../src/sources/files/lines.js';
import { SourceError } from '../../../src/sources/source.js';

export const START = 1_700_000_000_000;

export interface Stored extends LogEvent {
  readonly visible: number;
}

export interface World {
  /** In the service's order. */
  readonly events: readonly Stored[];
  readonly cursor: CursorOptions;
  readonly pageSize: number;
  readonly callTime: number;
  /** How likely each call, each batch and each write is the last one of a life. */
  readonly crashes: number;
  /** How likely each call is followed by an orderly stop, and how long that may read on, milliseconds. */
  readonly stops: number;
  readonly stopTimeout: number;
  /** Longest time between two lives, milliseconds. */
  readonly downtime: number;
  /** How likely a write fails because the disk is full. */
  readonly full: number;
  /** How far this machine's clock is ahead, milliseconds, before and after the change. */
  readonly skew: readonly [number, number];
  readonly changes: number;
  readonly dice: () => number;
}

export interface Lives {
  /** Deliveries by audit id. */
  readonly counts: ReadonlyMap<string, number>;
  /** What some life had delivered and not committed. */
  readonly uncommitted: ReadonlySet<string>;
  readonly lives: number;
  /** Most that one crash left uncommitted, and most that one batch held. */
  readonly mostUncommitted: number;
  readonly largestBatch: number;
}

interface Life {
  readonly stop: AbortController;
  dead: boolean;
}

export async function live(world: World): Promise<Lives> {
  const { events, cursor, dice } = world;
  // Then nothing dies any more, so that there is an end.
  const calm = Math.max(START, ...events.map(({ visible }) => visible)) + 2 * cursor.lateness + 10_000;
  const last = Math.max(START, ...events.map(({ timestamp }) => timestamp)) + 5000;
  // Nor before the first call: until then nothing has begun.
  let begun = false;
  let calls = 0;
  let over = false;
  const strikes = (chance: number): boolean => begun && time < calm && dice() < chance;
  const disk = { text: '' };
  const counts = new Map<string, number>();
  const uncommitted = new Set<string>();
  let time = START;
  let lives = 0;
  let mostUncommitted = 0;
  let largestBatch = 0;
  const dying = world.crashes > 0 || world.full > 0 || world.stops > 0;
  // Until the service has told its time, all that is known of the start is what this machine's clock said: one that is wrong
  // in one life and right in the next is beyond help then, whether a crash lies between them or a stop.
  const guessing = (): boolean => dying && !(disk.text !== '' && !disk.text.includes('guessed'));
  const clock: Clock = {
    now: () => time + world.skew[time < START + world.changes || guessing() ? 0 : 1],
    elapsed: () => time,
    async sleep(ms) {
      time += Math.max(1, Math.ceil(ms));
    },
    random: dice,
  };

  function kill(life: Life): void {
    life.dead = true;
    life.stop.abort();
  }

  function client(life: Life, settled: () => number | undefined): LogClient {
    return {
      async read(request) {
        begun = true;
        if (++calls > 100_000) throw new Error(`no end: ${JSON.stringify(request)} at ${time}`);
        // A life that is dead has settled nothing.
        if (!life.dead && time > calm && (settled() ?? 0) >= last) over = true;
        if (over) life.stop.abort();
        if (strikes(world.crashes)) kill(life);
        else if (strikes(world.stops)) life.stop.abort();
        time += Math.ceil(world.callTime * dice());
        // Answers to the two lanes come in any order.
        for (let turns = Math.floor(20 * dice()); turns > 0; turns--) await Promise.resolve();
        if (dice() < 0.05) throw new ClientFault('transient', 'broken');
        if (dice() < 0.03) throw new ClientFault('throttled', 'slow');
        const page = answer(world, request, time);
        const serverTime = Math.floor(time / 1000) * 1000;
        for (let turns = Math.floor(20 * dice()); turns > 0; turns--) await Promise.resolve();
        if (page === undefined) throw new ClientFault('token', 'token');
        return { ...page, serverTime };
      },
      describe: async () => ({ group: 'g', region: undefined, caller: undefined }),
      close: () => {},
    };
  }

  while (!over) {
    if (++lives > 50_000) throw new Error('no end');
    const life: Life = { stop: new AbortController(), dead: false };
    const file = memory(
      disk,
      world,
      strikes,
      () => kill(life),
      () => life.dead,
    );
    const source: CloudWatchSource = createCloudWatchSource({
      cluster: 'c',
      client: client(life, () => source.metrics().settled),
      limiter: createLimiter(1000, clock),
      clock,
      log: () => {},
      cursor,
      from: clock.now() - 1000,
      fromNow: true,
      progress: createProgress({ path: 'p', group: 'g', file, caution: 2 * cursor.lateness }),
      maxEventSize: 1_000_000,
      stopTimeout: world.stopTimeout,
    });
    let since: string[] = [];
    try {
      for await (const batch of source.batches(life.stop.signal)) {
        if (life.dead) break;
        largestBatch = Math.max(largestBatch, batch.payloads.flatMap(payloadTexts).length);
        for (const payload of batch.payloads.flatMap(payloadTexts)) {
          if (strikes(world.crashes / 10)) kill(life);
          if (life.dead) break;
          const id = /"auditID":"(\d+)"/.exec(payload)![1]!;
          counts.set(id, (counts.get(id) ?? 0) + 1);
          since.push(id);
        }
        if (strikes(world.crashes)) kill(life);
        if (life.dead) break;
        file.written = false;
        await source.commit!(batch.position);
        if (file.written) since = [];
        if (life.dead) break;
      }
    } catch (error) {
      // A first start that cannot note its place ends the run; whoever runs it starts it again.
      if (!(error instanceof SourceError)) throw error;
    }
    for (const id of since) uncommitted.add(id);
    mostUncommitted = Math.max(mostUncommitted, since.length);
    time += 1 + Math.ceil(world.downtime * dice());
  }
  return { counts, uncommitted, lives, mostUncommitted, largestBatch };
}

// As checkpoint.ts: a last line without its end does not count, and nothing is added behind it.
function memory(
  disk: { text: string },
  { crashes, full, dice }: World,
  strikes: (chance: number) => boolean,
  kill: () => void,
  dead: () => boolean,
): Checkpoint<ProgressRecord> & { written: boolean } {
  const write = (line: string, to: (text: string) => void): void => {
    if (dead()) throw new SourceError('dead', { retryable: true });
    const fails = strikes(full);
    const dies = strikes(crashes);
    if (dies) kill();
    if (fails || (dies && dice() < 0.5)) {
      to(line.slice(0, Math.floor(line.length * dice())));
      throw new SourceError('disk full', { retryable: true });
    }
    to(line);
    file.written = true;
  };
  const whole = (): string => disk.text.slice(0, disk.text.lastIndexOf('\n') + 1);
  const file = {
    written: false,
    load: async () => ({
      records: whole()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as ProgressRecord),
      bad: [],
      written: 0,
    }),
    append: async (record: ProgressRecord) =>
      write(`${JSON.stringify(record)}\n`, (text) => {
        disk.text = whole() + text;
      }),
    // All or nothing: it is written beside and renamed.
    replace: async (record: ProgressRecord) =>
      write(`${JSON.stringify(record)}\n`, (text) => {
        if (text.endsWith('\n')) disk.text = text;
      }),
    remove: async () => {},
    // So small that it is written anew now and then.
    isFull: () => dice() < 0.05,
  };
  return file;
}

// As FilterLogEvents: by time, ingestion, id; pages of any size, empty ones, repetitions, tokens that expire.
function answer(world: World, request: LogRequest, now: number): LogPage | undefined {
  const { dice } = world;
  if (request.nextToken !== undefined && dice() < 0.03) return undefined;
  if (dice() < 0.1) return { events: [], nextToken: request.nextToken ?? 'start' };
  const behind =
    request.nextToken === undefined || request.nextToken === 'start'
      ? undefined
      : (JSON.parse(request.nextToken) as Stored);
  const found = world.events.filter(
    (event) =>
      event.visible <= now &&
      event.timestamp >= request.startTime &&
      event.timestamp <= (request.endTime ?? Number.POSITIVE_INFINITY) &&
      (behind === undefined || inOrder(event, behind) > 0),
  );
  const size = Math.max(1, Math.floor(world.pageSize * dice()));
  const page: LogEvent[] = found.slice(0, size);
  const nextToken = found.length > size ? JSON.stringify(page.at(-1)) : undefined;
  if (behind !== undefined && dice() < 0.2) page.unshift(behind);
  return { events: page, nextToken };
}

export function inOrder(a: LogEvent, b: LogEvent): number {
  return a.timestamp - b.timestamp || a.ingestion - b.ingestion || Number(a.id) - Number(b.id);
}

export function makeDice(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}
