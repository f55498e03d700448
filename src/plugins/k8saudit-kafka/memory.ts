// Memory that the payloads of an answer are put together in, used again for the next one: of fresh memory of this size Node takes
// more time to get and to give back than all else that reading costs.

import type { KafkaBytes } from '../../kafka/library.js';

export interface Memory {
  /** What was given before is no longer needed. */
  reset(): void;
  /** Room for a block of lines, for so many bytes at least. */
  block(size: number): Buffer;
  /** Pieces in one, until it is asked for others. */
  inOne(bytes: KafkaBytes): Buffer;
}

const BLOCK = 256 * 1024;
/** So many are kept. */
const MOST_BLOCKS = 64;

export function createMemory(): Memory {
  const blocks: Buffer[] = [];
  let used = 0;
  let row = Buffer.alloc(0);

  return {
    reset() {
      used = 0;
      blocks.length = Math.min(blocks.length, MOST_BLOCKS);
    },
    block(size) {
      if (size > BLOCK) return Buffer.allocUnsafe(size);
      blocks[used] ??= Buffer.allocUnsafe(BLOCK);
      return blocks[used++]!;
    },
    inOne({ buffers, length }) {
      const [only] = buffers;
      if (only !== undefined && buffers.length === 1) return only;
      if (row.length < length) row = Buffer.allocUnsafe(length);
      let at = 0;
      for (const piece of buffers) {
        row.set(piece, at);
        at += piece.length;
      }
      return row.subarray(0, at);
    },
  };
}
