// Azure's client for Event Hubs, as far as it is used. The only file that knows it; it is loaded when a hub is opened.

import { loadClient } from '../optional.js';

export interface HubEvent {
  /** Bytes, as the client is told not to parse them. */
  readonly body: unknown;
  readonly sequenceNumber: number;
}

export interface HubHandlers {
  processEvents(events: readonly HubEvent[], context: { readonly partitionId: string }): Promise<void>;
  processError(error: Error & { readonly code?: string; readonly retryable?: boolean }): Promise<void>;
}

/** By partition, behind which event reading begins; `-1` is the first event there is. */
export interface HubStart {
  readonly after: ReadonlyMap<string, number>;
  readonly otherwise: 'earliest' | 'latest' | Date;
}

export interface Hub {
  partitions(): Promise<readonly string[]>;
  subscribe(handlers: HubHandlers, start: HubStart): { close(): Promise<void> };
  close(): Promise<void>;
}

export interface HubAccess {
  readonly connectionString: string;
  /** Host of the namespace, for Entra id. */
  readonly namespace: string | undefined;
  readonly hub: string;
  readonly consumerGroup: string;
}

export type ConnectHub = (access: HubAccess) => Hub;

interface Consumer {
  getPartitionIds(): Promise<readonly string[]>;
  subscribe(handlers: HubHandlers, options: object): { close(): Promise<void> };
  close(): Promise<void>;
}

interface Library {
  readonly EventHubConsumerClient: new (
    group: string,
    address: string,
    ...more: readonly unknown[]
  ) => Consumer;
}

interface Identity {
  readonly DefaultAzureCredential: new () => object;
}

const BATCH = 100;
const WAIT_SECONDS = 1;

/** Errors: SourceError, where a package is not installed. */
export const connectHub: ConnectHub = ({ connectionString, namespace, hub, consumerGroup }) => {
  const { EventHubConsumerClient } = loadClient<Library>('@azure/event-hubs', '6');
  const consumer =
    namespace === undefined
      ? new EventHubConsumerClient(consumerGroup, connectionString, ...(hub === '' ? [] : [hub]))
      : new EventHubConsumerClient(consumerGroup, namespace, hub, entraId());
  return {
    partitions: () => consumer.getPartitionIds(),
    subscribe: (handlers, { after, otherwise }) =>
      consumer.subscribe(handlers, {
        startPosition: {
          ...Object.fromEntries(
            [...after].map(([id, sequenceNumber]) => [id, { sequenceNumber, isInclusive: false }]),
          ),
          ...(after.size === 0 ? positionOf(otherwise) : {}),
        },
        maxBatchSize: BATCH,
        maxWaitTimeInSeconds: WAIT_SECONDS,
        skipParsingBodyAsJson: true,
      }),
    close: () => consumer.close(),
  };
};

function entraId(): object {
  const { DefaultAzureCredential } = loadClient<Identity>('@azure/identity', '4');
  return new DefaultAzureCredential();
}

const positionOf = (start: HubStart['otherwise']): object =>
  start === 'earliest'
    ? { offset: '-1' }
    : start === 'latest'
      ? { offset: '@latest' }
      : { enqueuedOn: start };
