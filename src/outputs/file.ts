// file output: appends one line an alert (spec: cli-and-config.md §3.5). Without keep_alive the file is opened for
// every batch, so a file renamed between alerts is left behind; with it, SIGUSR1 does that.

import { closeSync, openSync } from 'node:fs';
import { type ByteString, fromBytes } from '../bytes.js';
import { joinLines } from './lines.js';
import { type Message, type Output, OutputError } from './output.js';
import { writeAll } from './standard-output.js';
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
  let held: ByteString = '';
  let heldLines = 0;

  function open(lost: number): number {
    try {
      fd ??= openSync(path, 'a');
      return fd;
    } catch {
      throw new OutputError(`file: failed to open output file ${filename}`, lost);
    }
  }

  function writeOut(): void {
    if (heldLines === 0) return;
    const [lines, count] = [held, heldLines];
    held = '';
    heldLines = 0;
    const descriptor = open(count);
    try {
      writeAll(descriptor, Buffer.from(lines, 'latin1'));
    } catch (error) {
      throw new OutputError(`file: ${error instanceof Error ? error.message : String(error)}`, count);
    }
  }

  function shut(): void {
    try {
      writeOut();
    } finally {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    }
  }

  return {
    name: 'file',
    async write(messages: readonly Message[]) {
      held += joinLines(messages);
      heldLines += messages.length;
      if (!keepAlive) return shut();
      if (!buffered || held.length >= BUFFER_BYTES) writeOut();
    },
    async reopen() {
      shut();
      open(0);
    },
    flush: async () => writeOut(),
    close: async () => shut(),
  };
}
