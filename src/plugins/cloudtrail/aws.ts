// Buckets and queues of AWS, as the sources need them. The only file here that knows the SDK, which is loaded when it is
// needed.

import type { Readable } from 'node:stream';
import { silenceSdk } from '../../sources/cloudwatch/aws/sdk.js';
import { SourceError } from '../../sources/source.js';
import { faultText } from '../faults.js';
import { loadClient } from '../optional.js';
import type { CloudtrailSettings } from './settings.js';

export interface Listing {
  readonly keys: readonly string[];
  /** What the keys begin with up to the next slash, where that was asked for. */
  readonly folders: readonly string[];
}

export interface Store {
  /** Keys that begin with a prefix, in order, page by page. Errors: SourceError. */
  list(
    bucket: string,
    prefix: string,
    more: { readonly after?: string | undefined; readonly folders?: boolean },
    signal: AbortSignal,
  ): AsyncIterable<Listing>;
  /** Errors: SourceError. */
  read(bucket: string, key: string, signal: AbortSignal): Promise<AsyncIterable<Buffer>>;
}

export interface QueueMessage {
  readonly id: string;
  readonly receipt: string;
  readonly body: string;
}

export interface Queue {
  /** Waits for messages up to 20 s. Errors: SourceError. */
  receive(signal: AbortSignal): Promise<readonly QueueMessage[]>;
  remove(receipts: readonly string[]): Promise<void>;
  /** Keeps messages from others for so many seconds more. */
  hold(receipts: readonly string[], seconds: number): Promise<void>;
}

/** Seconds that a message stays hidden from others while it is worked on; when who did dies, so long it takes to come again. */
export const HIDDEN_SECONDS = 60;
const WAIT_SECONDS = 20;
const MOST_MESSAGES = 10;
const VERSION = '3';

type Call = (command: object, options?: { readonly abortSignal: AbortSignal }) => Promise<unknown>;

interface Sdk {
  readonly [name: string]: new (input: object) => { readonly send: Call };
}

type Env = Readonly<Record<string, string | undefined>>;

export function createStore(settings: CloudtrailSettings, env: Env): Store {
  silenceSdk();
  const sdk = loadClient<Sdk>('@aws-sdk/client-s3', VERSION);
  // Stand-ins for the service have no names of hosts for buckets.
  const local = endpointOf(env, 'S3') === undefined ? {} : { forcePathStyle: true };
  const client = new sdk['S3Client']!({ ...clientOptions(settings, env, 'S3'), ...local });
  const call = caller(client, sdk);
  return {
    async *list(bucket, prefix, { after, folders }, signal) {
      let token: string | undefined;
      do {
        const page = (await call(
          'ListObjectsV2Command',
          {
            Bucket: bucket,
            Prefix: prefix,
            ...(after !== undefined && { StartAfter: after }),
            ...(folders && { Delimiter: '/' }),
            ...(token !== undefined && { ContinuationToken: token }),
          },
          signal,
        )) as ListPage;
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
        yield {
          keys: (page.Contents ?? []).flatMap(({ Key }) => Key ?? []),
          folders: (page.CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []),
        };
      } while (token !== undefined);
    },
    async read(bucket, key, signal) {
      const { Body } = (await call('GetObjectCommand', { Bucket: bucket, Key: key }, signal)) as {
        readonly Body: Readable;
      };
      return Body;
    },
  };
}

interface ListPage {
  readonly Contents?: readonly { readonly Key?: string }[];
  readonly CommonPrefixes?: readonly { readonly Prefix?: string }[];
  readonly IsTruncated?: boolean;
  readonly NextContinuationToken?: string;
}

export function createQueue(name: string, settings: CloudtrailSettings, env: Env): Queue {
  silenceSdk();
  const sdk = loadClient<Sdk>('@aws-sdk/client-sqs', VERSION);
  const call = caller(new sdk['SQSClient']!(clientOptions(settings, env, 'SQS')), sdk);
  let url: string | undefined;

  async function urlOf(signal: AbortSignal): Promise<string> {
    const owner = settings.sqsOwnerAccount;
    const input = { QueueName: name, ...(owner !== '' && { QueueOwnerAWSAccountId: owner }) };
    url ??= ((await call('GetQueueUrlCommand', input, signal)) as { readonly QueueUrl: string }).QueueUrl;
    return url;
  }

  const entries = (receipts: readonly string[], more: object = {}) =>
    receipts.map((receipt, i) => ({ Id: String(i), ReceiptHandle: receipt, ...more }));

  return {
    async receive(signal) {
      const QueueUrl = await urlOf(signal);
      const input = {
        QueueUrl,
        MaxNumberOfMessages: MOST_MESSAGES,
        WaitTimeSeconds: WAIT_SECONDS,
        VisibilityTimeout: HIDDEN_SECONDS,
      };
      const { Messages = [] } = (await call('ReceiveMessageCommand', input, signal)) as ReceivedPage;
      return Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '' }) => ({
        id: MessageId,
        receipt: ReceiptHandle,
        body: Body,
      }));
    },
    async remove(receipts) {
      const { Failed = [] } = (await call('DeleteMessageBatchCommand', {
        QueueUrl: url,
        Entries: entries(receipts),
      })) as FailedPage;
      if (Failed.length > 0)
        throw new SourceError(`a message could not be deleted: ${Failed[0]!.Message}`, { retryable: true });
    },
    async hold(receipts, seconds) {
      const Entries = entries(receipts, { VisibilityTimeout: seconds });
      await call('ChangeMessageVisibilityBatchCommand', { QueueUrl: url, Entries });
    },
  };
}

interface ReceivedPage {
  readonly Messages?: readonly {
    readonly MessageId?: string;
    readonly ReceiptHandle?: string;
    readonly Body?: string;
  }[];
}

interface FailedPage {
  readonly Failed?: readonly { readonly Message?: string }[];
}

function caller(client: { readonly send: Call }, sdk: Sdk) {
  return async (command: string, input: object, signal?: AbortSignal): Promise<unknown> => {
    try {
      const made = new sdk[command]!(input);
      return await client.send(made, signal && { abortSignal: signal });
    } catch (error) {
      throw toFault(error);
    }
  };
}

/** What no waiting helps against: names, permissions, credentials. */
const LASTING =
  /^(?:NoSuch|NotFound|AccessDenied|Forbidden|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidBucketName|QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue|CredentialsProviderError|PermanentRedirect|InvalidClientTokenId|UnrecognizedClient)/;

function toFault(error: unknown): SourceError {
  const name = error instanceof Error ? error.name : '';
  const text = faultText(error);
  const message = text.startsWith(name) || name === 'Error' ? text : `${name}: ${text}`;
  return new SourceError(message, { retryable: !LASTING.test(name), cause: error });
}

function endpointOf(env: Env, service: string): string | undefined {
  return env[`AWS_ENDPOINT_URL_${service}`] || env['AWS_ENDPOINT_URL'] || undefined;
}

function clientOptions({ aws = {} }: CloudtrailSettings, env: Env, service: string): object {
  const text = (key: string): string | undefined => {
    const value = aws[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const region = text('region') ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined);
  const [profile, filepath, configFilepath] = ['profile', 'credentials', 'config'].map(text);
  const endpoint = endpointOf(env, service);
  const files = { ...(filepath && { filepath }), ...(configFilepath && { configFilepath }) };
  return {
    ...(region && { region }),
    ...(endpoint && { endpoint }),
    ...((filepath || configFilepath) && {
      credentials: fromFiles({ ...files, ...(profile && { profile }) }),
    }),
    ...(profile && { profile }),
    requestHandler: { connectionTimeout: 5000, requestTimeout: 60_000 },
  };
}

interface Providers {
  readonly fromIni: (init: object) => unknown;
}

const fromFiles = (init: object): unknown =>
  loadClient<Providers>('@aws-sdk/credential-providers', VERSION).fromIni(init);
