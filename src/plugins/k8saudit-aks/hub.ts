// An event hub → batches of bodies, with the place in each partition as position: remembered when the alerts have left. A body
// that cannot be read is passed over like any event, so that nothing stands in the way of what comes behind it.

import { SourceError } from '../../sources/source.js';
import { counters } from '../counters.js';
import { faultText } from '../faults.js';
import { createInbox } from '../inbox.js';
import { createPatience } from '../patience.js';
import type { Memory, OpenedSource, SourceIo } from '../plugin.js';
import type { Hub, HubEvent, HubStart } from './client.js';

export interface HubOptions {
  /** For messages. */
  readonly name: string;
  readonly connect: () => Hub;
  readonly start: HubStart['otherwise'];
  readonly memory: Memory | undefined;
  readonly maxEventSize: number;
  readonly clusterName: string | undefined;
  readonly io: Pick<SourceIo, 'log' | 'drop'>;
}

interface Arrived {
  readonly partition: string;
  readonly events: readonly HubEvent[];
  /** Lets the partition go on. */
  done(): void;
}

const LIMIT = { items: 1024, bytes: Number.POSITIVE_INFINITY };
const LASTING =
  /Unauthorized|InvalidSignature|MessagingEntityNotFound|NotFound|AuthenticationError|CredentialUnavailable/i;

export function openHub(options: HubOptions): OpenedSource {
  const { name, connect, memory, io } = options;
  const places = new Map<string, number>();
  const counts = { events: 0, faults: 0 };

  async function* session(
    signal: AbortSignal,
    after: ReadonlyMap<string, number>,
  ): AsyncGenerator<readonly Arrived[]> {
    const hub = connect();
    const inbox = createInbox<Arrived>(LIMIT);
    try {
      // Tells at once whether the hub is there and may be read.
      const partitions = await hub.partitions();
      const known = new Map(
        partitions.flatMap((id) => (after.has(id) ? [[id, after.get(id)!] as const] : [])),
      );
      const start =
        known.size === 0
          ? { after: known, otherwise: options.start }
          : allOf(partitions, known, options.start);
      const subscription = hub.subscribe(
        {
          processEvents: (events, { partitionId }) =>
            events.length === 0
              ? Promise.resolve()
              : new Promise((resolve) => {
                  if (!inbox.push({ partition: partitionId, events, done: resolve }, 0)) resolve();
                }),
          async processError(error) {
            // Others pass, and the client tries again by itself.
            if (LASTING.test(`${error.code} ${error.name}`)) inbox.close(error);
            else {
              counts.faults++;
              io.log('warning', `event hub ${name}: ${faultText(error)}; trying again`, 'trouble');
            }
          },
        },
        start,
      );
      try {
        for (let taken = await inbox.take(signal); taken.length > 0; taken = await inbox.take(signal))
          yield taken;
      } finally {
        inbox.close();
        await subscription.close().catch(() => {});
      }
    } finally {
      await hub.close().catch(() => {});
    }
  }

  return {
    maxEventSize: options.maxEventSize,
    ...(options.clusterName !== undefined && { clusterName: options.clusterName }),
    async *batches(signal) {
      for (const [id, number] of Object.entries(
        ((await memory?.load()) ?? {}) as Readonly<Record<string, number>>,
      ))
        places.set(id, number);
      const read = new Map(places);
      const patience = createPatience();
      let isFirst = true;
      while (!signal.aborted) {
        try {
          for await (const arrived of session(signal, read)) {
            isFirst = false;
            patience.reset();
            yield { payloads: arrived.flatMap(({ events }) => events.map(bodyText)), position: arrived };
            for (const { partition, events } of arrived) {
              counts.events += events.length;
              read.set(partition, events.at(-1)!.sequenceNumber);
            }
          }
        } catch (error) {
          if (signal.aborted) return;
          counts.faults++;
          const { code, name: kind, message } = error as Error & { readonly code?: string };
          const text = `event hub ${name}: ${withoutKeys(message)}`;
          if (isFirst && LASTING.test(`${code} ${kind}`)) throw new SourceError(text, { cause: error });
          io.log('warning', `${text}; trying again`, 'trouble');
          await patience.wait(signal);
        }
      }
    },
    async commit(position) {
      const arrived = position as readonly Arrived[];
      for (const { partition, events } of arrived) places.set(partition, events.at(-1)!.sequenceNumber);
      await memory?.save(Object.fromEntries(places));
      for (const { done } of arrived) done();
    },
    summary: () => [`event hub ${name}: ${counts.events} events read, ${counts.faults} faults`],
    series: () =>
      counters(
        'eventhub',
        { hub: name },
        {
          events: ['Events read from the hub.', counts.events],
          faults: ['Sessions with the hub that ended with a fault, and faults that passed.', counts.faults],
        },
      ),
  };
}

// Where some partitions have a place, new ones begin at their start: nothing of them was read.
function allOf(
  partitions: readonly string[],
  known: ReadonlyMap<string, number>,
  otherwise: HubStart['otherwise'],
): HubStart {
  return { after: new Map(partitions.map((id) => [id, known.get(id) ?? -1])), otherwise };
}

function bodyText({ body }: HubEvent): string {
  if (Buffer.isBuffer(body) || body instanceof Uint8Array) return Buffer.from(body).toString();
  return typeof body === 'string' ? body : JSON.stringify(body);
}

const withoutKeys = (text: string): string =>
  text
    .replace(/(SharedAccess(?:Key|Signature)=)[^;\s]*/gi, '$1***')
    .replace(/\s+/g, ' ')
    .slice(0, 500);
