// A member of the consumer group, from joining to leaving: which partitions it has, and where each of them begins. The client
// joins again by itself whenever the group changes; what that means for the partitions is decided here, when the reader asks.

import { brokersSaid } from '../../kafka/faults.js';
import type { KafkaConsumer } from '../../kafka/library.js';
import { type Part, partKey } from './part.js';
import type { Transactions } from './transactions.js';

export interface Group {
  readonly parts: ReadonlyMap<string, Part>;
  /** Takes over what the group has given it since the last call. Errors: of the client; and when the session is over. */
  settle(): Promise<void>;
  /** Resolves when the group has changed, or the session is over. */
  changed(): Promise<void>;
  fail(error: Error): void;
  /** All partitions are lost. */
  leave(): void;
}

export interface GroupOptions {
  readonly consumer: KafkaConsumer;
  readonly topics: readonly string[];
  /** Where a partition begins of which nothing is committed: −1 is the end, −2 the beginning, else milliseconds. */
  readonly start: bigint;
  readonly claim: ((part: Claimed) => Promise<Transactions>) | undefined;
  readonly rebalanced: (parts: number) => void;
  /** Nothing was committed of it so far: a start after this one must not begin at another end. */
  readonly begun: (part: Part) => void;
}

export interface Claimed {
  readonly topic: string;
  readonly partition: number;
  readonly lost: () => boolean;
}

const END = -1n;
const MOST_FAULTS = 5;

/** Joins. Errors: of the client. */
export async function joinGroup(options: GroupOptions): Promise<Group> {
  const { consumer, topics, rebalanced } = options;
  const parts = new Map<string, Part>();
  let failure: Error | undefined;
  let isNew = false;
  let faults = 0;
  let wake: () => void = () => {};

  const fail = (error: Error): void => {
    failure ??= error;
    wake();
  };
  consumer.on('consumer:group:join', () => {
    isNew = true;
    // At once, so that nothing more is committed of what others have now.
    loseOthers();
    wake();
  });
  consumer.on('error', (error) => fail(error as Error));
  consumer.on('consumer:heartbeat:end', () => {
    faults = 0;
  });
  consumer.on('consumer:heartbeat:error', (payload) => {
    const { error } = payload as { readonly error: Error };
    // The client remembers its coordinator for ever, also one that is none any more.
    if (++faults >= MOST_FAULTS || brokersSaid(error, 'NOT_COORDINATOR')) fail(error);
  });
  for (const topic of topics) consumer.topics.track(topic);
  await consumer.metadata({ topics });
  await consumer.joinGroup({});

  function lose(key: string, part: Part): void {
    part.lost = true;
    parts.delete(key);
    void part.transactions?.idle().then(() => part.transactions?.close().catch(() => {}));
  }

  function loseOthers(): void {
    const assigned = assignedOf(consumer);
    for (const [key, part] of parts) if (!assigned.has(key)) lose(key, part);
  }

  async function takeOver(): Promise<void> {
    const fresh = [...assignedOf(consumer)].filter(([key]) => !parts.has(key));
    await Promise.all(fresh.map(async ([key, place]) => parts.set(key, await begin(place, options))));
    // The group may have changed meanwhile.
    loseOthers();
    rebalanced(parts.size);
  }

  return {
    parts,
    fail,
    async settle() {
      while (isNew && failure === undefined) {
        isNew = false;
        await takeOver();
      }
      if (failure !== undefined) throw failure;
    },
    changed: () =>
      isNew || failure !== undefined
        ? Promise.resolve()
        : new Promise((resolve) => {
            wake = resolve;
          }),
    leave() {
      for (const [key, part] of parts) lose(key, part);
    },
  };
}

function assignedOf({ assignments }: KafkaConsumer): ReadonlyMap<string, Pick<Part, 'topic' | 'partition'>> {
  return new Map(
    (assignments ?? []).flatMap(({ topic, partitions }) =>
      partitions.map((partition) => [partKey(topic, partition), { topic, partition }]),
    ),
  );
}

async function begin(
  { topic, partition }: Pick<Part, 'topic' | 'partition'>,
  { consumer, start, claim, begun }: GroupOptions,
): Promise<Part> {
  let part: Part | undefined;
  // What is committed is read after the worker before has been shut out.
  const transactions = await claim?.({ topic, partition, lost: () => part?.lost === true });
  const committed = await consumer.listCommittedOffsets({ topics: [{ topic, partitions: [partition] }] });
  const known = committed.get(topic)?.[partition] ?? -1n;
  const position = known >= 0n ? known : await offsetAt(consumer, topic, partition, start);
  part = { topic, partition, position, lag: 0, lost: false, ...(transactions && { transactions }) };
  if (known < 0n) begun(part);
  return part;
}

/** The first offset at a time or behind it; the end, if there is none. */
export async function offsetAt(
  consumer: KafkaConsumer,
  topic: string,
  partition: number,
  timestamp: bigint,
): Promise<bigint> {
  const partitions = { [topic]: [partition] };
  const found = await consumer.listOffsets({ topics: [topic], partitions, timestamp });
  const offset = found.get(topic)?.[partition] ?? -1n;
  if (offset >= 0n) return offset;
  return timestamp === END ? 0n : offsetAt(consumer, topic, partition, END);
}
