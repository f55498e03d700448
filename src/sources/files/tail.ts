// The growing end of one open file → lines. Half-written lines wait for their rest, also when the file was opened in
// the middle of one; a last line that is whole JSON is given at once, since its newline may never come.

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteString } from '../../bytes.js';
import { createScanner } from '../../prefilter/reader/fastest.js';
import { errorCode, pathError } from '../go-error.js';
import { SourceError } from '../source.js';
import { systemPath } from './input.js';
import { createLineSplitter, type LineLimit } from './lines.js';

export interface Tail {
  /** The file's number in its file system; it keeps it when it is renamed. */
  readonly inode: number;
  /** What the file has more than before, in portions. A file that was cut is read from its start. */
  read(): AsyncGenerator<readonly ByteString[]>;
  /** Offset behind the last line that was given. */
  offset(): number;
  /** What is left of an incomplete line: there will be no more. */
  finish(): ByteString | undefined;
  close(): Promise<void>;
}

const CHUNK = 256 * 1024;
const NEWLINE = 0x0a;
const LOOKS_COMPLETE = /[}\]][ \t\r]*$/;

/**
 * Opens a file to follow it; undefined if there is none. Errors: SourceError (retryable), where it cannot be opened.
 * @param from offset of the first line to give; `end`: what the file gets from now on
 */
export async function openTail(
  path: ByteString,
  from: number | 'end',
  options: LineLimit,
): Promise<Tail | undefined> {
  // Should it be a named pipe, opening it must not wait for a writer.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  const file = await open(systemPath(path), flags).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new SourceError(pathError('open', path, error), { retryable: true, cause: error });
  });
  if (file === undefined) return undefined;
  const { ino, size } = await file.stat();
  const start = from === 'end' ? await lineStart(file, size, options.maxLine) : from;
  return createTail(file, ino, start, from === 'end' ? size : 0, options);
}

/** @param known what lies before this offset is old: a line that ends there is not given */
function createTail(
  file: FileHandle,
  inode: number,
  start: number,
  known: number,
  { maxLine, onTooLong }: LineLimit,
): Tail {
  const splitter = createLineSplitter(maxLine, onTooLong);
  const scanner = createScanner();
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  let offset = start;
  let old = known;

  function linesOf(chunk: ByteString): ByteString[] {
    const end = chunk.indexOf('\n');
    if (old === 0 || end < 0) return splitter.push(chunk);
    // The first line of all, of which a part was there when the file was opened.
    const first = splitter.push(chunk.slice(0, end + 1));
    const text = offset - chunk.length + end - (chunk[end - 1] === '\r' ? 1 : 0);
    const grown = text > old ? first : [];
    old = 0;
    return [...grown, ...splitter.push(chunk.slice(end + 1))];
  }

  function completeRest(): ByteString | undefined {
    const rest = splitter.rest();
    if (offset <= old || !LOOKS_COMPLETE.test(rest.slice(-8)) || scanner.scan(rest) === undefined)
      return undefined;
    return splitter.end();
  }

  return {
    inode,
    async *read() {
      const { size } = await file.stat();
      if (size < offset) {
        const lost = splitter.end();
        if (lost !== undefined && offset > old) yield [lost];
        offset = 0;
        old = 0;
      }
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, CHUNK, offset);
        if (bytesRead === 0) break;
        offset += bytesRead;
        const lines = linesOf(buffer.toString('latin1', 0, bytesRead));
        if (lines.length > 0) yield lines;
      }
      const last = completeRest();
      if (last !== undefined) yield [last];
    },
    offset: () => offset - splitter.rest().length,
    finish: () => (offset <= old ? undefined : splitter.end()),
    close: () => file.close(),
  };
}

// Where the line that reaches to the end of the file begins; the end itself if that line is longer than allowed.
async function lineStart(file: FileHandle, size: number, maxLine: number): Promise<number> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  for (let end = size; end > 0 && size - end < maxLine; end = Math.max(0, end - CHUNK)) {
    const from = Math.max(0, end - CHUNK);
    const { bytesRead } = await file.read(buffer, 0, end - from, from);
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (newline >= 0) return from + newline + 1;
    if (from === 0) return 0;
  }
  return size;
}
