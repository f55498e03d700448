// sqs://queue → batches of records of the log files that its messages tell of. A message is deleted when its alerts have left;
// one that cannot be understood, or whose file cannot be read, stays in the queue, for its dead-letter queue, and is counted
// (spec: plugins.md §2.4).

import { toBytes } from '../../bytes.js';
import { SourceError } from '../../sources/source.js';
import { counters } from '../counters.js';
import { faultText } from '../faults.js';
import { createPatience } from '../patience.js';
import type { Batch, OpenContext, OpenedSource } from '../plugin.js';
import {
  createQueue,
  createStore,
  HIDDEN_SECONDS,
  type Queue,
  type QueueMessage,
  type Store,
} from './aws.js';
import { createRecordReader } from './log-file.js';
import { type LogObject, readNotification } from './notification.js';
import { readObject } from './object.js';
import { createReadAhead } from './read-ahead.js';
import type { CloudtrailSettings } from './settings.js';

type Context = OpenContext<CloudtrailSettings>;

/** Messages that are left in the queue on purpose, so that they are not read again and again. */
const MOST_KEPT = 10_000;

interface Position {
  readonly message: QueueMessage;
}

export interface QueueClients {
  readonly queue: Queue;
  readonly store: Store;
}

/** Errors: SourceError. */
export function openQueue(name: string, { settings, io }: Context, given?: QueueClients): OpenedSource {
  if (name === '') throw new SourceError('cloudtrail plugin error: sqs:// names no queue');
  const { queue, store } = given ?? {
    queue: createQueue(name, settings, io.env),
    store: createStore(settings, io.env),
  };
  const ahead = createReadAhead(store, settings.s3DownloadConcurrency);
  const reader = createRecordReader(settings.max_event_size, io);
  const held = new Set<string>();
  const kept = new Set<string>();
  const counts = { received: 0, deleted: 0, poison: 0 };

  function complain(message: QueueMessage, why: string): void {
    counts.poison++;
    held.delete(message.receipt);
    io.drop('poison');
    io.log('error', `sqs://${name}: a message stays in the queue (${message.id}): ${why}`, 'poison');
  }

  async function* read(message: QueueMessage, signal: AbortSignal): AsyncGenerator<Batch> {
    const notification = readNotification(message.body);
    switch (notification.kind) {
      case 'unknown':
        complain(message, notification.why);
        return;
      case 'chatter':
        io.log('info', `sqs://${name}: ${notification.what}`, 'chatter');
        break;
      case 'files':
        try {
          if (notification.records.length > 0)
            yield { payloads: notification.records.map(toBytes), position: undefined };
          for (const file of notification.files) {
            for await (const payloads of readObject(ahead, file, reader, signal))
              yield { payloads, position: undefined };
          }
        } catch (error) {
          complain(message, faultText(error));
          return;
        }
    }
    if (!signal.aborted) yield { payloads: [], position: { message } satisfies Position };
  }

  async function* receive(signal: AbortSignal): AsyncGenerator<Batch> {
    const messages = (await queue.receive(signal)).filter(({ id }) => !kept.has(id));
    counts.received += messages.length;
    for (const { receipt } of messages) held.add(receipt);
    ahead.expect(messages.flatMap(filesOf), signal);
    for (const message of messages) {
      if (signal.aborted) return;
      yield* read(message, signal);
    }
  }

  // One that cannot be deleted now comes again, and is read again.
  async function isRemoved({ receipt }: QueueMessage): Promise<boolean> {
    try {
      await queue.remove([receipt]);
      return true;
    } catch (error) {
      if (!(error instanceof SourceError) || !error.retryable) throw error;
      held.delete(receipt);
      io.log('warning', `sqs://${name}: ${error.message}; a message comes again`, 'trouble');
      return false;
    }
  }

  // What is worked on stays hidden from other readers.
  function keepHeld(): NodeJS.Timeout {
    const hold = async (): Promise<void> => {
      const receipts = [...held];
      for (let i = 0; i < receipts.length; i += 10)
        await queue.hold(receipts.slice(i, i + 10), HIDDEN_SECONDS);
    };
    return setInterval(
      () => void hold().catch((error) => io.log('warning', `sqs://${name}: ${faultText(error)}`, 'hold')),
      (HIDDEN_SECONDS * 1000) / 3,
    ).unref();
  }

  return {
    bytes: true,
    maxEventSize: settings.max_event_size,
    async *batches(signal) {
      const timer = keepHeld();
      try {
        yield* receiveAll(name, receive, io, signal);
      } finally {
        clearInterval(timer);
      }
    },
    async commit(position) {
      if (position === undefined) return;
      const { message } = position as Position;
      if (settings.sqsDelete && !(await isRemoved(message))) return;
      if (!settings.sqsDelete) kept.add(message.id);
      if (kept.size > MOST_KEPT) kept.delete(kept.values().next().value!);
      held.delete(message.receipt);
      counts.deleted++;
    },
    summary: () => [
      ...reader.summary(),
      `sqs://${name}: ${counts.received} messages received, ${counts.deleted} settled, ${counts.poison} left in the queue`,
    ],
    series: () => [
      ...reader.series(`sqs://${name}`),
      ...counters(
        'cloudtrail',
        { queue: name },
        {
          messages_received: ['Messages of the queue: received.', counts.received],
          messages_deleted: ['Messages of the queue: deleted.', counts.deleted],
          messages_poison: [
            'Messages of the queue: left in it, as they cannot be understood.',
            counts.poison,
          ],
        },
      ),
    ],
  };
}

function filesOf({ body }: QueueMessage): readonly LogObject[] {
  const notification = readNotification(body);
  return notification.kind === 'files' ? notification.files : [];
}

/** Again and again; trouble passes, but what is wrong with names and permissions at the first try does not. */
async function* receiveAll(
  name: string,
  receive: (signal: AbortSignal) => AsyncGenerator<Batch>,
  io: Context['io'],
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const patience = createPatience();
  let first = true;
  while (!signal.aborted) {
    try {
      yield* receive(signal);
      patience.reset();
      first = false;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof SourceError)) throw error;
      if (first && !error.retryable)
        throw new SourceError(`sqs://${name}: ${error.message}`, { cause: error });
      io.log('warning', `sqs://${name}: ${error.message}; trying again`, 'trouble');
      await patience.wait(signal);
    }
  }
}
