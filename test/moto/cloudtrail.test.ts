// Log files in a bucket and a queue that tells of them, as moto keeps them.

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudtrail } from '../../src/plugins/cloudtrail/index.js';
import { openSources } from '../../src/plugins/open.js';
import { initPlugin } from '../../src/plugins/settings.js';
import type { Source } from '../../src/sources/source.js';
import { type Moto, startMoto } from './moto-server.js';

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
let moto: Moto;
let s3: S3Client;
let sqs: SQSClient;

beforeAll(async () => {
  moto = await startMoto();
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
  const common = { endpoint: moto.url, region: 'us-east-1', credentials: CREDENTIALS };
  s3 = new S3Client({ ...common, forcePathStyle: true });
  sqs = new SQSClient(common);
  // A fresh machine has to fetch moto first.
}, 600_000);

afterAll(async () => {
  s3.destroy();
  sqs.destroy();
  await moto.stop();
});

const record = (id: string) =>
  `{"eventTime":"2026-03-01T10:20:30Z","eventType":"AwsApiCall","eventID":"${id}"}`;

async function bucketWith(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: name }));
  for (const [key, id] of Object.entries(files)) {
    const text = `{"Records":[${id.split(',').map(record).join(',')}]}`;
    const Body = key.endsWith('.gz') ? gzipSync(text) : Buffer.from(text);
    await s3.send(new PutObjectCommand({ Bucket: name, Key: key, Body }));
  }
}

interface Opened {
  readonly sources: readonly Source[];
  readonly logged: string[];
}

async function open(params: string, settings: object = {}): Promise<Opened> {
  const init = initPlugin(cloudtrail, JSON.stringify(settings));
  if (!init.ok) throw new Error(init.error);
  const logged: string[] = [];
  const sources = await openSources({
    plugin: cloudtrail,
    settings: init.settings,
    params,
    env: { AWS_ENDPOINT_URL: moto.url, AWS_REGION: 'us-east-1' },
    log: (level, message) => void logged.push(`${level} ${message}`),
  });
  return { sources, logged };
}

const idOf = (payload: string | Uint8Array): string => /"eventID":"([^"]*)"/.exec(String(payload))![1]!;

/** Ids until the source ends, or until there are as many as wanted and all is committed. */
async function idsOf(source: Source, wanted = Number.POSITIVE_INFINITY): Promise<string[]> {
  const ids: string[] = [];
  const stop = new AbortController();
  for await (const { payloads, position } of source.batches(stop.signal)) {
    ids.push(...payloads.map(idOf));
    await source.commit?.(position);
    if (ids.length >= wanted && position !== undefined) stop.abort();
  }
  return ids;
}

const day = (account: string, region: string, at: string) =>
  `AWSLogs/${account}/CloudTrail/${region}/2026/03/01/${account}_CloudTrail_${region}_20260301T${at}Z_x.json.gz`;

const ONE = '111111111111';
const TWO = '222222222222';

describe('a bucket', () => {
  const files = {
    [day(ONE, 'eu-west-1', '1000')]: 'a',
    [day(ONE, 'eu-west-1', '1100')]: 'b',
    [day(ONE, 'us-east-1', '1000')]: 'c',
    [day(TWO, 'us-east-1', '1100')]: 'd',
    [`AWSLogs/${ONE}/CloudTrail-Digest/us-east-1/2026/03/01/x.json.gz`]: 'digest',
    'AWSLogs/notes.txt': 'note',
  };
  beforeAll(() => bucketWith('trail', files));

  it.each([
    ['all', 's3://trail', {}, ['a', 'b', 'c', 'd']],
    ['a layout without anything before it', 's3://trail/AWSLogs/', {}, ['a', 'b', 'c', 'd']],
    ['accounts', 's3://trail/AWSLogs/', { s3AccountList: TWO }, ['d']],
    [
      'an interval, to the minute',
      `s3://trail/AWSLogs/${ONE}/`,
      { s3Interval: '2026-03-01T09:00:00Z-2026-03-01T10:00:00Z' },
      ['a', 'c'],
    ],
    ['an interval on a plain prefix', 's3://trail', { s3Interval: '2026-03-01T10:30:00Z' }, ['b', 'd']],
    ['nothing', 's3://trail/nope/', {}, []],
  ])('gives %s', async (_, params, settings, ids) => {
    const { sources } = await open(params, settings);
    expect(await idsOf(sources[0]!)).toEqual(ids);
  });

  it('is read on from where the checkpoint says, also what came late', async () => {
    const checkpoint = join(await mkdtemp(join(tmpdir(), 'trail-')), 'place');
    await bucketWith('late', { 'x/b.json': 'b', 'x/c.json': 'c' });
    const first = await open('s3://late/x/', { checkpoint });
    expect(await idsOf(first.sources[0]!)).toEqual(['b', 'c']);
    await bucketWith('late', { 'x/bb.json': 'bb', 'x/d.json': 'd' });
    const second = await open('s3://late/x/', { checkpoint });
    expect(await idsOf(second.sources[0]!)).toEqual(['bb', 'd']);
  });

  it('that is not there ends the start with one line', async () => {
    const { sources } = await open('s3://nope');
    await expect(idsOf(sources[0]!)).rejects.toThrow(
      'cloudtrail plugin error: NoSuchBucket: The specified bucket does not exist',
    );
  });
});

describe('a queue', () => {
  const sns = (message: object | string) =>
    JSON.stringify({
      Type: 'Notification',
      Message: typeof message === 'string' ? message : JSON.stringify(message),
    });
  const s3Event = (key: string) => ({ Records: [{ s3: { bucket: { name: 'logs' }, object: { key } } }] });

  async function queueOf(name: string, bodies: readonly string[]): Promise<string> {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    for (const MessageBody of bodies) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    return QueueUrl!;
  }

  async function left(QueueUrl: string): Promise<number> {
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
    );
    return AttributeNames.map((name) => Number(Attributes[name])).reduce((sum, each) => sum + each, 0);
  }

  beforeAll(() =>
    bucketWith('logs', { 'a.json.gz': 'a1,a2', 'b.json': 'b', 'sp ace+x.json': 'c', 'd.json': 'd' }),
  );

  it('gives the files of all kinds of messages, and loses no message that it cannot read', async () => {
    const url = await queueOf('many', [
      'CloudTrail validation message.',
      sns('CloudTrail validation message.'),
      JSON.stringify({ Type: 'SubscriptionConfirmation', Message: 'x' }),
      'hello',
      sns({ s3Bucket: 'logs', s3ObjectKey: ['nope.json'] }),
      sns({ s3Bucket: 'logs', s3ObjectKey: ['a.json.gz'] }),
      sns(s3Event('b.json')),
      JSON.stringify(s3Event('sp+ace%2Bx.json')),
      JSON.stringify({
        'detail-type': 'Object Created',
        detail: { bucket: { name: 'logs' }, object: { key: 'd.json' } },
      }),
      JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', detail: JSON.parse(record('e')) }),
    ]);
    const { sources, logged } = await open('sqs://many');
    // A message's id is another one each time.
    const errors = (): string[] =>
      logged
        .filter((line) => line.startsWith('error'))
        .map((line) => line.replace(/\([\w-]{36}\)/, '(ID)'))
        .sort();
    const ids: string[] = [];
    const stop = new AbortController();
    const reading = (async () => {
      for await (const { payloads, position } of sources[0]!.batches(stop.signal)) {
        ids.push(...payloads.map(idOf));
        await sources[0]!.commit?.(position);
      }
    })();
    // A queue gives its messages in no order, and not all at once.
    await expect.poll(async () => [ids.length, errors().length, await left(url)]).toEqual([6, 2, 2]);
    stop.abort();
    await reading;
    expect(ids.sort()).toEqual(['a1', 'a2', 'b', 'c', 'd', 'e']);
    expect(errors()).toEqual([
      'error sqs://many: a message stays in the queue (ID): it is no JSON object',
      'error sqs://many: a message stays in the queue (ID): s3://logs/nope.json: NoSuchKey: The specified key does not exist.',
    ]);
  });

  it('keeps messages whose alerts did not leave', async () => {
    const url = await queueOf('kept', [JSON.stringify(s3Event('b.json'))]);
    const { sources } = await open('sqs://kept');
    const stop = new AbortController();
    for await (const { payloads } of sources[0]!.batches(stop.signal)) {
      expect(payloads.map(idOf)).toEqual(['b']);
      stop.abort();
    }
    expect(await left(url)).toBe(1);
  });

  it('that is not there ends the start with one line', async () => {
    const { sources } = await open('sqs://nope');
    await expect(idsOf(sources[0]!)).rejects.toThrow(/^sqs:\/\/nope: .*queue does not exist/i);
  });
});
