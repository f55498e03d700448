// What a Lambda function is called with. In: the event, as JSON. Out: which of the services sent it, with its records. Only what is
// read here is named; what it holds is not believed before it is looked at.

export interface KinesisRecord {
  readonly kinesis: { readonly data: string; readonly sequenceNumber: string };
}

export interface SqsRecord {
  readonly messageId: string;
  readonly body: string;
}

export interface FirehoseRecord {
  readonly recordId: string;
  readonly data: string;
}

export type Invocation =
  | { readonly kind: 'subscription'; readonly data: string }
  | { readonly kind: 'kinesis'; readonly records: readonly KinesisRecord[] }
  | { readonly kind: 'sqs'; readonly records: readonly SqsRecord[] }
  | { readonly kind: 'firehose'; readonly records: readonly FirehoseRecord[] };

/** Where an object of S3 is. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Errors: TypeError, where no service that is known sends such an event. */
export function invocationOf(event: unknown): Invocation {
  if (isObject(event)) {
    const { awslogs, Records: records, records: firehose } = event;
    if (isObject(awslogs) && typeof awslogs['data'] === 'string')
      return { kind: 'subscription', data: awslogs['data'] };
    if (Array.isArray(firehose) && typeof event['deliveryStreamArn'] === 'string')
      return { kind: 'firehose', records: firehose as readonly FirehoseRecord[] };
    if (Array.isArray(records) && records.every((record) => isObject(record) && isObject(record['kinesis'])))
      return { kind: 'kinesis', records: records as readonly KinesisRecord[] };
    if (Array.isArray(records) && records.every((record) => isObject(record) && 'messageId' in record))
      return { kind: 'sqs', records: records as readonly SqsRecord[] };
  }
  throw new TypeError(
    'the event is none of: a CloudWatch Logs subscription, Kinesis records, SQS messages, Firehose records',
  );
}

/** Objects that a message of S3 names, sent to SQS directly or through SNS. Errors: SyntaxError, TypeError. */
export function objectsIn(body: string): readonly ObjectName[] {
  const message: unknown = JSON.parse(body);
  if (!isObject(message)) throw new TypeError('the message is no notification of S3');
  if (typeof message['Message'] === 'string') return objectsIn(message['Message']);
  // Sent once, when notifications are switched on.
  if (message['Event'] === 's3:TestEvent') return [];
  const { Records: records } = message;
  if (!Array.isArray(records)) throw new TypeError('the message is no notification of S3');
  return (records as readonly unknown[]).map(objectOf);
}

function objectOf(record: unknown): ObjectName {
  const s3 = isObject(record) ? record['s3'] : undefined;
  const [bucket, object] = isObject(s3) ? [s3['bucket'], s3['object']] : [];
  if (!isObject(bucket) || !isObject(object)) throw new TypeError('the message is no notification of S3');
  const key = decodeURIComponent(String(object['key']).replaceAll('+', ' '));
  return { bucket: String(bucket['name']), key };
}

function isObject(json: unknown): json is Json {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
