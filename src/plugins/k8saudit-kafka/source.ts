// Topics → batches of audit events, read as a member of a consumer group. At least once: a batch's offset is committed after
// its alerts have left. Exactly once: alerts for kafka_output are held until then, and leave in one transaction with it.

import { toBytes } from '../../bytes.js';
import type { KafkaOptions } from '../../kafka/access.js';
import { isLastingFault, kafkaFault } from '../../kafka/faults.js';
import {
  type KafkaConsumer,
  type KafkaLibrary,
  type KafkaMessage,
  kafkaMessage,
} from '../../kafka/library.js';
import { type Batch, SourceError, type SourceMetric } from '../../sources/source.js';
import { createPatience } from '../patience.js';
import type { OpenedSource, SourceIo } from '../plugin.js';
import { createCommits } from './commits.js';
import type { Claimed, Group } from './group.js';
import { isUnknownTopic, type KafkaPosition, readSession, type SessionOptions } from './session.js';
import { openTransactions, type Transactions } from './transactions.js';

export interface TopicsOptions {
  readonly library: KafkaLibrary;
  readonly client: KafkaOptions;
  readonly topics: readonly string[];
  readonly group: string;
  /** Where a partition begins of which nothing is committed: −1 is the end, −2 the beginning, else milliseconds. */
  readonly start: bigint;
  readonly exactlyOnce: boolean;
  readonly sessionMs: number;
  readonly clusterName: string | undefined;
  readonly maxEventSize: number;
  readonly io: Pick<SourceIo, 'log' | 'drop'>;
}

/** A value may hold a list of events, or one in a shipper's. */
const VALUE_FACTOR = 4;

export function openTopics(options: TopicsOptions): OpenedSource {
  const { library, client, topics, exactlyOnce, clusterName, maxEventSize, io } = options;
  const counts = createCounts();
  let consumer: KafkaConsumer | undefined;
  let group: () => Group | undefined = () => undefined;
  // Alerts of the batch under way, which leave with its offset.
  let held: KafkaMessage[] = [];
  const commits = createCommits(() => consumer, io.log);

  const refused = (_message: KafkaMessage, why: string): void => {
    io.drop('alert_refused');
    io.log('error', `kafka: an alert is lost, the brokers do not take it: ${why}`, 'alert_refused');
  };

  const claim = (of: KafkaConsumer, part: Claimed, fail: (error: Error) => void): Promise<Transactions> =>
    openTransactions({
      ...part,
      library,
      client,
      consumer: of,
      id: `${options.group}-${part.topic}-${part.partition}`,
      fail,
      refused,
      committed: () => void counts.transactions++,
    });

  async function settle(): Promise<void> {
    const parts = [...(group()?.parts.values() ?? [])];
    await Promise.all([commits.settle(), ...parts.map(({ transactions }) => transactions?.idle())]);
  }

  const session: SessionOptions = {
    ...options,
    largest: maxEventSize * VALUE_FACTOR,
    claim: exactlyOnce ? claim : undefined,
    opened(of, current) {
      consumer = of;
      group = current;
    },
    // So that the next start goes on here, wherever the topic ends then.
    begun(part) {
      if (part.transactions === undefined) commits.done(part, part.position);
      else void part.transactions.submit([], part.position);
    },
    counted(messages, bytes) {
      counts.messages += messages;
      counts.bytes += bytes;
    },
    rebalanced(parts) {
      counts.rebalances++;
      io.log('info', `kafka: group ${options.group}: ${parts} partitions are read here`, 'rebalance');
    },
    settle,
  };

  return {
    bytes: true,
    shipped: true,
    maxEventSize,
    ...(clusterName !== undefined && { clusterName: toBytes(clusterName) }),
    batches: (signal) => readAll(session, counts, signal),
    async commit(position) {
      const { part, next } = position as KafkaPosition;
      const alerts = held;
      held = [];
      if (part.transactions === undefined) commits.done(part, next);
      else if (part.lost) counts.withheld += alerts.length;
      else await part.transactions.submit(alerts, next);
    },
    ...(exactlyOnce && {
      carrier: {
        brokers: client.bootstrapBrokers,
        add: (alert) => void held.push(kafkaMessage(alert)),
      },
    }),
    summary: () => [
      `kafka ${topics.join(', ')}: ${counts.messages} messages read, ${counts.rebalances} changes of the group, ${counts.faults} faults`,
    ],
    series: () => seriesOf(counts, group(), options.group),
  };
}

/** Sessions, one after the other, until the signal fires. Errors: SourceError, where waiting does not help. */
async function* readAll(session: SessionOptions, counts: Counts, signal: AbortSignal): AsyncGenerator<Batch> {
  const { io } = session;
  const patience = createPatience();
  let isFirst = true;
  while (!signal.aborted) {
    try {
      for await (const batch of readSession(session, signal)) {
        isFirst = false;
        patience.reset();
        yield batch;
      }
    } catch (error) {
      if (signal.aborted) return;
      counts.faults++;
      const text = `kafka: ${kafkaFault(error)}`;
      if (isFirst && (isLastingFault(error) || isUnknownTopic(error)))
        throw new SourceError(text, { cause: error });
      io.log('warning', `${text}; trying again`, 'trouble');
      await patience.wait(signal);
    }
  }
}

type Counts = ReturnType<typeof createCounts>;

const createCounts = () => ({
  messages: 0,
  bytes: 0,
  rebalances: 0,
  faults: 0,
  transactions: 0,
  withheld: 0,
});

function seriesOf(counts: Counts, group: Group | undefined, name: string): readonly SourceMetric[] {
  const labels = { group: toBytes(name) };
  const total = (key: keyof Counts, help: string): SourceMetric => ({
    name: `tsfalco_kafka_${key}_total`,
    type: 'counter',
    help,
    labels,
    value: counts[key],
  });
  const parts = [...(group?.parts.values() ?? [])];
  return [
    total('messages', 'Messages read.'),
    total('bytes', 'Bytes of their values.'),
    total('rebalances', 'Changes of the group that gave this worker partitions, or took them.'),
    total('faults', 'Sessions with the brokers that ended with a fault.'),
    total('transactions', 'Transactions with alerts and offsets that were committed.'),
    total('withheld', 'Alerts that were left to the worker that has their partition now.'),
    ...parts.map(
      ({ topic, partition, lag }): SourceMetric => ({
        name: 'tsfalco_kafka_lag',
        type: 'gauge',
        help: 'Messages of a partition that are not read yet.',
        labels: { topic: toBytes(topic), partition: String(partition) },
        value: lag,
      }),
    ),
  ];
}
