import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Endpoint, startEndpoint } from '../../../demo/endpoint/server.js';
import { createLogStore, type LogStore } from '../../../demo/endpoint/store.js';
import { NO_TROUBLE, type Trouble } from '../../../demo/endpoint/trouble.js';
import { createAuditWriter } from '../../../demo/endpoint/writer.js';

const GROUP = '/aws/eks/c/cluster';
let endpoint: Endpoint | undefined;

afterEach(async () => {
  await endpoint?.close();
  endpoint = undefined;
});

async function open(store: LogStore, trouble: Partial<Trouble> = {}): Promise<Endpoint> {
  endpoint = await startEndpoint({ store, trouble });
  return endpoint;
}

async function call(
  action: string,
  body: unknown,
): Promise<{ status: number; json: Record<string, unknown>; date: string }> {
  const response = await fetch(endpoint!.url, {
    method: 'POST',
    headers: { 'x-amz-target': `Logs_20140328.${action}`, 'content-type': 'application/x-amz-json-1.1' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const json = (await response.json()) as Record<string, unknown>;
  return { status: response.status, json, date: response.headers.get('date') ?? '' };
}

interface Event {
  readonly eventId: string;
  readonly logStreamName: string;
  readonly timestamp: number;
  readonly message: string;
}

async function filterAll(request: Record<string, unknown>): Promise<{ events: Event[]; pages: number }> {
  const events: Event[] = [];
  let nextToken: unknown;
  let pages = 0;
  do {
    const { json } = await call('FilterLogEvents', {
      ...request,
      ...(nextToken !== undefined && { nextToken }),
    });
    events.push(...(json['events'] as Event[]));
    nextToken = json['nextToken'];
    pages++;
  } while (nextToken !== undefined);
  return { events, pages };
}

function fill(store: LogStore, count: number, size = 10): void {
  for (let i = 0; i < count; i++) {
    store.put(
      GROUP,
      { stream: `kube-apiserver-audit-${i % 2}`, timestamp: 1000 + i, message: 'x'.repeat(size) },
      0,
    );
  }
}

describe('endpoint', () => {
  it('pages by 10,000 events and by 1 MB, in order, both ends of the time range included', async () => {
    const store = createLogStore();
    fill(store, 25_000);
    await open(store);
    const small = await filterAll({ logGroupName: GROUP, startTime: 1001, endTime: 25_998 });
    expect(small.pages).toBe(3);
    expect(small.events.map(({ timestamp }) => timestamp)).toEqual(
      Array.from({ length: 24_998 }, (_, i) => 1001 + i),
    );
    const large = createLogStore();
    fill(large, 10, 300_000);
    await endpoint!.close();
    await open(large);
    expect((await filterAll({ logGroupName: GROUP })).pages).toBe(4);
  });

  it('looks at streams by prefix, and hides what is not visible yet', async () => {
    const store = createLogStore();
    const writer = createAuditWriter(store, 'c', NO_TROUBLE);
    writer.write('{"a":1}', 1000);
    writer.writeOther(1000);
    store.put(
      GROUP,
      { stream: 'kube-apiserver-audit-x', timestamp: 1000, message: 'later' },
      Date.now() + 60_000,
    );
    await open(store);
    const audit = await filterAll({ logGroupName: GROUP, logStreamNamePrefix: 'kube-apiserver-audit' });
    expect(audit.events.map(({ message }) => message)).toEqual(['{"a":1}']);
    expect((await filterAll({ logGroupName: GROUP })).events).toHaveLength(2);
  });

  it('answers the other actions', async () => {
    const store = createLogStore();
    await open(store);
    expect((await call('CreateLogGroup', { logGroupName: GROUP })).status).toBe(200);
    const logEvents = [
      { timestamp: 5, message: 'a' },
      { timestamp: 6, message: 'b' },
    ];
    expect((await call('PutLogEvents', { logGroupName: GROUP, logStreamName: 's', logEvents })).status).toBe(
      200,
    );
    expect((await call('DescribeLogGroups', {})).json).toEqual({ logGroups: [{ logGroupName: GROUP }] });
    expect((await call('DescribeLogStreams', { logGroupName: GROUP })).json).toEqual({
      logStreams: [{ logStreamName: 's' }],
    });
    const first = await call('GetLogEvents', {
      logGroupName: GROUP,
      logStreamName: 's',
      limit: 1,
      endTime: 7,
    });
    expect(first.json['events']).toMatchObject([{ timestamp: 5, message: 'a' }]);
    const nextToken = first.json['nextForwardToken'];
    const second = await call('GetLogEvents', {
      logGroupName: GROUP,
      logStreamName: 's',
      endTime: 7,
      nextToken,
    });
    expect(second.json['events']).toMatchObject([{ message: 'b' }]);
    const end = await call('GetLogEvents', {
      logGroupName: GROUP,
      logStreamName: 's',
      nextToken: second.json['nextForwardToken'],
    });
    expect(end.json).toMatchObject({ events: [], nextForwardToken: second.json['nextForwardToken'] });
  });

  it('refuses what it does not know, and does not read without end', async () => {
    const store = createLogStore();
    store.createGroup(GROUP);
    await open(store);
    expect(await call('FilterLogEvents', { logGroupName: 'x' })).toMatchObject({
      status: 400,
      json: { __type: 'ResourceNotFoundException' },
    });
    expect(await call('FilterLogEvents', { logGroupName: GROUP, nextToken: 'x' })).toMatchObject({
      status: 400,
      json: { __type: 'InvalidParameterException', message: 'The specified nextToken is invalid.' },
    });
    expect(await call('Nothing', {})).toMatchObject({
      status: 400,
      json: { __type: 'UnknownOperationException' },
    });
    expect(await call('FilterLogEvents', '[')).toMatchObject({
      status: 400,
      json: { __type: 'SerializationException' },
    });
    const { port, hostname } = new URL(endpoint!.url);
    const status = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n');
      });
      socket.on('error', () => resolve('cut'));
      socket.once('data', (data) => resolve(data.toString().split('\r\n')[0]!));
    });
    expect(status).toBe('HTTP/1.1 413 Payload Too Large');
  });

  it('makes each trouble that is asked for', async () => {
    const store = createLogStore();
    fill(store, 3);
    const request = { logGroupName: GROUP };
    await open(store, { throttled: 1 });
    expect(await call('FilterLogEvents', request)).toMatchObject({
      status: 400,
      json: { __type: 'ThrottlingException' },
    });
    endpoint!.trouble({ throttled: 0, serverErrors: 1 });
    expect((await call('FilterLogEvents', request)).status).toBe(503);
    endpoint!.trouble({ serverErrors: 0, resets: 1 });
    await expect(call('FilterLogEvents', request)).rejects.toThrow();
    endpoint!.trouble({ resets: 0, emptyPages: 1 });
    const empty = await call('FilterLogEvents', request);
    expect(empty.json).toMatchObject({ events: [], nextToken: expect.any(String) });
    endpoint!.trouble({ emptyPages: 0, expiredTokens: 1 });
    const expired = await call('FilterLogEvents', { ...request, nextToken: empty.json['nextToken'] });
    expect(expired.json).toMatchObject({ __type: 'InvalidParameterException' });
    endpoint!.trouble({ expiredTokens: 0, repeats: 1 });
    const { events } = await filterAll({ ...request, limit: 2 });
    expect(events.map(({ timestamp }) => timestamp)).toEqual([1000, 1001, 1000, 1001, 1002]);
    endpoint!.trouble({ repeats: 0, skew: 600_000 });
    expect(Date.parse((await call('FilterLogEvents', request)).date) - Date.now()).toBeGreaterThan(590_000);
    endpoint!.trouble({ skew: 0, quota: 1 });
    const statuses = await Promise.all(
      Array.from({ length: 5 }, async () => (await call('FilterLogEvents', request)).status),
    );
    expect(statuses).toContain(400);
    expect(endpoint!.calls()['FilterLogEvents']).toBeGreaterThan(10);
  });

  it('writes to streams that are replaced, late and in pieces', () => {
    const store = createLogStore();
    const trouble = { ...NO_TROUBLE, streams: 2, rotation: 1000, split: 1, late: 1, lateness: 500 };
    const writer = createAuditWriter(store, 'c', trouble);
    const message = `{"text":"${'y'.repeat(100)}"}`;
    const visible = Array.from(
      { length: 40 },
      (_, i) => writer.write(message, 10_000 + i * 100) - (10_000 + i * 100),
    );
    expect(store.streams(GROUP).length).toBeGreaterThan(4);
    expect(Math.min(...visible)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...visible)).toBeLessThanOrEqual(500);
    const { events } = store.search({ group: GROUP, start: 0, end: 20_000, limit: 1000, now: 20_000 });
    expect(events.length).toBeGreaterThanOrEqual(80);
    const ofFirst = events.filter(({ timestamp }) => timestamp === 10_000);
    expect(ofFirst.map((event) => event.message).join('')).toBe(message);
    expect(new Set(ofFirst.map(({ stream }) => stream)).size).toBe(1);
  });
});
