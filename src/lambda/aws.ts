// Alerts → services of AWS, in batches of the size that each takes. Clients are those of the SDK that Lambda's Node brings, made with
// the first alert, or given. Errors: Error, where some are not taken: the record that they are from shall come again.

import { createHash } from 'node:crypto';
import type { LambdaAlert } from './handler.js';

export type Send = (alerts: readonly LambdaAlert[]) => Promise<void>;

interface Entry {
  readonly Id: string;
}

interface BatchResult {
  readonly Failed?:
    | readonly { readonly Id?: string | undefined; readonly Message?: string | undefined }[]
    | undefined;
}

/** `new SNS({})` of the SDK. */
export interface SnsClient {
  publishBatch(input: {
    TopicArn: string;
    PublishBatchRequestEntries: (Entry & Fifo & { Message: string; Subject: string })[];
  }): Promise<BatchResult>;
}

/** `new SQS({})` of the SDK. */
export interface SqsClient {
  sendMessageBatch(input: {
    QueueUrl: string;
    Entries: (Entry & Fifo & { MessageBody: string })[];
  }): Promise<BatchResult>;
}

/** `new EventBridge({})` of the SDK. */
export interface EventBridgeClient {
  putEvents(input: {
    Entries: { EventBusName: string; Source: string; DetailType: string; Detail: string; Time: Date }[];
  }): Promise<{
    readonly FailedEntryCount?: number | undefined;
    readonly Entries?: readonly { readonly ErrorMessage?: string | undefined }[] | undefined;
  }>;
}

interface Fifo {
  MessageGroupId?: string;
  MessageDeduplicationId?: string;
}

const BATCH = 10;
/** What a batch of SNS, SQS and EventBridge may hold, with room for what stands around the messages. */
const BATCH_BYTES = 240_000;
const LONGEST_SUBJECT = 100;
const LONGEST_DETAIL_TYPE = 128;

/** Each alert's line; FIFO topics drop those whose alert they had within five minutes, and keep a cluster's in order. */
export function sendToSns(topicArn: string, client?: SnsClient): Send {
  const sns = lazily<SnsClient>('@aws-sdk/client-sns', 'SNS', client);
  return inBatches(BATCH, async (alerts) => {
    const topics = await sns();
    const { Failed } = await topics.publishBatch({
      TopicArn: topicArn,
      PublishBatchRequestEntries: alerts.map((alert, i) => ({
        Id: String(i),
        Message: alert.line,
        Subject: subjectOf(alert),
        ...fifo(topicArn, alert),
      })),
    });
    refuse('SNS', Failed);
  });
}

/** As sendToSns. */
export function sendToSqs(queueUrl: string, client?: SqsClient): Send {
  const sqs = lazily<SqsClient>('@aws-sdk/client-sqs', 'SQS', client);
  return inBatches(BATCH, async (alerts) => {
    const queues = await sqs();
    const { Failed } = await queues.sendMessageBatch({
      QueueUrl: queueUrl,
      Entries: alerts.map((alert, i) => ({
        Id: String(i),
        MessageBody: alert.line,
        ...fifo(queueUrl, alert),
      })),
    });
    refuse('SQS', Failed);
  });
}

/** The line, which has to be JSON, as detail; the rule as detail-type; `tsfalco` as source. */
export function sendToEventBridge(bus = 'default', client?: EventBridgeClient): Send {
  const events = lazily<EventBridgeClient>('@aws-sdk/client-eventbridge', 'EventBridge', client);
  return inBatches(BATCH, async (alerts) => {
    const buses = await events();
    const { FailedEntryCount = 0, Entries = [] } = await buses.putEvents({
      Entries: alerts.map(({ line, rule, time }) => ({
        EventBusName: bus,
        Source: 'tsfalco',
        DetailType: rule.slice(0, LONGEST_DETAIL_TYPE),
        Detail: line,
        Time: new Date(time),
      })),
    });
    if (FailedEntryCount > 0)
      refuse(
        'EventBridge',
        Entries.flatMap(({ ErrorMessage }) => (ErrorMessage ? [{ Message: ErrorMessage }] : [])),
      );
  });
}

/** The client that was given, or one of the SDK, made when it is first asked for. */
export function lazily<C extends object>(
  name: string,
  service: string,
  given: C | undefined,
): () => Promise<C> {
  let client: Promise<C> | undefined;
  const open = async (): Promise<C> => {
    // By a name that bundlers leave alone: the SDK is Lambda's.
    const library = (await import(name)) as Readonly<Record<string, new (options: object) => C>>;
    return new library[service]!({});
  };
  return () => (client ??= given === undefined ? open() : Promise.resolve(given));
}

/** Batches of so many alerts, and of so many bytes. */
export function inBatches(most: number, send: Send, mostBytes = BATCH_BYTES): Send {
  return async (alerts) => {
    let batch: LambdaAlert[] = [];
    let bytes = 0;
    for (const alert of alerts) {
      const size = Buffer.byteLength(alert.line);
      if (batch.length > 0 && (batch.length >= most || bytes + size > mostBytes)) {
        await send(batch);
        batch = [];
        bytes = 0;
      }
      batch.push(alert);
      bytes += size;
    }
    if (batch.length > 0) await send(batch);
  };
}

function fifo(name: string, { id, cluster = 'tsfalco' }: LambdaAlert): Fifo {
  if (!name.endsWith('.fifo')) return {};
  // Rules' names have spaces, which such ids may not.
  const hash = createHash('sha256').update(id).digest('hex');
  return { MessageGroupId: cluster, MessageDeduplicationId: hash };
}

/** One line of ASCII, as SNS wants it. */
function subjectOf({ priority, rule }: LambdaAlert): string {
  return `${priority} ${rule}`.replace(/[^\x20-\x7e]/g, '?').slice(0, LONGEST_SUBJECT);
}

function refuse(service: string, failed: readonly { readonly Message?: string | undefined }[] = []): void {
  if (failed.length > 0)
    throw new Error(
      `${service} has not taken ${failed.length} alerts: ${failed[0]?.Message ?? 'no reason given'}`,
    );
}
