// Alerts on their way to services of AWS: what each gets, in what batches, and what is said of those that it does not take.

import { describe, expect, it } from 'vitest';
import {
  type LambdaAlert,
  sendToEventBridge,
  sendToSecurityHub,
  sendToSns,
  sendToSqs,
} from '../../src/lambda.js';

const alert = (id: number, more: Partial<LambdaAlert> = {}): LambdaAlert => ({
  id: `${id}:ResponseComplete:Secret Read`,
  rule: 'Secret Read',
  priority: 'Warning',
  source: 'k8s_audit',
  tags: [],
  time: '2024-05-01T12:00:00.123456000Z',
  message: 'alice read db',
  fields: { 'ka.user.name': 'alice', 'ka.target.name': null },
  line: `{"id":${id}}`,
  cluster: 'prod',
  ...more,
});
const alerts = (count: number): readonly LambdaAlert[] => Array.from({ length: count }, (_, i) => alert(i));

/** The answer of a service that takes everything. */
function keep<T>(list: T[], ...items: readonly T[]): object {
  list.push(...items);
  return {};
}

describe('SNS', () => {
  it('gets ten lines a call; a FIFO topic an id that is the same whenever the event comes again', async () => {
    const entries: Readonly<Record<string, string>>[][] = [];
    const client = {
      publishBatch: async (input: { PublishBatchRequestEntries: readonly object[] }) =>
        keep(entries, [...input.PublishBatchRequestEntries] as Record<string, string>[]),
    };
    const send = sendToSns('arn:aws:sns:eu-west-1:1:alerts.fifo', client);
    await send(alerts(12));
    await send([alert(11)]);
    expect(entries.map((each) => each.length)).toEqual([10, 2, 1]);
    expect(entries[0]![0]).toMatchObject({
      Message: '{"id":0}',
      Subject: 'Warning Secret Read',
      MessageGroupId: 'prod',
    });
    expect(entries[2]![0]!['MessageDeduplicationId']).toBe(entries[1]![1]!['MessageDeduplicationId']);
    expect(entries[2]![0]!['MessageDeduplicationId']).toMatch(/^[\da-f]{64}$/);
  });

  it('that does not take one makes the record come again', async () => {
    const client = { publishBatch: async () => ({ Failed: [{ Id: '0', Message: 'too long' }] }) };
    await expect(sendToSns('arn:t', client)([alert(1)])).rejects.toThrow(
      'SNS has not taken 1 alerts: too long',
    );
  });
});

it('SQS gets no more in a call than it takes', async () => {
  const sizes: number[] = [];
  const client = {
    sendMessageBatch: async ({ Entries }: { Entries: readonly object[] }) => keep(sizes, Entries.length),
  };
  const large = alert(1, { line: 'x'.repeat(100_000) });
  await sendToSqs('https://sqs/q', client)([large, large, large, large, large]);
  expect(sizes).toEqual([2, 2, 1]);
});

describe('EventBridge', () => {
  it('gets the line as detail and the rule as its type', async () => {
    const entries: object[] = [];
    const client = {
      putEvents: async (input: { Entries: readonly object[] }) => keep(entries, ...input.Entries),
    };
    await sendToEventBridge('security', client)([alert(1)]);
    expect(entries).toEqual([
      {
        EventBusName: 'security',
        Source: 'tsfalco',
        DetailType: 'Secret Read',
        Detail: '{"id":1}',
        Time: new Date('2024-05-01T12:00:00.123Z'),
      },
    ]);
  });

  it('that does not take some makes the record come again', async () => {
    const client = {
      putEvents: async () => ({ FailedEntryCount: 1, Entries: [{}, { ErrorMessage: 'throttled' }] }),
    };
    await expect(sendToEventBridge('b', client)(alerts(2))).rejects.toThrow(
      'EventBridge has not taken 1 alerts: throttled',
    );
  });
});

describe('Security Hub', () => {
  const PLACE = { account: '111122223333', region: 'eu-west-1' };

  it('gets a hundred findings a call, each id once', async () => {
    const calls: { Id: string }[][] = [];
    const client = {
      batchImportFindings: async ({ Findings }: { Findings: { Id: string }[] }) => keep(calls, Findings),
    };
    await sendToSecurityHub(PLACE, client)([...alerts(150), alert(149)]);
    expect(calls.map((findings) => findings.length)).toEqual([100, 50]);
    expect(calls[0]![0]).toEqual({
      SchemaVersion: '2018-10-08',
      Id: 'tsfalco/0:ResponseComplete:Secret Read',
      ProductArn: 'arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default',
      GeneratorId: 'tsfalco/Secret Read',
      AwsAccountId: '111122223333',
      Types: ['TTPs'],
      CreatedAt: '2024-05-01T12:00:00.123Z',
      UpdatedAt: '2024-05-01T12:00:00.123Z',
      Severity: { Label: 'MEDIUM' },
      Title: 'Secret Read',
      Description: 'alice read db',
      Resources: [
        {
          Type: 'AwsEksCluster',
          Id: 'arn:aws:eks:eu-west-1:111122223333:cluster/prod',
          Partition: 'aws',
          Region: 'eu-west-1',
        },
      ],
      ProductFields: { 'tsfalco/ka.user.name': 'alice' },
    });
  });

  it('that does not take some makes the record come again', async () => {
    const client = {
      batchImportFindings: async () => ({ FailedCount: 1, FailedFindings: [{ ErrorMessage: 'invalid' }] }),
    };
    await expect(sendToSecurityHub(PLACE, client)(alerts(1))).rejects.toThrow(
      'Security Hub has not taken 1 alerts: invalid',
    );
  });
});
