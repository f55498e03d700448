// Exactly once, for one partition: alerts and the offset behind their events leave in one transaction. The transactional id
// belongs to the partition, not to the worker: whoever gets the partition ends what the worker before has left open, which
// would hold up all readers, and shuts that worker out. Whatever is not certain ends the session (source.ts): a new one begins
// where the last transaction that counts has ended.

import { setTimeout as delay } from 'node:timers/promises';
import { brokersSaid, kafkaFault } from '../../kafka/faults.js';
import {
  type KafkaConsumer,
  type KafkaLibrary,
  type KafkaMessage,
  type KafkaProducer,
  type KafkaTransaction,
  transactionalProducer,
} from '../../kafka/library.js';
import { portionsOf, sendPortion } from '../../kafka/portions.js';

export interface Transactions {
  /** Takes alerts and the offset behind their events; resolves when there is room for more. */
  submit(alerts: readonly KafkaMessage[], next: bigint): Promise<void>;
  /** Resolves when all that was taken is committed, or never will be. */
  idle(): Promise<void>;
  /** Nothing more is sent. */
  close(): Promise<void>;
}

export interface TransactionsOptions {
  readonly library: KafkaLibrary;
  readonly client: object;
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly consumer: KafkaConsumer;
  /** Whether the partition went to another worker. */
  readonly lost: () => boolean;
  /** The session has to begin anew. */
  readonly fail: (error: Error) => void;
  /** An alert that the brokers will never take. */
  readonly refused: (message: KafkaMessage, why: string) => void;
  readonly committed: () => void;
}

/** Open transactions of a worker that is gone end after this time, if nobody gets the partition. */
const TRANSACTION_MS = 30_000;
const MOST_WAITING = 2000;
/** Offsets without alerts are committed this often. */
const QUIET_MS = 500;
const TRIES = 50;
const GROUP_CHANGES = ['ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS', 'UNKNOWN_MEMBER_ID'];
const PAUSE_MS = 200;
/** Asks for a new epoch, whoever had the id before. */
const ANYONE = { producerId: -1n, producerEpoch: -1 };

/** Shuts out whoever had the partition before; offsets may be read when this resolves. */
export async function openTransactions(options: TransactionsOptions): Promise<Transactions> {
  const { library, client, id, consumer, topic, partition, lost, fail } = options;
  const producer: KafkaProducer = transactionalProducer(library, {
    ...client,
    transactionalId: id,
    timeout: TRANSACTION_MS,
    retryDelay: 50,
    retries: 100,
  });
  let ready: KafkaTransaction | undefined = await producer.beginTransaction(ANYONE);
  let waiting: KafkaMessage[] = [];
  let next: bigint | undefined;
  let working: Promise<void> | undefined;
  let over = false;
  let room: (() => void)[] = [];

  const isOver = (): boolean => over || lost();

  async function attempt(alerts: readonly KafkaMessage[], offset: bigint): Promise<void> {
    const transaction = (ready ??= await producer.beginTransaction());
    try {
      await transaction.addConsumer(consumer);
      for (const portion of portionsOf(alerts))
        await sendPortion((messages) => transaction.send({ messages }), portion, options.refused);
      const { groupId, memberId, generationId, coordinatorId } = consumer;
      const metadata = { consumer: { groupId, memberId, generationId, coordinatorId } };
      await transaction.addOffset({ topic, partition, offset: offset - 1n, metadata });
    } catch (error) {
      // What failed to be sent may be there, under a number that must not be given to anything else.
      if (!brokersSaid(error, ...GROUP_CHANGES)) throw error;
      await transaction.abort();
      ready = undefined;
      throw new Again(error);
    }
    await transaction.commit();
    ready = undefined;
    options.committed();
  }

  async function write(alerts: readonly KafkaMessage[], offset: bigint): Promise<void> {
    for (let tries = 1; !isOver(); tries++) {
      try {
        await attempt(alerts, offset);
        return;
      } catch (error) {
        // Only what was aborted for certain may be sent again.
        if (!(error instanceof Again) || tries >= TRIES) throw error;
        await delay(PAUSE_MS);
      }
    }
  }

  async function work(): Promise<void> {
    await Promise.resolve();
    try {
      while (next !== undefined && !isOver()) {
        if (waiting.length === 0) await delay(QUIET_MS);
        const [alerts, offset] = [waiting, next];
        waiting = [];
        next = undefined;
        for (const wake of room) wake();
        room = [];
        await write(alerts, offset);
      }
    } catch (error) {
      await ended(error);
    } finally {
      working = undefined;
      for (const wake of room) wake();
      room = [];
    }
  }

  // Whoever shut this worker out has the partition; that it is lost may be heard of a little later.
  async function ended(error: unknown): Promise<void> {
    const shutOut = brokersSaid(error, 'PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH');
    for (let tries = 0; shutOut && tries < TRIES && !isOver(); tries++) await delay(PAUSE_MS);
    if (isOver()) return;
    over = true;
    fail(new Error(`transaction for ${topic}/${partition}: ${kafkaFault(error)}`, { cause: error }));
  }

  return {
    async submit(alerts, offset) {
      if (isOver()) return;
      for (const alert of alerts) waiting.push(alert);
      next = offset;
      working ??= work();
      if (waiting.length >= MOST_WAITING) await new Promise<void>((resolve) => room.push(resolve));
    },
    async idle() {
      await working;
    },
    async close() {
      over = true;
      await producer.close(true);
    },
  };
}

/** The transaction is aborted, and nothing of it counts. */
class Again extends Error {
  constructor(cause: unknown) {
    super(kafkaFault(cause), { cause });
  }
}
