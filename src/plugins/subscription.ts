// A Pub/Sub subscription → batches of messages. A message is acknowledged when its alerts have left; until then Google's client
// keeps it from others, and after a crash it comes again.

import { SourceError } from '../sources/source.js';
import { counters } from './counters.js';
import { faultText } from './faults.js';
import { createInbox } from './inbox.js';
import { createPatience } from './patience.js';
import type { OpenedSource, SourceIo } from './plugin.js';
import type { PubSubMessage, Subscription } from './pubsub-client.js';

export interface SubscriptionOptions {
  readonly name: string;
  readonly subscribe: () => Subscription;
  /** Largest message, bytes. */
  readonly most: number;
  readonly io: Pick<SourceIo, 'log' | 'drop'>;
}

/** gRPC: what no waiting helps against. */
const LASTING: Readonly<Record<number, string>> = {
  3: 'the name is not valid',
  5: 'there is no such subscription',
  7: 'the credentials may not read it: roles/pubsub.subscriber is needed',
  16: 'the credentials are refused',
};
const LIMIT = { items: 100_000, bytes: 256 * 1024 * 1024 };

export function openSubscription({ name, subscribe, most, io }: SubscriptionOptions): OpenedSource {
  const counts = { received: 0, acknowledged: 0, faults: 0 };

  async function* session(
    signal: AbortSignal,
    onMessage: () => void,
  ): AsyncGenerator<readonly PubSubMessage[]> {
    const inbox = createInbox<PubSubMessage>(LIMIT);
    const subscription = subscribe();
    subscription.on('message', (message) => {
      counts.received++;
      onMessage();
      if (!inbox.push(message, message.data.length)) message.nack();
    });
    subscription.on('error', (error) => inbox.close(error));
    try {
      for (let taken = await inbox.take(signal); taken.length > 0; taken = await inbox.take(signal))
        yield taken;
    } finally {
      // What is not acknowledged by now comes again.
      await subscription.close().catch(() => {});
    }
  }

  return {
    maxEventSize: most,
    async *batches(signal) {
      const patience = createPatience();
      let isFirst = true;
      while (!signal.aborted) {
        try {
          for await (const messages of session(signal, () => patience.reset())) {
            isFirst = false;
            yield { payloads: messages.map(({ data }) => data.toString()), position: messages };
          }
        } catch (error) {
          if (signal.aborted) return;
          counts.faults++;
          const { code = -1 } = error as { readonly code?: number };
          const text = `Pub/Sub subscription ${name}: ${LASTING[code] ?? faultText(error)}`;
          if (isFirst && LASTING[code] !== undefined) throw new SourceError(text, { cause: error });
          io.log('warning', `${text}; trying again`, `trouble ${code}`);
          await patience.wait(signal);
        }
      }
    },
    commit(position) {
      const messages = position as readonly PubSubMessage[];
      for (const message of messages) message.ack();
      counts.acknowledged += messages.length;
    },
    summary: () => [
      `Pub/Sub ${name}: ${counts.received} messages received, ${counts.acknowledged} acknowledged, ${counts.faults} faults`,
    ],
    series: () =>
      counters(
        'pubsub',
        { subscription: name },
        {
          messages_received: ['Messages of the subscription: received.', counts.received],
          messages_acknowledged: ['Messages of the subscription: acknowledged.', counts.acknowledged],
          faults: ['Sessions with the service that ended with a fault.', counts.faults],
        },
      ),
  };
}
