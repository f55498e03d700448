// StandardOutput: writes bytes to standard output without losing any, whatever it is: file, pipe or terminal.
// Node's own process.stdout would do, but it makes a shared pipe non-blocking for everyone who holds it, and leaves
// open what a process.exit() cuts off. What others wrote must not speak to a terminal. One object serves alerts and the closing statistics, so that order holds.

import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { isatty, WriteStream } from 'node:tty';
import type { ByteString } from '../bytes.js';
import { printableLines } from '../printable.js';

export interface StandardOutput {
  /**
   * Writes bytes in order. Resolves when the operating system has them. Errors: the system's (EPIPE …).
   * @param styled they may move a terminal's cursor; otherwise control characters are spelled out there
   */
  write(bytes: ByteString, styled?: boolean): Promise<void>;
  /** Whether it is a terminal, where lines are never held back. */
  readonly terminal: boolean;
  /** Resolves when everything written so far is with the operating system or has failed; never rejects. */
  drain(): Promise<void>;
  /** The reader does not read any more, and the program is to end: what waits is lost, later writes fail. */
  giveUp(): void;
}

/** Message of the error behind `giveUp`. */
export const GIVEN_UP = 'standard output is blocked';

/** Takes over a descriptor, 1 by default. */
export function openStandardOutput(fd = 1): StandardOutput {
  if (isatty(fd)) return streamOutput(new WriteStream(fd), true);
  const stat = fstatOrNone(fd);
  if (stat?.isFIFO() || stat?.isSocket()) return streamOutput(pipeStream(fd), false);
  return fileOutput(fd);
}

function fstatOrNone(fd: number) {
  try {
    return fstatSync(fd);
  } catch {
    // Closed: the first write reports it.
    return undefined;
  }
}

// A pipe opened anew is non-blocking for us alone, not for the other processes that write to it.
function pipeStream(fd: number): Socket {
  let own: number | undefined;
  try {
    own = openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
    return new Socket({ fd: own, readable: false, writable: true });
  } catch {
    // No /proc, a pipe without a reader, someone else's pipe, or a socket: then the one we were given.
    if (own !== undefined) closeSync(own);
    return new Socket({ fd, readable: false, writable: true });
  }
}

function streamOutput(stream: Socket | WriteStream, terminal: boolean): StandardOutput {
  let last: Promise<void> = Promise.resolve();
  // A reader that is gone does not come back: every later write fails as the first one did.
  let broken: Error | undefined;
  stream.on('error', (error) => {
    broken ??= error;
  });
  stream.unref();
  return {
    terminal,
    write(bytes, styled = false) {
      if (broken !== undefined) return Promise.reject(broken);
      stream.ref();
      const written = new Promise<void>((resolve, reject) => {
        const shown = terminal && !styled ? printableLines(bytes) : bytes;
        stream.write(Buffer.from(shown, 'latin1'), (error) => {
          // Of a stream that was given up, node says that all went well.
          const failure = error ?? broken;
          if (failure === undefined) resolve();
          else reject(failure);
        });
      });
      last = written.then(
        () => void stream.unref(),
        (error: Error) => {
          broken ??= error;
        },
      );
      return written;
    },
    drain: () => last,
    giveUp() {
      broken ??= new Error(GIVEN_UP);
      stream.destroy(broken);
    },
  };
}

function fileOutput(fd: number): StandardOutput {
  return {
    terminal: false,
    async write(bytes) {
      writeAll(fd, Buffer.from(bytes, 'latin1'));
    },
    drain: () => Promise.resolve(),
    giveUp: () => {},
  };
}

/** Writes all bytes to a file; a full disk leaves a part behind. Errors: the system's. */
export function writeAll(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}
