// One session with the brokers: connections, membership of the group, requests under way. In: what to read. Out: batches, each
// of one partition. It ends with the signal, or with the first fault that the client does not get over; the source begins
// another one then.

import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaOptions } from '../../kafka/access.js';
import { brokersSaid, kafkaFault } from '../../kafka/faults.js';
import type { KafkaConsumer, KafkaLibrary, KafkaMetadata } from '../../kafka/library.js';
import type { Batch } from '../../sources/source.js';
import type { SourceIo } from '../plugin.js';
import { createFetch, type Fetch, type Fetched } from './fetch.js';
import { type Claimed, type Group, joinGroup, offsetAt } from './group.js';
import { createMemory, type Memory } from './memory.js';
import { type Part, partKey } from './part.js';
import { takeRecords } from './records.js';
import type { Transactions } from './transactions.js';

/** What is committed once the alerts of a batch have left. */
export interface KafkaPosition {
  readonly part: Part;
  readonly next: bigint;
}

export interface SessionOptions {
  readonly library: KafkaLibrary;
  readonly client: KafkaOptions;
  readonly topics: readonly string[];
  readonly group: string;
  readonly start: bigint;
  readonly sessionMs: number;
  readonly largest: number;
  readonly io: Pick<SourceIo, 'log' | 'drop'>;
  readonly claim?:
    | ((consumer: KafkaConsumer, part: Claimed, fail: (error: Error) => void) => Promise<Transactions>)
    | undefined;
  /** Hears of the session's means as soon as they are there. */
  readonly opened: (consumer: KafkaConsumer, group: () => Group | undefined) => void;
  readonly begun: (part: Part) => void;
  readonly counted: (messages: number, bytes: number) => void;
  readonly rebalanced: (parts: number) => void;
  /** What has to be done before the brokers hear that this worker goes. */
  readonly settle: () => Promise<void>;
}

interface Lane {
  readonly leader: number;
  readonly fetched: readonly Fetched[];
  readonly fault?: unknown;
}

const REBALANCE_FACTOR = 2;
const HEARTBEATS = 5;
const PAUSE_MS = 500;
const MOST_FAULTS = 20;
const LEAVE_MS = 3000;
const OFFSET_OUT_OF_RANGE = 1;
const BEGINNING = -2n;
/** New partitions of a topic are found this often. */
const COUNT_MS = 30_000;

/** Errors: of the client. */
export async function* readSession(options: SessionOptions, signal: AbortSignal): AsyncGenerator<Batch> {
  const { library, client, topics, group: groupId, sessionMs, claim, opened, begun, rebalanced } = options;
  const consumer = new library.Consumer({
    ...client,
    groupId,
    sessionTimeout: sessionMs,
    rebalanceTimeout: sessionMs * REBALANCE_FACTOR,
    heartbeatInterval: Math.round(sessionMs / HEARTBEATS),
  });
  const pool = new library.ConnectionPool(client.clientId, client);
  let group: Group | undefined;
  opened(consumer, () => group);
  try {
    const fetch = createFetch(library, pool, await consumer.listApis());
    const fail = (error: Error): void => group?.fail(error);
    group = await joinGroup({
      consumer,
      topics,
      start: options.start,
      claim: claim && ((part) => claim(consumer, part, fail)),
      rebalanced,
      begun,
    });
    yield* readGroup(group, consumer, fetch, options, signal);
  } finally {
    await options.settle();
    group?.leave();
    const left = new AbortController();
    const late = delay(LEAVE_MS, undefined, { signal: left.signal }).catch(() => {});
    const gone = Promise.allSettled([consumer.close(true), pool.close()]);
    await Promise.race([gone, late]);
    left.abort();
  }
}

async function* readGroup(
  group: Group,
  consumer: KafkaConsumer,
  fetch: Fetch,
  options: SessionOptions,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const lanes = new Map<number, Promise<Lane>>();
  const aborted = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  const { topics, io } = options;
  const counting = createCounting();
  const memory = createMemory();
  let faults = 0;

  async function ask(): Promise<void> {
    const metadata = await consumer.metadata({ topics });
    if (counting.grown(metadata)) await consumer.joinGroup({});
    for (const [leader, parts] of byLeader(group.parts.values(), metadata))
      if (!lanes.has(leader)) lanes.set(leader, laneOf(leader, fetch(leader, parts, metadata)));
  }

  while (!signal.aborted) {
    await group.settle();
    await ask();
    const done = await Promise.race([...lanes.values(), group.changed(), aborted]);
    if (done === undefined) continue;
    lanes.delete(done.leader);
    if (done.fault !== undefined) {
      if (++faults > MOST_FAULTS) throw done.fault;
      io.log('warning', `kafka: ${kafkaFault(done.fault)}; trying again`, 'trouble');
      consumer.clearMetadata();
      await Promise.race([delay(PAUSE_MS), aborted]);
      continue;
    }
    faults = 0;
    const batches = await take(done.fetched, consumer, { ...options, memory }, aborted);
    // The broker reads on while these are evaluated.
    if (!signal.aborted) await ask();
    for (const batch of batches) if (!(batch.position as KafkaPosition).part.lost) yield batch;
  }
}

function laneOf(leader: number, fetching: Promise<readonly Fetched[]>): Promise<Lane> {
  return fetching.then(
    (fetched) => ({ leader, fetched }),
    (fault: unknown) => ({ leader, fetched: [], fault: fault ?? new Error('no answer') }),
  );
}

function byLeader(parts: Iterable<Part>, metadata: KafkaMetadata): ReadonlyMap<number, readonly Part[]> {
  const all = new Map<number, Part[]>();
  for (const part of parts) {
    const leader = metadata.topics.get(part.topic)?.partitions[part.partition]?.leader ?? -1;
    if (leader < 0) continue;
    const list = all.get(leader) ?? [];
    all.set(leader, list);
    list.push(part);
  }
  return all;
}

/** Tells when topics have got partitions, which the group has to share out. */
function createCounting() {
  let known: number | undefined;
  let looked = performance.now();
  return {
    grown({ topics }: KafkaMetadata): boolean {
      if (known !== undefined && performance.now() - looked < COUNT_MS) return false;
      looked = performance.now();
      let count = 0;
      for (const { partitions } of topics.values()) count += partitions.length;
      const before = known;
      known = count;
      return before !== undefined && count > before;
    },
  };
}

async function take(
  fetched: readonly Fetched[],
  consumer: KafkaConsumer,
  options: SessionOptions & { readonly memory: Memory },
  aborted: Promise<void>,
): Promise<readonly Batch[]> {
  const { library, io, largest, counted, memory } = options;
  const batches: Batch[] = [];
  // Whoever asks for more is done with what the last answer held.
  memory.reset();
  let hasFaults = false;
  for (const { part, answer } of fetched) {
    if (part.lost) continue;
    const place = partKey(part.topic, part.partition);
    if (answer.errorCode === OFFSET_OUT_OF_RANGE) await skipToBeginning(part, consumer, io);
    else if (answer.errorCode !== 0) {
      const fault = library.protocolErrorsCodesById[answer.errorCode] ?? answer.errorCode;
      io.log('warning', `kafka: ${place}: ${fault}; trying again`, 'partition');
      hasFaults = true;
    }
    if (answer.errorCode !== 0) {
      consumer.clearMetadata();
      continue;
    }
    const drop = (reason: string, count?: number): void => io.drop(reason, count);
    const taken = takeRecords(answer, { library, from: part.position, largest, drop, memory });
    for (const { offset, messages } of taken.damaged)
      io.log(
        'error',
        `kafka: ${place}: what is stored at offset ${offset} is damaged: ${messages} messages are passed over`,
        'damaged_batch',
      );
    const isNew = taken.next > part.position;
    part.position = taken.next;
    part.lag = Math.max(0, Number(answer.lastStableOffset - taken.next));
    counted(taken.messages, taken.bytes);
    if (isNew) batches.push({ payloads: taken.payloads, position: { part, next: taken.next } });
  }
  // Brokers answer at once where they have a fault.
  if (hasFaults) await Promise.race([delay(PAUSE_MS), aborted]);
  return batches;
}

/** The brokers have deleted what was to be read next, or the topic was made anew. */
async function skipToBeginning(part: Part, consumer: KafkaConsumer, io: SessionOptions['io']): Promise<void> {
  const { topic, partition, position } = part;
  const first = await offsetAt(consumer, topic, partition, BEGINNING);
  const gone = first > position ? Number(first - position) : 0;
  if (gone > 0) io.drop('expired', gone);
  const what = gone > 0 ? `${gone} messages were deleted before they were read` : 'its offsets begin anew';
  io.log('error', `kafka: ${partKey(topic, partition)}: ${what}`, 'expired');
  part.position = first;
}

export const isUnknownTopic = (error: unknown): boolean => brokersSaid(error, 'UNKNOWN_TOPIC_OR_PARTITION');
