// Firehose's requests to an HTTP endpoint: a list of records, each what a subscription of CloudWatch Logs sends, or audit events.
// It tries again whatever is not answered with 200, in the form that it wants, so a record that cannot be read is counted and passed
// over. Written after its "HTTP endpoint delivery request and response specifications".

import type { IncomingMessage } from 'node:http';
import { readTexts } from '../subscription.js';
import type { Answer } from './answer.js';

export interface ReadBody {
  /** Each with an Event, an EventList or an array of them. */
  readonly texts: readonly string[];
  /** What cannot be read, a line for each. */
  readonly faults: readonly string[];
}

/** Ids of requests that were taken, for as long as they may come again. */
export interface TakenIds {
  has(id: string): boolean;
  add(id: string): void;
}

const AGAIN_MS = 10 * 60_000;
const MOST_IDS = 100_000;
const LONGEST_ID = 200;

/** undefined: it is none of Firehose's. */
export function firehoseId({ headers }: IncomingMessage): string | undefined {
  const id = headers['x-amz-firehose-request-id'];
  return typeof id === 'string' && id !== '' && id.length <= LONGEST_ID ? id : undefined;
}

/** The access key of the delivery stream, in the form of other senders' tokens. */
export function firehoseKey({ headers }: IncomingMessage): string | undefined {
  const key = headers['x-amz-firehose-access-key'];
  return typeof key === 'string' && key !== '' ? `Bearer ${key}` : undefined;
}

/** The same answer, as Firehose reads it. */
export function firehoseAnswer(requestId: string, answer: Answer, now = Date.now()): Answer {
  const errorMessage = answer.status === 200 ? undefined : answer.text.trim();
  return {
    ...answer,
    text: JSON.stringify({ requestId, timestamp: now, ...(errorMessage !== undefined && { errorMessage }) }),
    headers: { ...answer.headers, 'Content-Type': 'application/json' },
  };
}

export function createTakenIds(now: () => number = () => performance.now()): TakenIds {
  const taken = new Map<string, number>();
  return {
    has(id) {
      const time = taken.get(id);
      return time !== undefined && now() - time < AGAIN_MS;
    },
    add(id) {
      taken.delete(id);
      taken.set(id, now());
      for (const [oldest, time] of taken) {
        if (taken.size <= MOST_IDS && now() - time < AGAIN_MS) break;
        taken.delete(oldest);
      }
    },
  };
}

/** undefined: the body is none of Firehose's. @param most bytes that all records may hold when they are unpacked */
export function readFirehose(body: Buffer, most: number): ReadBody | undefined {
  const records = recordsOf(body);
  if (records === undefined) return undefined;
  const texts: string[] = [];
  const faults: string[] = [];
  let left = most;
  for (const record of records) {
    const data = (record as { readonly data?: unknown } | null)?.data;
    if (typeof data !== 'string') {
      faults.push('a record without data');
      continue;
    }
    for (const read of readTexts(Buffer.from(data, 'base64'), Math.max(left, 1))) {
      for (const text of read.texts) {
        texts.push(text);
        left -= text.length;
      }
      faults.push(...read.faults);
    }
  }
  return { texts, faults };
}

function recordsOf(body: Buffer): readonly unknown[] | undefined {
  try {
    const { records } = JSON.parse(body.toString('utf8')) as { readonly records?: unknown };
    return Array.isArray(records) ? records : undefined;
  } catch {
    return undefined;
  }
}
