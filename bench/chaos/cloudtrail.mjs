// S3 and SQS, as moto plays them, behind a gate that gives their troubles. A log file an answer of `put`.

import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { startMoto } from '../moto.mjs';
import { cloudtrailRecord } from './events.mjs';
import { startGate } from './proxy.mjs';

const require = createRequire(import.meta.url);
const { S3Client, CreateBucketCommand, PutObjectCommand } = require('@aws-sdk/client-s3');
const sqs = require('@aws-sdk/client-sqs');

const CLIENT = { region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'the-aws-secret' } };
const BUCKET = 'trail';

async function start() {
  const moto = await startMoto();
  const gate = await startGate(moto.url);
  const s3 = new S3Client({ ...CLIENT, endpoint: moto.url, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  let files = 0;
  const isS3 = ({ headers, body, method }) =>
    method === 'GET' && !headers['x-amz-target'] && !body.toString().startsWith('Action=');
  const xml = (code) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`;
  const fault = (status, code, wants) => ({ status, wants, body: xml(code) });
  const times = (count, what) => Array.from({ length: count }, () => what);
  return {
    gate,
    moto,
    env: {
      AWS_ENDPOINT_URL: gate.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'the-aws-secret',
      AWS_MAX_ATTEMPTS: '2',
    },
    async putFile(records, text = JSON.stringify({ Records: records })) {
      const Key = `AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/111122223333_CloudTrail_us-east-1_20260301T1000Z_${String(files++).padStart(6, '0')}.json.gz`;
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: gzipSync(text) }));
      return Key;
    },
    troubles: {
      'S3: SlowDown': () => gate.fail(times(4, fault(503, 'SlowDown', isS3))),
      'S3: resets': () => gate.fail(times(4, { reset: true, wants: isS3 })),
      'S3: files cut in half': () => gate.fail(times(2, { half: true, wants: isS3 })),
      'expired token': () => gate.fail(times(2, fault(400, 'ExpiredToken', isS3))),
    },
    stop() {
      gate.stop();
      moto.child.kill('SIGKILL');
    },
  };
}

const COMMON = {
  name: 'cloudtrail',
  source: 'aws_cloudtrail',
  id: 'ct.id',
  secrets: ['the-aws-secret'],
};

export async function startBucket({ folder }) {
  const { env, putFile, troubles, stop } = await start();
  return {
    ...COMMON,
    title: 'cloudtrail, S3',
    open_params: `s3://${BUCKET}/AWSLogs/`,
    init_config: { checkpoint: `${folder}/bucket`, follow: true, poll_interval: 1 },
    env,
    put: (ids) => putFile(ids.map(cloudtrailRecord)),
    async poison() {
      await putFile([], 'no JSON');
      await putFile([], '{"Records":[{"eventID":"no event"}, 7]}');
    },
    troubles,
    stop,
  };
}

export async function startQueue() {
  const { env, moto, gate, putFile, troubles, stop } = await start();
  const client = new sqs.SQSClient({ ...CLIENT, endpoint: moto.url });
  const { QueueUrl } = await client.send(new sqs.CreateQueueCommand({ QueueName: 'trail' }));
  const say = (MessageBody) => client.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody }));
  const isSqs = ({ headers }) => String(headers['x-amz-target'] ?? '').startsWith('AmazonSQS');
  const json = (status, type) => ({
    status,
    wants: isSqs,
    body: JSON.stringify({ __type: `com.amazonaws.sqs#${type}`, message: 'no' }),
    headers: { 'content-type': 'application/x-amz-json-1.0' },
  });
  const poisonous = 3;
  let poisoned = 0;
  return {
    ...COMMON,
    title: 'cloudtrail, SQS',
    open_params: 'sqs://trail',
    init_config: {},
    env,
    async put(ids) {
      const key = await putFile(ids.map(cloudtrailRecord));
      const record = { s3: { bucket: { name: BUCKET }, object: { key: encodeURIComponent(key) } } };
      await say(JSON.stringify({ Records: [record] }));
    },
    async poison() {
      poisoned = poisonous;
      await say('no JSON');
      await say('{"Records":[{"s3":{}}]}');
      await say(JSON.stringify({ s3Bucket: BUCKET, s3ObjectKey: ['nothing-here.json.gz'] }));
      await say('CloudTrail validation message.');
    },
    async left() {
      const { Attributes } = await client.send(
        new sqs.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      const { ApproximateNumberOfMessages: there, ApproximateNumberOfMessagesNotVisible: hidden } =
        Attributes;
      return Number(there) + Number(hidden) - poisoned;
    },
    troubles: {
      ...troubles,
      'SQS: throttling': () => gate.fail([...Array(4)].map(() => json(400, 'RequestThrottled'))),
      'SQS: resets, 500': () =>
        gate.fail([...Array(3)].flatMap(() => [{ reset: true, wants: isSqs }, json(500, 'InternalError')])),
      'SQS: expired token': () =>
        gate.fail([json(400, 'ExpiredTokenException'), json(400, 'ExpiredTokenException')]),
    },
    stop,
  };
}
