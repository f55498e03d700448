// Batches as they lie on a broker's disk → payloads: whatever is damaged, reading goes on, and what is sound arrives.

import { createRecordsBatch } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { type KafkaBytes, loadKafka } from '../../../src/kafka/library.js';
import { createMemory } from '../../../src/plugins/k8saudit-kafka/memory.js';
import { type Taken, takeRecords } from '../../../src/plugins/k8saudit-kafka/records.js';

const library = loadKafka()!;
const SIZE = 5;
const BATCHES = 8;
const END = BigInt(SIZE * BATCHES);

/** A batch of five records from an offset on. */
function batchAt(offset: number, compression: 'none' | 'gzip'): Buffer {
  const messages = Array.from({ length: SIZE }, (_, i) => ({
    topic: 't',
    partition: 0,
    timestamp: 1_700_000_000_000n,
    value: Buffer.from(`value-${offset + i}`),
  }));
  const bytes = Buffer.from(createRecordsBatch(messages as never, { compression }).dynamicBuffer.buffer);
  bytes.writeBigInt64BE(BigInt(offset), 0);
  return bytes;
}

const log = Array.from({ length: BATCHES }, (_, i) => batchAt(i * SIZE, i % 2 === 0 ? 'none' : 'gzip'));

const piecesOf = (bytes: Buffer): KafkaBytes => library.Reader.from(bytes).buffer;

/** As a broker hands it out: from the batch that holds the offset on. */
function takeFrom(batches: readonly Buffer[], from: bigint): Taken {
  const at = Number(from) / SIZE;
  return takeRecords(
    {
      topicId: '',
      partition: 0,
      errorCode: 0,
      highWatermark: END,
      lastStableOffset: END,
      aborted: [],
      records: piecesOf(Buffer.concat(batches.slice(Math.floor(at)))),
    },
    { library, from, largest: 1000, drop: () => {}, memory: createMemory() },
  );
}

function readAll(batches: readonly Buffer[]): { readonly text: string; readonly takes: readonly Taken[] } {
  const takes: Taken[] = [];
  for (let from = 0n; from < END; from = takes.at(-1)!.next) {
    takes.push(takeFrom(batches, from));
    expect(takes.at(-1)!.next).toBeGreaterThan(from);
  }
  return { text: takes.flatMap(({ payloads }) => payloads.map(String)).join(''), takes };
}

const linesOf = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `value-${from + i}\n`).join('');

describe('batches of Kafka', () => {
  it('become lines, whatever they are packed with', () => {
    const { text, takes } = readAll(log);
    expect(text).toBe(linesOf(0, SIZE * BATCHES));
    expect(takes.map(({ messages, damaged }) => [messages, damaged])).toEqual([[SIZE * BATCHES, []]]);
  });

  it('go on behind the offset that is asked for, in the middle of a batch', () => {
    expect(takeFrom(log, 7n).payloads.map(String).join('')).toBe(linesOf(7, SIZE * BATCHES));
  });

  it('are passed over with any byte of them changed, and the others arrive', () => {
    for (let batch = 0; batch < BATCHES; batch++)
      for (let at = 0; at < log[batch]!.length; at++) {
        const spoiled = Buffer.from(log[batch]!);
        spoiled[at] = spoiled[at]! ^ 0x55;
        const { text, takes } = readAll(log.with(batch, spoiled));
        const before = linesOf(0, batch * SIZE);
        const behind = linesOf((batch + 1) * SIZE, SIZE * BATCHES);
        // The epoch of the leader, four bytes, is of no meaning for readers, and not summed.
        if (at >= 12 && at < 16) expect(text).toBe(linesOf(0, SIZE * BATCHES));
        else if (at >= 12) {
          expect(text).toBe(before + behind);
          const damaged = takes.flatMap((taken) => taken.damaged);
          expect(damaged[0]!.offset).toBe(BigInt(batch * SIZE));
          expect(damaged.reduce((sum, { messages }) => sum + messages, 0)).toBe(SIZE);
        } else expect(text.startsWith(before)).toBe(true);
      }
  });
});
