// A broker's answer to a fetch → what it says of each partition, its record batches still as bytes. The client's own parser makes
// several objects of every record, which is most of the cost of reading a topic, and fails as a whole where one batch is damaged.

import type { KafkaAnswer, KafkaBytes } from '../../kafka/library.js';

export interface FetchedPartition {
  readonly topicId: string;
  readonly partition: number;
  /** By the protocol's numbers; 0: none. */
  readonly errorCode: number;
  /** Offset behind the last record that replicas have. */
  readonly highWatermark: bigint;
  readonly lastStableOffset: bigint;
  /** In the order of their first offsets. */
  readonly aborted: readonly AbortedTransaction[];
  /** Whole batches, and perhaps a part of one more. */
  readonly records: KafkaBytes | undefined;
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

export interface FetchAnswer {
  /** Of the whole request; 0: none. */
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
}

const THROTTLE_BYTES = 4;
const UUID_BYTES = 16;

/** Versions 13 to 17, whose answers are alike. Errors: RangeError, where it is none. */
export function parseFetchAnswer({ buffer, position }: KafkaAnswer): FetchAnswer {
  const read = createCursor(buffer, position);
  read.skip(THROTTLE_BYTES);
  const errorCode = read.int16();
  // The number of the fetch session, which is not used.
  read.int32();
  const topics = read.list(() => {
    const topicId = read.uuid();
    return read.list(() => partitionOf(read, topicId));
  });
  return { errorCode, partitions: topics.flat() };
}

function partitionOf(read: Cursor, topicId: string): FetchedPartition {
  const partition = read.int32();
  const errorCode = read.int16();
  const highWatermark = read.int64();
  const lastStableOffset = read.int64();
  // The log's start.
  read.int64();
  const aborted = read.list(() => ({ producerId: read.int64(), firstOffset: read.int64() }));
  // The replica that it had rather been asked.
  read.int32();
  const records = read.bytes();
  return { topicId, partition, errorCode, highWatermark, lastStableOffset, aborted, records };
}

type Cursor = ReturnType<typeof createCursor>;

/** Reads the protocol's types one after the other; lengths and counts are those of its compact forms. */
function createCursor(buffer: KafkaBytes, from: number) {
  let at = from;

  function unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = buffer.readUInt8(at++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  function move(count: number): number {
    const from = at;
    at += count;
    if (at > buffer.length) throw new RangeError('the answer to a fetch is cut off');
    return from;
  }

  // What later versions of the protocol add; none of it is needed.
  function skipTags(): void {
    for (let count = unsigned(); count > 0; count--) {
      unsigned();
      move(unsigned());
    }
  }

  return {
    skip: (count: number): void => void move(count),
    int16: (): number => buffer.readInt16BE(move(2)),
    int32: (): number => buffer.readInt32BE(move(4)),
    int64: (): bigint => buffer.readBigInt64BE(move(8)),
    uuid(): string {
      const hex = buffer.toString('hex', move(UUID_BYTES), at);
      return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
    },
    bytes(): KafkaBytes | undefined {
      const length = unsigned() - 1;
      return length > 0 ? buffer.subarray(move(length), at) : undefined;
    },
    list<T>(element: () => T): readonly T[] {
      const found: T[] = [];
      for (let left = unsigned() - 1; left > 0; left--) {
        found.push(element());
        skipTags();
      }
      return found;
    },
  };
}
