// kafka output: each alert is a message of a topic, and its key the cluster, so that alerts of a cluster stay in order. Falco
// has none; its users put falcosidekick in between. Alerts whose source carries them itself, in one transaction with their
// events' place, are handed to it.

import { setTimeout as delay } from 'node:timers/promises';
import { toBytes } from '../bytes.js';
import { kafkaOptions } from '../kafka/access.js';
import { isLastingFault, kafkaFault } from '../kafka/faults.js';
import { type KafkaMessage, type KafkaProducer, kafkaMessage, loadKafka } from '../kafka/library.js';
import { kafkaMissing } from '../kafka/package.js';
import { portionsOf, sendPortion } from '../kafka/portions.js';
import { type AlertCarrier, type LossReason, type Message, type Output, OutputError } from './output.js';
import type { KafkaOutputSettings } from './settings.js';

const CLUSTER = 'ka.cluster.name';
const CLOSE_MS = 2000;

/** Connects with the first alert. What was sent is on all replicas that are in step when `write` resolves. */
export function createKafkaOutput(settings: KafkaOutputSettings): Output {
  const { topic } = settings;
  let producer: KafkaProducer | undefined;
  let abandon: (error: Error) => void = () => {};
  const abandoned = new Promise<never>((_, reject) => {
    abandon = reject;
  });
  abandoned.catch(() => {});

  async function close(): Promise<void> {
    const closing = producer?.close(true).catch(() => {});
    producer = undefined;
    if (closing !== undefined) await Promise.race([closing, delay(CLOSE_MS, undefined, { ref: false })]);
  }

  async function send(messages: readonly KafkaMessage[]): Promise<void> {
    producer ??= open(settings);
    try {
      await Promise.race([producer.send({ messages }), abandoned]);
    } catch (error) {
      // A producer that has failed would number the next messages as those that may have got through.
      void close();
      throw error;
    }
  }

  async function sendAll(messages: readonly Message[]): Promise<void> {
    const refused: Message[] = [];
    let why = '';
    let done = 0;
    const byValue = new Map(
      messages.map((message) => [kafkaMessage(recordOf(message, topic)), message] as const),
    );
    for (const portion of portionsOf([...byValue.keys()])) {
      try {
        await sendPortion(send, portion, (message, text) => {
          refused.push(byValue.get(message)!);
          why = text;
        });
      } catch (error) {
        throw failure(error, messages.slice(done));
      }
      done += portion.length;
    }
    if (refused.length > 0)
      throw new OutputError(toBytes(`kafka: the brokers do not take it: ${why}`), {
        reason: 'refused',
        undelivered: refused,
      });
  }

  return {
    name: 'kafka',
    async write(messages) {
      const own: Message[] = [];
      for (const message of messages) {
        if (message.carrier === undefined) own.push(message);
        else message.carrier.add(recordOf(message, topic));
      }
      if (own.length > 0) await sendAll(own);
    },
    abandon: () => abandon(new Error('given up')),
    close,
  };
}

/** Errors: OutputError, where the package or a file is missing. */
function open(settings: KafkaOutputSettings): KafkaProducer {
  const library = loadKafka();
  if (library === undefined)
    throw new Error(kafkaMissing('kafka_output') ?? 'the client for Kafka cannot be loaded');
  return new library.Producer({ ...kafkaOptions(settings), idempotent: true });
}

function failure(error: unknown, undelivered: readonly Message[]): OutputError {
  const text = kafkaFault(error);
  const code = String((error as { readonly code?: unknown }).code);
  const reason: LossReason = isLastingFault(error)
    ? 'refused'
    : /TIMEOUT/.test(code)
      ? 'timeout'
      : 'unreachable';
  return new OutputError(toBytes(`kafka: ${text}`), { reason, undelivered, again: true });
}

function recordOf(message: Message, topic: string): Parameters<AlertCarrier['add']>[0] {
  const key = clusterOf(message.line) ?? message.cluster;
  return { topic, ...(key !== undefined && { key }), value: message.line };
}

/** Of JSON alerts whose rule shows it. */
function clusterOf(line: Message['line']): string | undefined {
  if (!line.startsWith('{') || !line.includes(CLUSTER)) return undefined;
  try {
    const { output_fields: fields } = JSON.parse(line) as {
      readonly output_fields?: Readonly<Record<string, unknown>>;
    };
    const value = fields?.[CLUSTER];
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}
