// A process of the program output: lines go in, and at its end it is known which of them it did not read.

import { type StdioOptions, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { getSystemErrorMap } from 'node:util';
import { type ByteString, toBytes } from '../../bytes.js';
import type { Message } from '../output.js';
import type { Pipe } from './pipe.js';

export interface Process {
  /** One message as a line. @returns what went wrong */
  write(message: Message): Promise<Error | undefined>;
  /** No more input; everything written has gone. */
  endInput(): void;
  /** Resolves when the program has ended or is given up. */
  readonly ended: Promise<void>;
  hasEnded(): boolean;
  /** Its exit status; undefined while it runs, and after a signal. */
  status(): number | undefined;
  /** Messages that were written, but not read whole, once it has ended. */
  unread(): readonly Message[];
  giveUp(): void;
}

/** More than a pipe holds. */
const REMEMBERED_BYTES = 256 * 1024;

/** Starts `/bin/sh -c`. Errors: those of node's spawn. */
export function startProcess(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
  pipe: Pipe | undefined,
): Promise<Process> {
  return new Promise((resolve, reject) => {
    const stdio: StdioOptions = [pipe?.readEnd ?? 'pipe', 'inherit', 'inherit'];
    const child = spawn('/bin/sh', ['-c', program], { stdio, env: { ...env } });
    if (pipe !== undefined) closeSync(pipe.readEnd);
    const stdin = pipe?.writeEnd ?? child.stdin!;
    const written = createMemory();
    let unread: readonly Message[] = [];
    let over = false;
    let finish = () => {};
    const ended = new Promise<void>((done) => {
      finish = () => {
        over = true;
        done();
      };
    });
    // Of a program that has ended nothing is left in the pipe for the next one.
    const leave = (): void => {
      if (!over && pipe !== undefined) unread = written.last(pipe.rest());
      stdin.destroy();
      finish();
    };
    child.once('exit', leave);
    child.once('error', (error) => {
      leave();
      reject(error);
    });
    // A program that closes its input early is its own business; whoever writes hears of it.
    stdin.on('error', () => {});
    const process: Process = {
      async write(message) {
        const failure = await writeLine(stdin, `${message.line}\n`);
        if (failure === undefined) written.add(message);
        return failure;
      },
      endInput() {
        pipe?.keepRest();
        if (pipe === undefined) stdin.end();
        else stdin.destroy();
      },
      ended,
      hasEnded: () => over,
      status: () => child.exitCode ?? undefined,
      unread: () => unread,
      giveUp() {
        pipe?.rest();
        stdin.destroy();
        child.unref();
        finish();
      },
    };
    child.once('spawn', () => resolve(process));
  });
}

function writeLine(stdin: Writable, line: ByteString): Promise<Error | undefined> {
  return new Promise((resolve) => {
    stdin.write(Buffer.from(line, 'latin1'), (error) => resolve(error ?? undefined));
  });
}

/** The last messages that were written. */
function createMemory() {
  const messages: Message[] = [];
  let bytes = 0;
  return {
    add(message: Message): void {
      messages.push(message);
      bytes += message.line.length + 1;
      while (bytes - messages[0]!.line.length - 1 > REMEMBERED_BYTES)
        bytes -= messages.shift()!.line.length + 1;
    },
    /** Those whose lines are in the last bytes, also with a part; a line without its end was not counted as written. */
    last(rest: ByteString): readonly Message[] {
      let left = rest.lastIndexOf('\n') + 1;
      let at = messages.length;
      while (left > 0 && at > 0) left -= messages[--at]!.line.length + 1;
      return messages.slice(at);
    },
  };
}

/** A system error in the words of the C library. */
export function systemText(error: unknown): ByteString {
  const errno = (error as NodeJS.ErrnoException).errno;
  const known = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return known ?? toBytes(error instanceof Error ? error.message : String(error));
}
