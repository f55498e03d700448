import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createHandler, type HandlerOptions, type LambdaAlert, sendByHttp } from '../../src/lambda.js';

const RULES = `- rule: Secret Read
  desc: d
  condition: ka.verb = get and ka.target.resource = secrets
  output: '%ka.user.name read %ka.target.name in %ka.cluster.name'
  priority: WARNING
  source: k8s_audit
`;

function auditEvent(user: string, resource = 'secrets'): string {
  return JSON.stringify({
    kind: 'Event',
    auditID: user,
    verb: 'get',
    user: { username: user },
    objectRef: { resource, namespace: 'default', name: 'db' },
    stageTimestamp: '2024-05-01T12:00:00.123456Z',
  });
}

const STREAM = 'kube-apiserver-audit-71976ca11bea5d3083393f7d32dab75b';

// As CloudWatch Logs sends it: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
function payload(messages: readonly string[], more: object = {}): Buffer {
  return gzipSync(
    JSON.stringify({
      messageType: 'DATA_MESSAGE',
      owner: '111122223333',
      logGroup: '/aws/eks/prod/cluster',
      logStream: STREAM,
      subscriptionFilters: ['tsfalco'],
      logEvents: messages.map((message, i) => ({ id: String(i), timestamp: 1_714_564_800_000 + i, message })),
      ...more,
    }),
  );
}

const base64 = (bytes: Buffer): string => bytes.toString('base64');

function start(options: Partial<HandlerOptions> = {}) {
  const alerts: LambdaAlert[] = [];
  const lines: string[] = [];
  const handler = createHandler({
    rules: RULES,
    send: async (some) => void alerts.push(...some),
    log: (line) => lines.push(line),
    ...options,
  });
  return { handler, alerts, lines, messages: () => alerts.map(({ message }) => message) };
}

describe('a Lambda function', () => {
  it('does not start with correlations, whose counts no function would keep', () => {
    const correlation = `- correlation: Many\n  desc: d\n  type: event_count\n  rules: [Secret Read]\n  timespan: 1m
  condition: {gte: 3}\n  output: o\n  priority: ERROR\n`;
    expect(() => start({ rules: RULES + correlation })).toThrow(
      /^the rules hold correlations, which need state that a function does not keep: 'Many'; leave their file out/,
    );
    expect(() =>
      start({ rules: RULES + correlation, select: [{ enable: false, rule: 'Many' }] }),
    ).not.toThrow();
  });

  it('alerts on events of a subscription, and knows the cluster by the log group', async () => {
    const { handler, alerts, messages } = start();
    const data = base64(payload([auditEvent('eve'), auditEvent('bob', 'pods'), auditEvent('mallory')]));
    expect(await handler({ awslogs: { data } })).toBeUndefined();
    expect(messages()).toEqual(['eve read db in prod', 'mallory read db in prod']);
    expect(JSON.parse(alerts[0]!.line)).toMatchObject({ rule: 'Secret Read', priority: 'Warning' });
    expect(alerts[0]!.cluster).toBe('prod');
  });

  it('gives an alert the same id when its event comes again', async () => {
    const { handler, alerts } = start();
    const data = base64(payload([auditEvent('eve'), auditEvent('mallory')]));
    await handler({ awslogs: { data } });
    await handler({ awslogs: { data } });
    const ids = alerts.map(({ id }) => id);
    expect(ids.slice(0, 2)).toEqual(ids.slice(2));
    expect(new Set(ids).size).toBe(2);
  });

  it('passes over control messages and streams of other components', async () => {
    const { handler, alerts, lines } = start();
    const control = payload(['CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.'], {
      messageType: 'CONTROL_MESSAGE',
      logGroup: '',
      logStream: '',
    });
    const other = payload(['I0501 12:00:00 not an event'], { logStream: 'kube-scheduler-7197' });
    for (const bytes of [control, other]) await handler({ awslogs: { data: base64(bytes) } });
    expect([alerts, lines]).toEqual([[], []]);
  });

  it('puts an event together that the service has split, and says what lacks a part', async () => {
    const { handler, lines, messages } = start();
    const text = auditEvent('eve');
    const parts = [text.slice(0, 60), text.slice(60, 90), text.slice(90)];
    await handler({ awslogs: { data: base64(payload([auditEvent('bob'), ...parts])) } });
    expect(messages()).toEqual(['bob read db in prod', 'eve read db in prod']);
    await handler({ awslogs: { data: base64(payload([parts[0]!])) } });
    expect(lines).toEqual(['subscription: 1 pieces of split events whose others are not in the record']);
  });

  it('refuses an event of a service that it does not know', async () => {
    await expect(start().handler({ detail: {} })).rejects.toThrow(
      /^the event is none of: a CloudWatch Logs subscription/,
    );
  });

  it('does not start with rules that cannot be loaded', () => {
    expect(() => start({ rules: '- rule: x' })).toThrow(/LOAD_ERR_YAML_VALIDATE/);
  });
});

describe('behind Kinesis', () => {
  const record = (sequenceNumber: string, bytes: Buffer) => ({
    eventSource: 'aws:kinesis',
    kinesis: { sequenceNumber, partitionKey: 'p', data: base64(bytes) },
  });

  it('names the first record whose alerts could not be sent, and leaves what follows', async () => {
    const sent: string[] = [];
    const { handler, lines } = start({
      send: async (alerts) => {
        if (alerts.some(({ message }) => message.startsWith('eve'))) throw new Error('receiver is away');
        sent.push(...alerts.map(({ message }) => message));
      },
    });
    const records = ['bob', 'eve', 'mallory'].map((user, i) =>
      record(`4959${i}`, payload([auditEvent(user)])),
    );
    expect(await handler({ Records: records })).toEqual({ batchItemFailures: [{ itemIdentifier: '49591' }] });
    expect(sent).toEqual(['bob read db in prod']);
    expect(lines).toEqual(['49591 comes again: receiver is away']);
  });

  it('says which record cannot be read, and goes on: it would block the shard for ever', async () => {
    const { handler, lines, messages } = start();
    const broken = payload([auditEvent('eve')]).subarray(0, 40);
    const records = [record('1', broken), record('2', payload([auditEvent('bob')]))];
    expect(await handler({ Records: records })).toEqual({ batchItemFailures: [] });
    expect(messages()).toEqual(['bob read db in prod']);
    expect(lines).toEqual(['record 1: cannot unpack: unexpected end of file']);
  });
});

describe('behind SQS, with objects of S3', () => {
  const notice = (key: string): string =>
    JSON.stringify({
      Records: [{ eventSource: 'aws:s3', s3: { bucket: { name: 'logs' }, object: { key } } }],
    });

  it('reads what Firehose has put behind each other, and names each message that failed', async () => {
    const names: string[] = [];
    const { handler, messages } = start({
      getObject: async ({ bucket, key }) => {
        names.push(`${bucket}/${key}`);
        if (key === 'gone') throw new Error('no such object');
        return Buffer.concat([payload([auditEvent('eve')]), payload([auditEvent('bob')])]);
      },
    });
    const Records = [
      { messageId: 'a', body: notice('gone') },
      { messageId: 'b', body: notice('2024/05/01/my+file%3D1') },
      { messageId: 'c', body: JSON.stringify({ Type: 'Notification', Message: notice('x') }) },
      {
        messageId: 'd',
        body: JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'logs' }),
      },
    ];
    expect(await handler({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier: 'a' }] });
    expect(names).toEqual(['logs/gone', 'logs/2024/05/01/my file=1', 'logs/x']);
    expect(messages()).toEqual(Array(2).fill(['eve read db in prod', 'bob read db in prod']).flat());
  });

  it('reads plain lines of audit events as well', async () => {
    const { handler, messages } = start({
      getObject: async () => Buffer.from(`${auditEvent('eve')}\n${auditEvent('bob')}\n`),
    });
    await handler({ Records: [{ messageId: 'a', body: notice('k') }] });
    expect(messages()).toEqual(['eve read db in <NA>', 'bob read db in <NA>']);
  });
});

describe('as a transformation of Firehose', () => {
  it('alerts, and hands the records on as they are', async () => {
    const { handler, messages } = start();
    const data = base64(payload([auditEvent('eve')]));
    const event = {
      deliveryStreamArn: 'arn:aws:firehose:us-east-1:1:deliverystream/d',
      records: [{ recordId: '4', data }],
    };
    expect(await handler(event)).toEqual({ records: [{ recordId: '4', result: 'Ok', data }] });
    expect(messages()).toEqual(['eve read db in prod']);
  });
});

describe('with alerts sent by HTTP', () => {
  async function receive(status: number) {
    const bodies: unknown[] = [];
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      request.on('end', () => {
        bodies.push(JSON.parse(text));
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/?token=secret`;
    return { url, bodies, close: () => new Promise((resolve) => server.close(resolve)) };
  }

  it('sends each as the command does', async () => {
    const { url, bodies, close } = await receive(200);
    const { handler } = start({ send: sendByHttp(url) });
    const users = Array.from({ length: 20 }, (_, i) => `u${i}`);
    await handler({ awslogs: { data: base64(payload(users.map((user) => auditEvent(user)))) } });
    await close();
    expect(bodies).toHaveLength(20);
    expect(bodies[0]).toMatchObject({ rule: 'Secret Read', source: 'k8s_audit' });
  });

  it('fails where one is not taken, without telling the secret in its address', async () => {
    const { url, close } = await receive(503);
    const { handler } = start({ send: sendByHttp(url) });
    const call = handler({ awslogs: { data: base64(payload([auditEvent('eve')])) } });
    await expect(call).rejects.toThrow(/^127\.0\.0\.1:\d+ answered with 503$/);
    await close();
  });
});
