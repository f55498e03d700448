// Files read as lines, each a payload, whatever stands on it: what plugins' own forms and captured payloads are read with.
// In: opened inputs, one after the other. Out: blocks of whole lines, and lines that lie across chunks.

import { type ByteString, readBytes } from '../../bytes.js';
import type { Batch, Payload } from '../source.js';
import type { OpenInput } from './file.js';
import { createLineSplitter, type LineLimit } from './lines.js';

/** The lines of the inputs; a line ends at the end of its input at the latest. Errors: SourceError. */
export async function* readLines(
  inputs: readonly OpenInput[],
  { maxLine, onTooLong }: LineLimit,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  for (const open of inputs) {
    if (signal.aborted) return;
    const splitter = createBlockSplitter(maxLine, onTooLong);
    for await (const chunk of open(signal)) {
      const payloads = splitter.push(chunk);
      if (payloads.length > 0) yield { payloads, position: undefined };
    }
    // A line that was cut off by the abort is not a line.
    const last = signal.aborted ? undefined : splitter.end();
    if (last !== undefined) yield { payloads: [last], position: undefined };
  }
}

interface BlockSplitter {
  /** What ends in this chunk: lines, and blocks of whole lines, which are parts of the chunk. */
  push(chunk: Uint8Array): readonly Payload[];
  /** Ends the incomplete line; undefined if there is none. */
  end(): ByteString | undefined;
}

/** Leaves lines that lie within a chunk together, for whoever can go through them faster. */
function createBlockSplitter(maxLine: number, onTooLong: (size: number) => void): BlockSplitter {
  const lines = createLineSplitter(maxLine, onTooLong);
  return {
    push(chunk) {
      const first = chunk.indexOf(NEWLINE);
      // In a larger chunk there may be a line that is too long.
      if (first < 0 || chunk.length > maxLine) return lines.push(readBytes(chunk));
      const last = chunk.lastIndexOf(NEWLINE);
      const payloads: Payload[] = lines.push(readBytes(chunk, 0, first + 1));
      if (last > first) payloads.push(chunk.subarray(first + 1, last + 1));
      lines.push(readBytes(chunk, last + 1));
      return payloads;
    },
    end: lines.end,
  };
}

const NEWLINE = 0x0a;
