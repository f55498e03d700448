// Google's client for Pub/Sub, as far as it is used. The only file that knows it; it is loaded when a subscription is opened.

import { loadClient } from './optional.js';

export interface PubSubMessage {
  readonly id: string;
  readonly data: Buffer;
  ack(): void;
  nack(): void;
}

export interface Subscription {
  on(event: 'message', hear: (message: PubSubMessage) => void): void;
  on(event: 'error', hear: (error: Error & { readonly code?: number }) => void): void;
  close(): Promise<void>;
}

export interface PubSubClient {
  /** @param most messages that may be under way */
  subscribe(name: string, most: number): Subscription;
}

export interface Credentials {
  readonly projectId: string | undefined;
  readonly keyFilename: string | undefined;
}

export type Connect = (credentials: Credentials) => PubSubClient;

interface Library {
  readonly PubSub: new (
    options: object,
  ) => {
    subscription(name: string, options: object): Subscription;
  };
}

const MOST_BYTES = 64 * 1024 * 1024;

/** Errors: SourceError, where the package is not installed. */
export const connectPubSub: Connect = ({ projectId, keyFilename }) => {
  const { PubSub } = loadClient<Library>('@google-cloud/pubsub', '5');
  const client = new PubSub({ ...(projectId && { projectId }), ...(keyFilename && { keyFilename }) });
  return {
    subscribe: (name, most) =>
      client.subscription(name, {
        flowControl: { maxMessages: most, maxBytes: MOST_BYTES, allowExcessMessages: false },
      }),
  };
};
