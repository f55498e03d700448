// Chunks of bytes → lines. In: byte strings cut anywhere. Out: the lines they complete, without `\n` or `\r\n`, empty
// ones left out. A line of any length costs its own size in memory and no more; a longer one than allowed is counted,
// reported and forgotten. Answers to the bufio.Scanner in Falco's plugins, which ends the source there.

import { type ByteString, readBytes } from '../../bytes.js';
import type { Drops } from '../drops.js';
import type { Payload, SourceLog } from '../source.js';

export interface LineLimit {
  /** Longest line, bytes; longer ones are skipped. */
  readonly maxLine: number;
  /** Hears of the length of each of those. */
  readonly onTooLong: (size: number) => void;
}

/** A limit whose transgressions are logged and counted. */
export function limitLines(maxLine: number, log: SourceLog, drops?: Pick<Drops, 'add'>): LineLimit {
  return {
    maxLine,
    onTooLong(size) {
      drops?.add('too_large');
      log('error', `line too long, skipped: size=${size} limit=${maxLine}`);
    },
  };
}

export interface LineSplitter {
  /** Lines that end in this chunk. They are slices of it and keep it alive. */
  push(chunk: ByteString): ByteString[];
  /** The incomplete line at the end. */
  rest(): ByteString;
  /** Ends the incomplete line, as at the end of a file; undefined if there is none. */
  end(): ByteString | undefined;
}

/**
 * @param maxLine longest line, bytes
 * @param onTooLong hears of the length of each longer line
 */
export function createLineSplitter(maxLine: number, onTooLong: (size: number) => void): LineSplitter {
  let rest = '';
  // Bytes of a line that is too long already, of which nothing is kept.
  let skipped = 0;

  function keep(part: ByteString): void {
    if (skipped > 0 || rest.length + part.length > maxLine) {
      skipped += rest.length + part.length;
      rest = '';
    } else rest += part;
  }

  function finish(): ByteString | undefined {
    if (skipped > 0) onTooLong(skipped);
    const line = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
    rest = '';
    skipped = 0;
    return line === '' ? undefined : line;
  }

  return {
    push(chunk) {
      const lines: ByteString[] = [];
      let from = 0;
      for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', from)) {
        keep(chunk.slice(from, at));
        const line = finish();
        if (line !== undefined) lines.push(line);
        from = at + 1;
      }
      if (from < chunk.length) keep(chunk.slice(from));
      return lines;
    },
    rest: () => rest,
    end: finish,
  };
}

/** The texts of a payload, one by one. */
export function payloadTexts(payload: Payload): readonly ByteString[] {
  if (typeof payload === 'string') return [payload];
  const splitter = createLineSplitter(Number.POSITIVE_INFINITY, () => {});
  const lines = splitter.push(readBytes(payload));
  return [...lines, splitter.end() ?? []].flat();
}
