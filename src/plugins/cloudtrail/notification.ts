// A message of a queue → the log files that it tells of. What it is, is known by what it holds: CloudTrail's own message or an
// S3 event, each by SNS or without, or an event of EventBridge (spec: plugins.md §2.4).

export interface LogObject {
  readonly bucket: string;
  readonly key: string;
}

export type Notification =
  /** Log files, and records that the message holds itself. */
  | { readonly kind: 'files'; readonly files: readonly LogObject[]; readonly records: readonly string[] }
  /** Nothing is lost with it. */
  | { readonly kind: 'chatter'; readonly what: string }
  | { readonly kind: 'unknown'; readonly why: string };

type Json = Readonly<Record<string, unknown>>;

const VALIDATION = /^CloudTrail validation message/;

export function readNotification(body: string): Notification {
  const outer = parse(body);
  if (outer === undefined) return VALIDATION.test(body) ? VALIDATED : unknown('it is no JSON object');
  if (outer['Type'] === 'SubscriptionConfirmation')
    return { kind: 'chatter', what: 'a subscription of the queue waits to be confirmed' };
  const message = outer['Type'] === 'Notification' ? outer['Message'] : undefined;
  if (typeof message !== 'string') return readInner(outer);
  if (VALIDATION.test(message)) return VALIDATED;
  const inner = parse(message);
  return inner === undefined ? unknown('the notification holds no JSON object') : readInner(inner);
}

const VALIDATED: Notification = { kind: 'chatter', what: 'CloudTrail has tried the topic' };

const unknown = (why: string): Notification => ({ kind: 'unknown', why });

function parse(text: string): Json | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const objectOf = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;

function readInner(message: Json): Notification {
  const { s3Bucket, s3ObjectKey, Records, Event, detail } = message;
  if (Event === 's3:TestEvent') return { kind: 'chatter', what: 'S3 has tried the queue' };
  if (typeof s3Bucket === 'string') return filesOf(s3Bucket, [s3ObjectKey].flat());
  if (Array.isArray(Records)) return all(Records.map((record) => objectAt(objectOf(record)?.['s3'], true)));
  const detailed = objectOf(detail);
  if (detailed?.['eventTime'] !== undefined)
    return { kind: 'files', files: [], records: [JSON.stringify(detailed)] };
  if (detailed?.['bucket'] !== undefined) return all([objectAt(detailed, false)]);
  return unknown('it tells of no log file');
}

function filesOf(bucket: string, keys: readonly unknown[]): Notification {
  return all(keys.map((key) => (typeof key === 'string' ? { bucket, key } : undefined)));
}

/** @param encoded keys come as in addresses: a plus sign is a blank */
function objectAt(value: unknown, encoded: boolean): LogObject | undefined {
  const bucket = objectOf(objectOf(value)?.['bucket'])?.['name'];
  const key = objectOf(objectOf(value)?.['object'])?.['key'];
  if (typeof bucket !== 'string' || typeof key !== 'string') return undefined;
  if (!encoded) return { bucket, key };
  try {
    return { bucket, key: decodeURIComponent(key.replaceAll('+', ' ')) };
  } catch {
    return { bucket, key };
  }
}

// Digests and insights tell of no calls.
const OTHER_FILES = /\/CloudTrail-(?:Digest|Insight)\//;

function all(files: readonly (LogObject | undefined)[]): Notification {
  if (files.includes(undefined)) return unknown('a log file in it has no bucket or no key');
  const found = files as readonly LogObject[];
  return { kind: 'files', files: found.filter(({ key }) => !OTHER_FILES.test(key)), records: [] };
}
