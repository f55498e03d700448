// What Firehose and OpenTelemetry collectors send to the web hook, over HTTP.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openSource } from '../../../src/plugins/k8saudit/source.js';
import { payloadTexts } from '../../../src/sources/files/lines.js';
import { createTakenIds } from '../../../src/sources/webhook/firehose.js';
import { eventually } from '../../eventually.js';
import { freePort } from '../../free-port.js';

const folder = mkdtempSync(join(tmpdir(), 'firehose-'));
afterAll(() => rmSync(folder, { recursive: true }));
const tokenFile = join(folder, 'token');
writeFileSync(tokenFile, 'key-1\n');

const event = (id: number): string =>
  `{"kind":"Event","auditID":"${id}","stageTimestamp":"2024-05-01T12:00:00Z"}`;

/** A record as a subscription of CloudWatch Logs gives it to Firehose. */
const record = (messages: readonly string[], more: object = {}) => ({
  data: gzipSync(
    JSON.stringify({
      messageType: 'DATA_MESSAGE',
      logGroup: '/aws/eks/prod/cluster',
      logStream: 'kube-apiserver-audit-1',
      logEvents: messages.map((message, i) => ({ id: String(i), timestamp: 1_714_564_800_000 + i, message })),
      ...more,
    }),
  ).toString('base64'),
});

let stop: () => Promise<void> = async () => {};
afterEach(() => stop());

async function start() {
  const port = await freePort();
  const log: string[] = [];
  const source = await openSource(`http://127.0.0.1:${port}/k8s-audit`, {
    name: 'k8s_audit',
    plugin: 'k8saudit',
    maxEventSize: 100_000,
    webhookMaxBatchSize: 20_000,
    sslCertificate: '/nope.pem',
    own: { tokenFile },
    log: (level, message) => void log.push(`${level} ${message}`),
  });
  const texts: string[] = [];
  const abort = new AbortController();
  const done = (async () => {
    for await (const { payloads } of source.batches(abort.signal))
      texts.push(...payloads.flatMap(payloadTexts));
  })();
  stop = async () => {
    abort.abort();
    await done;
  };
  const url = `http://127.0.0.1:${port}/k8s-audit`;
  await eventually(() =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  );
  const post = async (body: string | Buffer, headers: Readonly<Record<string, string>>) => {
    const all = { 'content-type': 'application/json', ...headers };
    const answer = await fetch(url, {
      method: 'POST',
      headers: all,
      body: new Uint8Array(Buffer.from(body)),
    });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  };
  const firehose = (requestId: string, records: readonly object[], headers: object = {}) =>
    post(JSON.stringify({ requestId, timestamp: 1, records }), {
      'x-amz-firehose-request-id': requestId,
      'x-amz-firehose-access-key': 'key-1',
      ...headers,
    });
  const ids = (): readonly string[] =>
    texts.flatMap((text) => [...text.matchAll(/"auditID":"(\d+)"/g)].map(([, id]) => id!));
  return { post, firehose, ids, log };
}

describe('Firehose', () => {
  it('has its records read, and an answer with its request’s id and a time', async () => {
    const { firehose, ids } = await start();
    const { status, type, text } = await firehose('r-1', [record([event(1), event(2)]), record([event(3)])]);
    expect([status, type]).toEqual([200, 'application/json']);
    expect(JSON.parse(text)).toEqual({ requestId: 'r-1', timestamp: expect.any(Number) });
    await eventually(() => ids().length === 3);
    expect(ids()).toEqual(['1', '2', '3']);
  });

  it('that sends a request again has the same answer, and its events are not read twice', async () => {
    const { firehose, ids } = await start();
    await firehose('again', [record([event(1)])]);
    expect((await firehose('again', [record([event(1)])])).status).toBe(200);
    await firehose('other', [record([event(2)])]);
    await eventually(() => ids().length >= 2);
    expect(ids()).toEqual(['1', '2']);
  });

  it('with another access key gets 401 in its own form', async () => {
    const { firehose } = await start();
    const answer = await firehose('r', [record([event(1)])], { 'x-amz-firehose-access-key': 'key-2' });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.text)).toMatchObject({ requestId: 'r', errorMessage: 'unauthorized' });
  });

  it('is told 200 for control messages, other streams and records that cannot be read', async () => {
    const { firehose, ids, log } = await start();
    const control = record(['CWL CONTROL MESSAGE'], { messageType: 'CONTROL_MESSAGE', logStream: '' });
    const other = record([event(8)], { logStream: 'kube-scheduler-1' });
    const damaged = { data: gzipSync('x'.repeat(100)).subarray(0, 12).toString('base64') };
    expect((await firehose('r-1', [control])).status).toBe(200);
    expect((await firehose('r-2', [other, damaged, {}, record([event(1)])])).status).toBe(200);
    await eventually(() => ids().length === 1);
    expect(ids()).toEqual(['1']);
    expect(log.filter((line) => line.includes('Firehose'))).toEqual([
      expect.stringMatching(/^error Firehose: cannot unpack: /),
      'error Firehose: a record without data',
    ]);
  });

  it('cannot make it unpack more than a body may hold', async () => {
    const { firehose, log } = await start();
    expect((await firehose('bomb', [record([event(1), 'x'.repeat(1_000_000)])])).status).toBe(200);
    await eventually(() => log.some((line) => line.includes('cannot unpack')));
  });

  it('whose body is no list of records gets 400', async () => {
    const { post } = await start();
    const answer = await post('{"records":1}', {
      'x-amz-firehose-request-id': 'r',
      'x-amz-firehose-access-key': 'key-1',
    });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).errorMessage).toBe('the body has no records of Firehose');
  });

  it('may repeat a request for ten minutes', () => {
    let now = 0;
    const taken = createTakenIds(() => now);
    taken.add('a');
    now = 599_999;
    expect(taken.has('a')).toBe(true);
    now = 600_001;
    expect(taken.has('a')).toBe(false);
  });
});

it('OTLP logs as JSON are read: texts of events, and events taken apart', async () => {
  const { post, ids } = await start();
  const values = Object.entries(JSON.parse(event(2)) as Record<string, string>).map(([key, stringValue]) => ({
    key,
    value: { stringValue },
  }));
  const logRecords = [{ body: { stringValue: event(1) } }, { body: { kvlistValue: { values } } }];
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
  expect((await post(body, { authorization: 'Bearer key-1' })).status).toBe(200);
  await eventually(() => ids().length === 2);
  expect(ids()).toEqual(['1', '2']);
});
