// file output: appends one line an alert (spec: cli-and-config.md §3.5). Without keep_alive the file is opened for
// every batch, so a file renamed between alerts is left behind; with it, SIGUSR1 does that. A kept file that somebody
// deletes is made anew, since nobody could read what is written to it.

import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { type ByteString, fromBytes } from '../bytes.js';
import { joinLines } from './lines.js';
import { type LossReason, type Message, type Output, OutputError } from './output.js';
import { BUFFER_BYTES } from './stdout.js';

export interface FileOptions {
  readonly filename: ByteString;
  readonly keepAlive: boolean;
  readonly buffered: boolean;
}

/** Appends to a file, made if it is missing. One that cannot be opened is an error of each batch. */
export function createFileOutput({ filename, keepAlive, buffered }: FileOptions): Output {
  const path = fromBytes(filename);
  let fd: number | undefined;
  let held: Message[] = [];
  let heldBytes = 0;

  function open(messages: readonly Message[]): number {
    try {
      if (fd !== undefined && isDeleted(fd)) shutDescriptor();
      fd ??= openSync(path, 'a');
      return fd;
    } catch (error) {
      throw failure(`file: failed to open output file ${filename}`, 'refused', error, messages);
    }
  }

  function writeOut(): void {
    if (held.length === 0) return;
    const messages = held;
    held = [];
    heldBytes = 0;
    const descriptor = open(messages);
    const bytes = Buffer.from(joinLines(messages), 'latin1');
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(descriptor, bytes, done);
    } catch (error) {
      const whole = wholeLines(descriptor, bytes, done);
      const text = `file: ${error instanceof Error ? error.message : String(error)}`;
      throw failure(text, 'write', error, messages.slice(whole));
    }
  }

  function shutDescriptor(): void {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  }

  function shut(): void {
    try {
      writeOut();
    } finally {
      shutDescriptor();
    }
  }

  return {
    name: 'file',
    async write(messages) {
      held.push(...messages);
      for (const { line } of messages) heldBytes += line.length;
      if (!keepAlive) return shut();
      if (!buffered || heldBytes >= BUFFER_BYTES) writeOut();
    },
    async reopen() {
      shut();
      open([]);
    },
    async flush() {
      writeOut();
      return true;
    },
    close: async () => shut(),
  };
}

const DISK_FULL = new Set(['ENOSPC', 'EDQUOT']);
/** Failures that end by themselves. */
const PASSING = new Set([...DISK_FULL, 'EMFILE', 'ENFILE', 'EIO', 'ESTALE', 'EINTR', 'EAGAIN']);

function failure(
  text: ByteString,
  reason: LossReason,
  error: unknown,
  undelivered: readonly Message[],
): OutputError {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  return new OutputError(text, {
    reason: DISK_FULL.has(code) ? 'disk_full' : reason,
    undelivered,
    again: PASSING.has(code),
  });
}

function isDeleted(fd: number): boolean {
  const stat = fstatSync(fd);
  return stat.isFile() && stat.nlink === 0;
}

/**
 * How many lines a write that failed has left whole. The torn one behind them is taken back, so that it can be written
 * again: what reads the file would stumble over it.
 */
function wholeLines(fd: number, bytes: Buffer, done: number): number {
  const end = bytes.subarray(0, done).lastIndexOf('\n') + 1;
  const stat = fstatSync(fd);
  if (stat.isFile() && done > end) ftruncateSync(fd, stat.size - (done - end));
  let lines = 0;
  for (let at = bytes.indexOf('\n'); at >= 0 && at < end; at = bytes.indexOf('\n', at + 1)) lines++;
  return lines;
}
