// What a broker answers about one partition → payloads, and where reading goes on. Values may be packed with gzip, whatever
// the batch is packed with; what aborted transactions wrote is passed over.

import { gunzipSync } from 'node:zlib';
import type { Payload } from '../../sources/source.js';

interface KafkaRecord {
  readonly offsetDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

export interface RecordsBatch {
  readonly firstOffset: bigint;
  readonly lastOffsetDelta: number;
  readonly attributes: number;
  readonly producerId: bigint;
  readonly records: readonly KafkaRecord[];
}

export interface FetchedPartition {
  readonly partitionIndex: number;
  /** 0: none. */
  readonly errorCode: number;
  readonly lastStableOffset: bigint;
  readonly logStartOffset: bigint;
  /** In the order of their first offsets. */
  readonly abortedTransactions?:
    | readonly { readonly producerId: bigint; readonly firstOffset: bigint }[]
    | null;
  readonly records?: readonly RecordsBatch[];
}

export interface Taken {
  readonly payloads: readonly Payload[];
  /** Offset behind all that came. */
  readonly next: bigint;
  readonly messages: number;
  readonly bytes: number;
}

const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
const ABORT = 0;
const NEWLINE = 0x0a;
/** Values without a line break go on together, each in a line: the scanner is fastest with them. */
const LINES = 256 * 1024;
const GZIP = 0x1f8b;

/**
 * @param from the first offset that is wanted: the first batch may begin before it
 * @param largest values are unpacked up to so many bytes
 */
export function takeRecords(
  fetched: FetchedPartition,
  from: bigint,
  largest: number,
  drop: (reason: string) => void,
): Taken {
  const payloads = createPayloads();
  let [messages, bytes] = [0, 0];
  for (const { value } of committedOf(fetched, from)) {
    messages++;
    bytes += value?.length ?? 0;
    const text = value === null || value.length === 0 ? 'empty' : unpacked(value, largest);
    if (typeof text === 'string') drop(text);
    else payloads.add(text);
  }
  const last = fetched.records?.at(-1);
  const next = last === undefined ? from : last.firstOffset + BigInt(last.lastOffsetDelta) + 1n;
  return { payloads: payloads.all(), next: next > from ? next : from, messages, bytes };
}

/** Records of transactions that were committed, and of none. */
function* committedOf(
  { records = [], abortedTransactions }: FetchedPartition,
  from: bigint,
): Generator<KafkaRecord> {
  const ahead = [...(abortedTransactions ?? [])];
  const aborted = new Set<bigint>();
  for (const { firstOffset, lastOffsetDelta, attributes, producerId, records: each } of records) {
    const lastOffset = firstOffset + BigInt(lastOffsetDelta);
    while (ahead.length > 0 && ahead[0]!.firstOffset <= lastOffset) aborted.add(ahead.shift()!.producerId);
    if ((attributes & CONTROL) !== 0) {
      if (each[0]?.key?.readInt16BE(2) === ABORT) aborted.delete(producerId);
      continue;
    }
    if ((attributes & TRANSACTIONAL) !== 0 && aborted.has(producerId)) continue;
    for (const record of each) if (firstOffset + BigInt(record.offsetDelta) >= from) yield record;
  }
}

/** The value as it was before it was packed, or why there is none. */
function unpacked(value: Buffer, largest: number): Buffer | 'damaged' | 'too_large' {
  if (value.length < 2 || value.readUInt16BE(0) !== GZIP) return value;
  try {
    return gunzipSync(value, { maxOutputLength: largest });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'damaged';
  }
}

function createPayloads() {
  const payloads: Payload[] = [];
  let lines: Buffer[] = [];
  let size = 0;

  function close(): void {
    if (lines.length > 0) payloads.push(Buffer.concat(lines));
    lines = [];
    size = 0;
  }

  return {
    add(value: Buffer): void {
      if (value.includes(NEWLINE)) {
        close();
        payloads.push(value.toString('latin1'));
        return;
      }
      lines.push(value, END_OF_LINE);
      size += value.length;
      if (size >= LINES) close();
    },
    all(): readonly Payload[] {
      close();
      return payloads;
    },
  };
}

const END_OF_LINE = Buffer.from('\n');
