// What a broker answers about one partition → payloads, and where reading goes on. Values may be packed with gzip, whatever
// the batch is packed with; what aborted transactions wrote is passed over, and so is what is damaged.

import { gunzipSync } from 'node:zlib';
import type { KafkaLibrary } from '../../kafka/library.js';
import type { Payload } from '../../sources/source.js';
import type { FetchedPartition } from './answer.js';
import { batchesIn, type RecordsBatch, readRecords } from './batches.js';
import type { Memory } from './memory.js';

export interface Taken {
  readonly payloads: readonly Payload[];
  /** Offset behind all that came. */
  readonly next: bigint;
  readonly messages: number;
  readonly bytes: number;
  /** Batches that cannot be read. */
  readonly damaged: readonly Damaged[];
}

export interface Damaged {
  readonly offset: bigint;
  /** Records that are passed over; of some of them nobody can say whether they are there. */
  readonly messages: number;
}

export interface TakeOptions {
  readonly library: KafkaLibrary;
  /** The first offset that is wanted: the first batch may begin before it. */
  readonly from: bigint;
  /** Values are unpacked up to so many bytes. */
  readonly largest: number;
  readonly drop: (reason: string, count?: number) => void;
  readonly memory: Memory;
}

const ABORT = 0;
const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);
const GZIP = [0x1f, 0x8b];

export function takeRecords(answer: FetchedPartition, options: TakeOptions): Taken {
  const { library, from, largest, drop, memory } = options;
  const payloads = createPayloads(memory);
  const damaged: Damaged[] = [];
  const isAborted = createAborted(answer);
  let next = from;
  let [messages, bytes] = [0, 0];

  function add(body: Buffer, start: number, end: number): void {
    messages++;
    bytes += end - start;
    if (end === start) {
      drop('empty');
      return;
    }
    if (body[start] !== GZIP[0] || body[start + 1] !== GZIP[1]) {
      payloads.add(body, start, end);
      return;
    }
    const text = unpacked(body.subarray(start, end), largest);
    if (typeof text === 'string') drop(text);
    else payloads.add(text, 0, text.length);
  }

  // Whatever a batch is, reading goes on behind it: else it would be read for ever.
  function spoil(offset: bigint, behind: bigint, left?: number): void {
    const lost = left ?? Number(behind - offset);
    damaged.push({ offset, messages: lost });
    drop('damaged_batch', lost);
  }

  function takeBatch(batch: RecordsBatch, body: Buffer): void {
    const skip = Number(from - batch.firstOffset);
    const read = readRecords(body, batch.count, ({ offsetDelta, value, valueEnd }) => {
      if (offsetDelta >= skip) add(body, value, valueEnd);
    });
    if (read < batch.count) spoil(batch.firstOffset + BigInt(read), batch.next, batch.count - read);
  }

  const records = answer.records === undefined ? NOTHING : memory.inOne(answer.records);
  for (const batch of batchesIn(library, records, from, answer.highWatermark)) {
    const { body } = batch;
    if (body === undefined) {
      // Where it does not tell its end, it is read again with the next answer, first; then one record is passed over.
      const tellsEnd = batch.next >= 0n;
      if (!tellsEnd && next > from) break;
      const first = tellsEnd && batch.firstOffset > from ? batch.firstOffset : next;
      next = tellsEnd ? batch.next : next + 1n;
      spoil(first, next);
      continue;
    }
    if (!isAborted(batch, body)) takeBatch(batch, body);
    next = batch.next;
  }
  // Less than a batch, and nothing before it.
  if (records.length > 0 && next === from) spoil(from, ++next);
  return { payloads: payloads.all(), next, messages, bytes, damaged };
}

/** Tells of batches in order whether their records do not count: markers, and what aborted transactions wrote. */
function createAborted({ aborted: all }: FetchedPartition): (batch: RecordsBatch, body: Buffer) => boolean {
  const ahead = [...all];
  const aborted = new Set<bigint>();
  return ({ isTransactional, isControl, producerId, next, count }, body) => {
    while (ahead.length > 0 && ahead[0]!.firstOffset < next) aborted.add(ahead.shift()!.producerId);
    if (isControl) {
      readRecords(body, count, ({ key }) => {
        if (body.readInt16BE(key + 2) === ABORT) aborted.delete(producerId);
      });
      return true;
    }
    return isTransactional && aborted.has(producerId);
  };
}

/** The value as it was before it was packed, or why there is none. */
function unpacked(value: Buffer, largest: number): Buffer | 'damaged' | 'too_large' {
  try {
    return gunzipSync(value, { maxOutputLength: largest });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'damaged';
  }
}

/** Values without a line break go on together, each in a line: the scanner is fastest with them. */
function createPayloads(memory: Memory) {
  const payloads: Payload[] = [];
  let block: Buffer | undefined;
  let used = 0;
  // Of the body that is read: what is before it holds no line break.
  let body: Buffer | undefined;
  let line = 0;

  function close(): void {
    if (block !== undefined && used > 0) payloads.push(block.subarray(0, used));
    block = undefined;
    used = 0;
  }

  function hasBreak(of: Buffer, from: number, to: number): boolean {
    if (of !== body || line < from) line = of.indexOf(NEWLINE, from);
    if (line < 0) line = of.length;
    body = of;
    return line < to;
  }

  return {
    add(of: Buffer, from: number, to: number): void {
      if (hasBreak(of, from, to)) {
        close();
        payloads.push(of.toString('latin1', from, to));
        return;
      }
      const size = to - from + 1;
      if (block !== undefined && used + size > block.length) close();
      block ??= memory.block(size);
      of.copy(block, used, from, to);
      used += size;
      block[used - 1] = NEWLINE;
    },
    all(): readonly Payload[] {
      close();
      return payloads;
    },
  };
}
