// Bytes of a partition → its record batches, and the values of their records. In: what a broker has on its disk, which it hands out
// without a look. Out: batches in order; of one whose checksum is wrong, or that cannot be unpacked, only where it ends.

import { gunzipSync } from 'node:zlib';
import type { KafkaLibrary } from '../../kafka/library.js';

export interface RecordsBatch {
  readonly firstOffset: bigint;
  /** Offset behind it; negative: it does not tell. */
  readonly next: bigint;
  /** One of a transaction. */
  readonly isTransactional: boolean;
  /** Not written by users: how a transaction ended. */
  readonly isControl: boolean;
  readonly producerId: bigint;
  readonly count: number;
  /** Its records, unpacked; undefined: it is damaged. */
  readonly body: Buffer | undefined;
}

/** Where a record is in a body. One without a value has an empty one. */
export interface RecordPlace {
  readonly offsetDelta: number;
  readonly key: number;
  readonly value: number;
  readonly valueEnd: number;
}

export type OnRecord = (record: RecordPlace) => void;

const HEAD = 61;
/** Offset and length, which the length does not count. */
const PREFIX = 12;
const PLACE = { length: 8, magic: 16, crc: 17, summed: 21, lastOffset: 23, producer: 43, count: 57 };
const MAGIC = 2;
const UNKNOWN = -1n;
const COMPRESSION = 0x07;
const GZIP = 1;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
/** A batch that gets larger than this when it is unpacked is no log of audit events. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * @param from the offset that was asked for
 * @param end offset behind the last record that there is
 */
export function* batchesIn(
  library: KafkaLibrary,
  bytes: Buffer,
  from: bigint,
  end: bigint,
): Generator<RecordsBatch> {
  let next = from;
  for (let at = 0; at + HEAD <= bytes.length; ) {
    const behind = at + PREFIX + bytes.readInt32BE(at + PLACE.length);
    // Brokers cut off what is too much, but never the first one.
    if (behind > bytes.length && at > 0) return;
    const whole = behind >= at + HEAD && behind <= bytes.length ? bytes.subarray(at, behind) : undefined;
    const batch = batchOf(library, whole ?? bytes.subarray(at), whole !== undefined);
    // Offset and length are not summed: they are believed as far as they fit to what is around them.
    if (whole === undefined || batch.firstOffset < 0n || batch.next <= next || batch.next > end) {
      yield { ...batch, body: undefined, next: UNKNOWN };
      return;
    }
    yield batch;
    next = batch.next;
    at = behind;
  }
}

function batchOf(library: KafkaLibrary, bytes: Buffer, isWhole: boolean): RecordsBatch {
  const attributes = bytes.readInt16BE(PLACE.summed);
  const firstOffset = bytes.readBigInt64BE(0);
  const isSound =
    isWhole &&
    bytes.readInt8(PLACE.magic) === MAGIC &&
    library.crc32c(library.Reader.from(bytes.subarray(PLACE.summed)).buffer) ===
      bytes.readUInt32BE(PLACE.crc);
  return {
    firstOffset,
    next: firstOffset + BigInt(bytes.readInt32BE(PLACE.lastOffset)) + 1n,
    isTransactional: (attributes & TRANSACTIONAL) !== 0,
    isControl: (attributes & CONTROL) !== 0,
    producerId: bytes.readBigInt64BE(PLACE.producer),
    count: bytes.readInt32BE(PLACE.count),
    body: isSound ? unpacked(library, attributes & COMPRESSION, bytes.subarray(HEAD)) : undefined,
  };
}

function unpacked(library: KafkaLibrary, packing: number, body: Buffer): Buffer | undefined {
  if (packing === 0) return body;
  try {
    if (packing === GZIP) return gunzipSync(body, { maxOutputLength: MOST_BYTES });
    return library.compressionsAlgorithmsByBitmask[packing]?.decompressSync(body);
  } catch {
    // Whoever wrote it knows of the checksum, and not how to pack: it is passed over as damaged.
    return undefined;
  }
}

/** @returns how many records could be read. Fewer than `count`: the rest of the body is none */
export function readRecords(body: Buffer, count: number, onRecord: OnRecord): number {
  let at = 0;
  // Numbers with a sign, seven bits a byte; behind the body's end there are zeros.
  function varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = body[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : (value + 1) / -2;
    }
  }

  for (let i = 0; i < count; i++) {
    const length = varint();
    const end = at + length;
    if (length <= 0 || end > body.length) return i;
    // Attributes, which nothing uses, and the time.
    at++;
    varint();
    const offsetDelta = varint();
    const keyLength = varint();
    const key = at;
    at += Math.max(0, keyLength);
    const valueLength = varint();
    if (at + valueLength > end) return i;
    onRecord({ offsetDelta, key, value: at, valueEnd: at + Math.max(0, valueLength) });
    at = end;
  }
  return count;
}
