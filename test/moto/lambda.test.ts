// Alerts of a Lambda function in a queue, as moto keeps it.

import { CreateQueueCommand, ReceiveMessageCommand, SQS } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LambdaAlert, sendToSqs } from '../../src/lambda.js';
import { type Moto, startMoto } from './moto-server.js';

let moto: Moto;
let sqs: SQS;

beforeAll(async () => {
  moto = await startMoto();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  sqs = new SQS({ endpoint: moto.url, region: 'us-east-1', credentials });
  // A fresh machine has to fetch moto first.
}, 600_000);

afterAll(async () => {
  sqs.destroy();
  await moto.stop();
});

const alert = (id: string): LambdaAlert => ({
  id: `${id}:ResponseComplete:Secret Read`,
  rule: 'Secret Read',
  priority: 'Warning',
  source: 'k8s_audit',
  tags: [],
  time: '2024-05-01T12:00:00.123456000Z',
  message: '',
  fields: {},
  line: `{"id":"${id}"}`,
  cluster: 'prod',
});

it('an alert that is sent again stands once in a FIFO queue', async () => {
  const name = { QueueName: 'alerts.fifo', Attributes: { FifoQueue: 'true' } };
  const { QueueUrl } = await sqs.send(new CreateQueueCommand(name));
  const send = sendToSqs(QueueUrl!, sqs);
  await send([alert('a'), alert('b')]);
  await send([alert('b'), alert('c')]);
  const got = await sqs.send(new ReceiveMessageCommand({ QueueUrl: QueueUrl!, MaxNumberOfMessages: 10 }));
  expect(got.Messages?.map(({ Body }) => Body)).toEqual(['{"id":"a"}', '{"id":"b"}', '{"id":"c"}']);
});
