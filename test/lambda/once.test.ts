import { describe, expect, it } from 'vitest';
import { type DynamoDbClient, type LambdaAlert, sendOnce } from '../../src/lambda.js';

const alert = (id: string): LambdaAlert => ({
  id,
  rule: 'Secret Read',
  priority: 'Warning',
  source: 'k8s_audit',
  tags: [],
  time: '2024-05-01T12:00:00.123456000Z',
  message: '',
  fields: {},
  line: '{}',
  cluster: 'prod',
});

/** A table that keeps what it is given, as DynamoDB does; and what is asked of it. */
function startTable() {
  const items = new Map<string, Record<string, { S?: string; N?: string }>>();
  const sizes: number[] = [];
  let isAway = false;
  const client: DynamoDbClient = {
    async batchGetItem({ RequestItems: { alerts } }) {
      if (isAway) throw new Error('no capacity');
      const keys = alerts!.Keys.map(({ id }) => id!.S!);
      sizes.push(keys.length);
      return { Responses: { alerts: keys.flatMap((key) => items.get(key) ?? []) } };
    },
    async batchWriteItem({ RequestItems: { alerts } }) {
      if (isAway) throw new Error('no capacity');
      for (const { PutRequest } of alerts!) items.set(PutRequest.Item['id']!.S!, PutRequest.Item);
      sizes.push(alerts!.length);
      return {};
    },
  };
  return { client, items, sizes, away: (now: boolean) => void (isAway = now) };
}

describe('alerts that are remembered in a table', () => {
  it('leave once, however often their record comes again', async () => {
    const { client, items, sizes } = startTable();
    const sent: string[] = [];
    const send = sendOnce('alerts', async (some) => void sent.push(...some.map(({ id }) => id)), client);
    const all = Array.from({ length: 130 }, (_, i) => alert(`e${i}:ResponseComplete:Rule`));
    await send(all.slice(0, 100));
    await send([...all, ...all.slice(0, 3)]);
    await send(all);
    expect(sent).toEqual(all.map(({ id }) => id));
    expect(Math.max(...sizes)).toBe(100);
    expect(Number(items.get('e0:ResponseComplete:Rule')!['until']!.N)).toBeGreaterThan(Date.now() / 1000);
  });

  it('are not noted where they have not arrived', async () => {
    const { client, items } = startTable();
    const send = sendOnce('alerts', () => Promise.reject(new Error('away')), client);
    await expect(send([alert('a')])).rejects.toThrow('away');
    expect(items.size).toBe(0);
  });

  it('leave all the same while the table is away', async () => {
    const { client, away } = startTable();
    const sent: string[] = [];
    const send = sendOnce('alerts', async (some) => void sent.push(...some.map(({ id }) => id)), client);
    away(true);
    await send([alert('a')]);
    expect(sent).toEqual(['a']);
  });

  it('are told apart by ids that are longer than a key may be', async () => {
    const { client, items } = startTable();
    const send = sendOnce('alerts', async () => {}, client);
    const long = 'é'.repeat(2000);
    await send([alert(`${long}1`), alert(`${long}2`)]);
    expect(items.size).toBe(2);
  });
});
