// A real broker on loopback (scripts/kafka.sh), and what tests do at its other end.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Admin, Consumer, type MessageToProduce, Producer } from '@platformatic/kafka';
import { loadKafka, transactionalProducer } from '../../src/kafka/library.js';
import { freePort } from '../free-port.js';
import { type Certificate, makeCertificate } from '../outputs/certificates.js';

const SCRIPT = fileURLToPath(new URL('../../scripts/kafka.sh', import.meta.url));

/** As scripts/kafka.sh has fetched it. */
const KAFKA_TOOL = [
  '-Xmx128m',
  '-XX:TieredStopAtLevel=1',
  '-cp',
  fileURLToPath(new URL('../../.kafka/4.4.0/*', import.meta.url)),
];

export interface Broker {
  readonly address: string;
  readonly secureAddress: string;
  readonly certificate: Certificate;
  create(topic: string, partitions?: number): Promise<void>;
  send(topic: string, values: readonly (string | Buffer)[], more?: Partial<MessageToProduce>): Promise<void>;
  /** By Kafka's own producer, as one batch. */
  sendPacked(topic: string, values: readonly string[], packing: string): Promise<void>;
  /** One transaction, which is aborted. */
  abort(topic: string, values: readonly string[]): Promise<void>;
  /** Deletes what is before an offset of partition 0, as it is when its time is over. */
  expire(topic: string, offset: number): Promise<void>;
  /** Changes a byte of partition 0 on the disk: the last one before a text. */
  damage(topic: string, text: string): Promise<void>;
  /** Keys and values of a topic that are committed, as many as there are now. */
  read(topic: string): Promise<readonly (readonly [key: string, value: string])[]>;
  /** By partition; −1: nothing. */
  committed(group: string, topic: string): Promise<readonly number[]>;
  stop(): Promise<void>;
}

/** What is missing here for a broker; undefined: nothing. */
export function brokerMissing(): string | undefined {
  for (const program of ['java', 'mvn'])
    try {
      execFileSync('sh', ['-c', `command -v ${program}`]);
    } catch {
      return `no ${program} here`;
    }
  try {
    execFileSync(SCRIPT, ['fetch'], { stdio: 'ignore' });
  } catch {
    return 'Maven does not give it';
  }
  return undefined;
}

export async function startBroker(): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), 'kafka-'));
  const certificate = makeCertificate(folder, 'localhost');
  const [port, controller, secure] = [await freePort(), await freePort(), await freePort()];
  const ports = [port, controller, secure].map(String);
  const process = spawn(SCRIPT, ['run', `${folder}/k`, ...ports, certificate.pem], { stdio: 'ignore' });
  const address = `127.0.0.1:${port}`;
  const base = { clientId: 'test', bootstrapBrokers: [address], retries: 5, retryDelay: 200 };
  const admin = new Admin(base);
  for (let tries = 0; ; tries++) {
    const fault = await admin.listTopics().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (fault === undefined) break;
    if (tries > 240 || process.exitCode !== null)
      throw new Error('the broker does not start', { cause: fault });
    await sleep(500);
  }
  const producer = new Producer(base);
  return {
    address,
    secureAddress: `127.0.0.1:${secure}`,
    certificate,
    async create(topic, partitions = 1) {
      await admin.createTopics({ topics: [topic], partitions, replicas: 1 });
    },
    async send(topic, values, more = {}) {
      const messages = values.map((value) => ({ ...more, topic, value: Buffer.from(value) }));
      await producer.send({ messages: messages as never, acks: -1 });
    },
    async sendPacked(topic, values, packing) {
      const settings = ['batch.size=1000000', 'linger.ms=1000', `compression.type=${packing}`];
      const tool = [...KAFKA_TOOL, 'org.apache.kafka.tools.ConsoleProducer'];
      const args = [
        '--bootstrap-server',
        address,
        '--topic',
        topic,
        ...settings.flatMap((each) => ['--command-property', each]),
      ];
      execFileSync('java', [...tool, ...args], { input: `${values.join('\n')}\n` });
    },
    async abort(topic, values) {
      const own = transactionalProducer(loadKafka()!, {
        ...base,
        transactionalId: `aborted-${topic}-${values.length}`,
        retries: 100,
        retryDelay: 50,
      });
      const transaction = await own.beginTransaction();
      await transaction.send({ messages: values.map((value) => ({ topic, value: Buffer.from(value) })) });
      await transaction.abort();
      await own.close(true);
    },
    async expire(topic, offset) {
      const partitions = [{ partition: 0, offset: BigInt(offset) }];
      await admin.deleteRecords({ topics: [{ name: topic, partitions }] });
    },
    async damage(topic, text) {
      const path = `${folder}/k/data/${topic}-0/00000000000000000000.log`;
      const at = (await readFile(path)).indexOf(text) - 1;
      const file = await open(path, 'r+');
      await file.write(Buffer.from([0xff]), 0, 1, at);
      await file.close();
    },
    async read(topic) {
      const consumer = new Consumer({ ...base, groupId: `reader-${topic}` });
      const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic) ?? [];
      const stream = await consumer.consume({
        topics: [topic],
        mode: 'earliest',
        autocommit: false,
        maxWaitTime: 100,
      });
      const found: [string, string][] = [];
      stream.on('data', ({ key, value }) => found.push([String(key ?? ''), String(value)]));
      // Markers of transactions have offsets, and are no messages.
      const isThrough = (): boolean =>
        ends.every((end, i) => (stream.offsetsToFetch.get(`${topic}:${i}`) ?? -1n) >= end);
      while (!isThrough()) await sleep(50);
      await consumer.close(true);
      return found;
    },
    async committed(groupId, topic) {
      const consumer = new Consumer({ ...base, groupId });
      const partitions = ((await consumer.listOffsets({ topics: [topic] })).get(topic) ?? []).map(
        (_, i) => i,
      );
      const known = await consumer.listCommittedOffsets({ topics: [{ topic, partitions }] });
      await consumer.close(true);
      return partitions.map((partition) => Number(known.get(topic)?.[partition] ?? -1n));
    },
    async stop() {
      await Promise.all([admin.close(), producer.close()]);
      const gone = new Promise((resolve) => process.once('exit', resolve));
      process.kill('SIGKILL');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
