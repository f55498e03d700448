// @platformatic/kafka, as far as it is used: types, and what of it is put right once it is loaded. It is an optional package,
// loaded when a source or an output needs it.

import { decompress } from 'fzstd';
import { optionalPackage } from '../optional.js';
import { KAFKA_PACKAGE } from './package.js';

type Done<T> = (error: Error | null, result: T) => void;
type Listener = (payload?: unknown) => void;

export interface KafkaBroker {
  readonly host: string;
  readonly port: number;
}

export interface KafkaTopic {
  readonly id: string;
  readonly partitions: readonly { readonly leader: number; readonly leaderEpoch: number }[];
}

export interface KafkaMetadata {
  readonly brokers: ReadonlyMap<number, KafkaBroker>;
  readonly topics: ReadonlyMap<string, KafkaTopic>;
}

export interface KafkaPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

export interface KafkaApi {
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
}

export interface KafkaAssignment {
  readonly topic: string;
  readonly partitions: readonly number[];
}

export interface KafkaConsumer {
  readonly groupId: string;
  readonly memberId: string | null;
  readonly generationId: number;
  readonly coordinatorId: number | null;
  readonly assignments: readonly KafkaAssignment[] | null;
  readonly topics: { track(topic: string): boolean };
  on(event: string, listener: Listener): void;
  metadata(options: { readonly topics: readonly string[] }): Promise<KafkaMetadata>;
  clearMetadata(): void;
  listApis(): Promise<readonly KafkaApi[]>;
  joinGroup(options: object): Promise<string>;
  /** By topic, a list by partition; of those that were not asked for it has no member. Negative: nothing is known. */
  listCommittedOffsets(options: {
    readonly topics: readonly KafkaAssignment[];
  }): Promise<ReadonlyMap<string, readonly (bigint | undefined)[]>>;
  listOffsets(options: {
    readonly topics: readonly string[];
    readonly partitions: Readonly<Record<string, readonly number[]>>;
    readonly timestamp: bigint;
  }): Promise<ReadonlyMap<string, readonly (bigint | undefined)[]>>;
  commit(options: {
    readonly offsets: readonly (KafkaPlace & { readonly leaderEpoch: number })[];
  }): Promise<void>;
  close(force: boolean): Promise<void>;
}

export interface KafkaMessage {
  readonly topic: string;
  readonly key?: Buffer;
  readonly value: Buffer;
}

/** Of texts that hold one byte a char. */
export const kafkaMessage = ({
  topic,
  key,
  value,
}: {
  readonly topic: string;
  readonly key?: string;
  readonly value: string;
}): KafkaMessage => ({
  topic,
  ...(key !== undefined && { key: Buffer.from(key, 'latin1') }),
  value: Buffer.from(value, 'latin1'),
});

export interface KafkaTransaction {
  addConsumer(consumer: KafkaConsumer): Promise<void>;
  send(options: { readonly messages: readonly KafkaMessage[] }): Promise<unknown>;
  /** The message is done with: what is committed is the offset behind it. */
  addOffset(message: KafkaPlace & { readonly metadata: object }): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

export interface KafkaProducer {
  metadata(options: { readonly topics: readonly string[] }): Promise<KafkaMetadata>;
  send(options: { readonly messages: readonly KafkaMessage[]; readonly acks?: number }): Promise<unknown>;
  beginTransaction(options?: object): Promise<KafkaTransaction>;
  close(force?: boolean): Promise<void>;
}

/** Bytes as they came: pieces that make one row. */
export interface KafkaBytes {
  readonly length: number;
  readonly buffers: readonly Buffer[];
  readUInt8(at: number): number;
  readInt16BE(at: number): number;
  readInt32BE(at: number): number;
  readBigInt64BE(at: number): bigint;
  toString(encoding: 'hex', from: number, to: number): string;
  subarray(from: number, to: number): KafkaBytes;
}

/** An answer, and how far the client has read it. */
export interface KafkaAnswer {
  readonly buffer: KafkaBytes;
  readonly position: number;
}

export interface KafkaConnection {
  send(
    key: number,
    version: number,
    request: () => unknown,
    parse: (id: number, key: number, version: number, answer: KafkaAnswer) => unknown,
    ...rest: readonly unknown[]
  ): void;
}

export interface KafkaPool {
  get(broker: KafkaBroker): Promise<KafkaConnection>;
  close(): Promise<void>;
}

/** A request of the protocol: a connection, what it is made of, and who hears of the answer. */
export type KafkaCall = (...parts: readonly unknown[]) => void;

export interface KafkaLibrary {
  readonly Consumer: new (options: object) => KafkaConsumer;
  readonly Producer: new (options: object) => KafkaProducer;
  readonly ConnectionPool: new (clientId: string, options: object) => KafkaPool;
  readonly kGetApi: symbol;
  readonly addPartitionsToTxnV3: { readonly api: KafkaCall };
  /** Names of the brokers' errors. */
  readonly protocolErrorsCodesById: Readonly<Record<number, string>>;
  crc32c(data: KafkaBytes): number;
  readonly Reader: { from(bytes: Buffer): KafkaAnswer };
  readonly compressionsAlgorithmsByBitmask: Readonly<
    Record<number, { decompressSync(data: Uint8Array): Buffer }>
  >;
  readonly compressionsAlgorithms: {
    readonly zstd: { available: boolean; decompressSync(data: Uint8Array): Buffer };
  };
  /** `fetchV12` … `fetchV17`, and others. */
  readonly [name: string]: unknown;
}

/** undefined: the package is not installed. */
export function loadKafka(): KafkaLibrary | undefined {
  const library = optionalPackage<KafkaLibrary>(KAFKA_PACKAGE);
  if (library !== undefined) readZstd(library);
  return library;
}

/** Node 20 has no zstd of its own. */
function readZstd({ compressionsAlgorithms: { zstd } }: KafkaLibrary): void {
  if (zstd.available) return;
  zstd.available = true;
  zstd.decompressSync = (data) => Buffer.from(decompress(data));
}

/**
 * A producer with a transactional id. Versions of AddPartitionsToTxn from 4 on are for brokers: with them a client would need
 * the right ClusterAction, so this one keeps to 3.
 */
export function transactionalProducer(library: KafkaLibrary, options: object): KafkaProducer {
  const producer = new library.Producer({ ...options, idempotent: true });
  const find = Reflect.get(producer, library.kGetApi) as (name: string, done: Done<KafkaCall>) => void;
  Reflect.set(producer, library.kGetApi, (name: string, done: Done<KafkaCall>): void => {
    if (name === 'AddPartitionsToTxn') done(null, library.addPartitionsToTxnV3.api);
    else find.call(producer, name, done);
  });
  return producer;
}
