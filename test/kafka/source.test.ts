// The plugin k8saudit-kafka and kafka_output against a real broker.

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBytes } from '../../src/bytes.js';
import { loadKafka } from '../../src/kafka/library.js';
import { createKafkaOutput } from '../../src/outputs/kafka.js';
import type { Message } from '../../src/outputs/output.js';
import { k8sauditKafka } from '../../src/plugins/k8saudit-kafka/index.js';
import { openTransactions } from '../../src/plugins/k8saudit-kafka/transactions.js';
import type { Source } from '../../src/sources/source.js';
import { openPlugin, take } from '../plugins/open-plugin.js';
import { type Broker, brokerMissing, startBroker } from './broker.js';

const missing = brokerMissing();
const event = (id: number): string =>
  `{"kind":"Event","auditID":"${id}","stageTimestamp":"2026-03-01T10:00:00Z","verb":"get"}`;
const idsOf = (payloads: readonly string[]): readonly number[] =>
  payloads
    .flatMap((text) => [...text.matchAll(/"auditID":"(\d+)"/g)].map(([, id]) => Number(id)))
    .sort((a, b) => a - b);
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

describe.skipIf(missing !== undefined)(`with a broker${missing === undefined ? '' : ` (${missing})`}`, () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startBroker();
  }, 300_000);
  afterAll(async () => broker?.stop());

  const KEYS = { tls: false, tls_ca: '', tls_cert: '', tls_key: '', sasl_mechanism: '' } as const;
  const ALICE = { sasl_mechanism: 'scram-sha-256', sasl_username: 'alice', sasl_password: 'secret' };

  async function open(
    topic: string,
    config: object = {},
  ): Promise<{ source: Source; logged: readonly string[] }> {
    const { sources, logged } = await openPlugin(k8sauditKafka, topic, {
      brokers: broker.address,
      group: `g-${topic}`,
      start: 'earliest',
      session_timeout: 6,
      ...config,
    });
    return { source: sources[0]!, logged };
  }

  /** Bytes and strings, by their text. */
  async function read(source: Source, wanted: number): Promise<readonly string[]> {
    const texts: string[] = [];
    const stop = new AbortController();
    for await (const { payloads, position } of source.batches(stop.signal)) {
      texts.push(...payloads.map((payload) => Buffer.from(payload as string).toString('latin1')));
      await source.commit?.(position);
      if (idsOf(texts).length >= wanted) stop.abort();
    }
    return texts;
  }

  it('reads all partitions, and goes on behind what is committed', async () => {
    await broker.create('audit', 3);
    for (const partition of upTo(3))
      await broker.send(
        'audit',
        upTo(10).map((i) => event(partition * 10 + i)),
        { partition },
      );
    const { source } = await open('audit', { cluster_name: 'prod' });
    expect(source.clusterName).toBe('prod');
    expect(idsOf(await read(source, 30))).toEqual(upTo(30));
    expect(await broker.committed('g-audit', 'audit')).toEqual([10, 10, 10]);
    await broker.send('audit', [event(99)], { partition: 1 });
    expect(idsOf(await read((await open('audit')).source, 1))).toEqual([99]);
  });

  it('gives again what was not committed', async () => {
    await broker.create('again');
    await broker.send('again', [event(0), event(1)]);
    const { source } = await open('again');
    await take(source, 1, false);
    expect(idsOf(await read((await open('again')).source, 2))).toEqual([0, 1]);
  });

  it('begins at the end, and never again at another one', async () => {
    await broker.create('late');
    await broker.send('late', [event(0)]);
    const stop = new AbortController();
    const { source } = await open('late', { start: 'latest' });
    const batches = source.batches(stop.signal)[Symbol.asyncIterator]();
    const next = batches.next();
    await until(async () => (await broker.committed('g-late', 'late'))[0] === 1);
    stop.abort();
    await next;
    await batches.return?.();
    await broker.send('late', [event(1)]);
    expect(idsOf(await read((await open('late', { start: 'latest' })).source, 1))).toEqual([1]);
  });

  it('takes values with line breaks and packed ones; passes over empty and damaged ones', async () => {
    await broker.create('forms');
    const damaged = gzipSync(event(5)).subarray(0, 20);
    const pretty = JSON.stringify(JSON.parse(event(1)), null, 2).replace('"auditID": ', '"auditID":');
    await broker.send('forms', [event(0), pretty, gzipSync(event(2)), '', damaged, event(3)]);
    expect(idsOf(await read((await open('forms')).source, 4))).toEqual([0, 1, 2, 3]);
  });

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])('reads what Java has packed with %s', async (packing) => {
    await broker.create(packing);
    await broker.sendPacked(packing, upTo(500).map(event), packing);
    expect(idsOf(await read((await open(packing)).source, 500))).toEqual(upTo(500));
  });

  it('passes over what aborted transactions wrote', async () => {
    await broker.create('aborted');
    await broker.send('aborted', [event(0)]);
    await broker.abort('aborted', [event(1), event(2)]);
    await broker.send('aborted', [event(3)]);
    await broker.abort('aborted', [event(4)]);
    await broker.send('aborted', [event(5)]);
    expect(idsOf(await read((await open('aborted')).source, 3))).toEqual([0, 3, 5]);
  });

  it('passes over a batch that is damaged on the disk, counts it and says where it is', async () => {
    await broker.create('spoiled');
    for (const ids of [[0], [1, 2, 3], [4], [5, 6]]) await broker.send('spoiled', ids.map(event));
    await broker.damage('spoiled', event(2));
    await broker.damage('spoiled', event(6));
    const { source, logged } = await open('spoiled');
    expect(idsOf(await read(source, 2))).toEqual([0, 4]);
    await broker.send('spoiled', [event(7)]);
    const again = await open('spoiled');
    expect(idsOf(await read(again.source, 1))).toEqual([7]);
    expect([...logged, ...again.logged].filter((line) => line.startsWith('error'))).toEqual([
      'error kafka: spoiled/0: what is stored at offset 1 is damaged: 3 messages are passed over',
      'error kafka: spoiled/0: what is stored at offset 5 is damaged: 2 messages are passed over',
    ]);
  });

  it('goes on at the first message that is left, where some were deleted before they were read', async () => {
    await broker.create('expired');
    await broker.send('expired', upTo(4).map(event));
    const first = await open('expired');
    await take(first.source, 1);
    await broker.send('expired', [4, 5, 6, 7].map(event));
    await broker.expire('expired', 6);
    const { source, logged } = await open('expired');
    expect(idsOf(await read(source, 2))).toEqual([6, 7]);
    expect(logged).toContain('error kafka: expired/0: 2 messages were deleted before they were read');
  });

  it('shares the partitions with another worker and takes them all when it is gone', async () => {
    await broker.create('shared', 4);
    const workers = await Promise.all([open('shared'), open('shared')]);
    const stops = workers.map(() => new AbortController());
    const seen: string[][] = [[], []];
    const runs = workers.map(async ({ source }, i) => {
      for await (const { payloads, position } of source.batches(stops[i]!.signal)) {
        seen[i]!.push(...payloads.map((payload) => Buffer.from(payload as string).toString('latin1')));
        await source.commit?.(position);
      }
    });
    const parts = (i: number): number =>
      (workers[i]!.source.series?.() ?? []).filter(({ name }) => name === 'tsfalco_kafka_lag').length;
    await until(async () => parts(0) === 2 && parts(1) === 2);
    for (const partition of upTo(4)) await broker.send('shared', [event(partition)], { partition });
    await until(async () => idsOf(seen.flat()).length === 4);
    stops[0]!.abort();
    await runs[0];
    await until(async () => parts(1) === 4);
    for (const partition of upTo(4)) await broker.send('shared', [event(10 + partition)], { partition });
    await until(async () => idsOf(seen.flat()).length === 8);
    stops[1]!.abort();
    await runs[1];
    expect(idsOf(seen.flat())).toEqual([0, 1, 2, 3, 10, 11, 12, 13]);
  });

  it('reads by TLS with SCRAM; a wrong password ends the start with a line that does not hold it', async () => {
    await broker.create('secure');
    await broker.send('secure', [event(0)]);
    const secure = { brokers: broker.secureAddress, tls_ca: broker.certificate.cert, ...ALICE };
    expect(idsOf(await read((await open('secure', secure)).source, 1))).toEqual([0]);
    const wrong = await open('secure', { ...secure, sasl_password: 'wr0ng-one' });
    const fault = await read(wrong.source, 1).catch((error: unknown) => String(error));
    expect(fault).toMatch(/^SourceError: kafka: .*authentication/i);
    expect(fault).not.toContain('wr0ng-one');
  });

  it('a topic that is not there ends the start with a line', async () => {
    await expect(read((await open('nowhere')).source, 1)).rejects.toThrow(/^kafka: .*topic/);
  });

  it('an alert becomes a message whose key is the cluster', async () => {
    await broker.create('alerts');
    const output = createKafkaOutput({
      ...KEYS,
      sasl_username: '',
      sasl_password: '',
      sasl_password_file: '',
      brokers: broker.address,
      topic: 'alerts',
    });
    const message = (line: string, cluster?: string): Message => ({ line, priority: 4, rule: 'r', cluster });
    await output.write([
      message('{"rule":"r","output_fields":{"ka.cluster.name":"blue"}}', 'green'),
      message('{"rule":"r","output_fields":{}}', 'green'),
      message(Buffer.from('Größe').toString('latin1')),
    ]);
    await output.close();
    expect(await broker.read('alerts')).toEqual([
      ['blue', '{"rule":"r","output_fields":{"ka.cluster.name":"blue"}}'],
      ['green', '{"rule":"r","output_fields":{}}'],
      ['', 'Größe'],
    ]);
  });

  it('an alert that is larger than the topic takes is lost and said, the others arrive', async () => {
    await broker.create('large');
    const output = createKafkaOutput({
      ...KEYS,
      sasl_username: '',
      sasl_password: '',
      sasl_password_file: '',
      brokers: broker.address,
      topic: 'large',
    });
    const message = (line: string): Message => ({ line, priority: 4, rule: 'r' });
    const fault = await output.write(['a', 'x'.repeat(3_000_000), 'b'].map(message)).catch((error) => error);
    await output.close();
    expect(fault.failed).toMatchObject({ reason: 'refused', again: false });
    expect(fault.failed.undelivered.map(({ line }: Message) => line.length)).toEqual([3_000_000]);
    expect((await broker.read('large')).map(([, value]) => fromBytes(value))).toEqual(['a', 'b']);
  });

  it('exactly once: alerts appear with the offset behind their events', async () => {
    await broker.create('in');
    await broker.create('out');
    await broker.send('in', upTo(3).map(event));
    const { source } = await open('in', { exactly_once: true });
    const stop = new AbortController();
    const batches = source.batches(stop.signal)[Symbol.asyncIterator]();
    const { value: batch } = await batches.next();
    source.carrier?.add({ topic: 'out', value: 'alert' });
    await source.commit?.(batch.position);
    await until(async () => (await broker.committed('g-in', 'in'))[0] === 3);
    stop.abort();
    await batches.return?.();
    expect(await broker.read('out')).toEqual([['', 'alert']]);
  });

  it('exactly once: whoever gets a partition shuts out the worker that had it', async () => {
    await broker.create('had');
    await broker.create('written');
    const library = loadKafka()!;
    const client = { clientId: 'test', bootstrapBrokers: [broker.address] };
    const consumer = new library.Consumer({ ...client, groupId: 'had' });
    consumer.topics.track('had');
    await consumer.joinGroup({});
    const faults: Error[] = [];
    const claim = (fail: (error: Error) => void) =>
      openTransactions({
        library,
        client,
        consumer,
        fail,
        id: 'had-0',
        topic: 'had',
        partition: 0,
        lost: () => false,
        refused: () => {},
        committed: () => {},
      });
    const alert = (text: string) => ({ topic: 'written', value: Buffer.from(text) });
    const before = await claim((error) => void faults.push(error));
    await before.submit([alert('one')], 1n);
    await before.idle();
    const after = await claim(() => {});
    await before.submit([alert('late')], 2n);
    await after.submit([alert('two')], 2n);
    await after.idle();
    await until(async () => faults.length > 0);
    await Promise.all([before.close(), after.close()]);
    await consumer.close(true);
    expect(faults[0]?.message).toMatch(/^transaction for had\/0: /);
    expect((await broker.read('written')).map(([, value]) => value)).toEqual(['one', 'two']);
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100));
}
