// Pipes for the standard input of programs. Node gives its children sockets there, which read the same but cannot be
// opened again as /dev/stdin, as some programs do. Node makes no pipes, but a shell does; one of its is held on to.

import { spawn } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import type { ByteString } from '../../bytes.js';

export interface Pipe {
  /** Descriptor for the reader, who blocks as usual; whoever opened the pipe closes it. */
  readonly readEnd: number;
  readonly writeEnd: Socket;
  /** Before the write end is closed: what is in it must outlast that. */
  keepRest(): void;
  /** Takes what is in it that nobody has read; once, at the end. */
  rest(): ByteString;
}

export interface PipeSource {
  /** An empty pipe, when the last one is no longer in use; undefined where the system offers none. */
  open(): Promise<Pipe | undefined>;
  close(): void;
}

/** Linux: a descriptor that neither reads nor writes, so that it holds the pipe without keeping anyone waiting. */
const O_PATH = 0o10000000;
/** Says the process id of the pipe's reader; both ends go when the input of the whole ends. */
const PIPELINE = 'read end | sh -c "echo \\$\\$ >&2; read end"';

export function createPipeSource(processes = '/proc'): PipeSource {
  let held: Promise<number | undefined> | undefined;
  return {
    async open() {
      held ??= holdPipe(processes);
      const descriptor = await held;
      return descriptor === undefined ? undefined : openEnds(`${processes}/self/fd/${descriptor}`);
    },
    close() {
      void held?.then((descriptor) => descriptor !== undefined && closeSync(descriptor));
      held = undefined;
    },
  };
}

function holdPipe(processes: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const shell = spawn('/bin/sh', ['-c', PIPELINE], { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    let descriptor: number | undefined;
    shell.stderr.setEncoding('latin1').on('data', (text: string) => {
      said += text;
      if (!said.includes('\n')) return;
      descriptor ??= openOrNot(`${processes}/${Number.parseInt(said, 10)}/fd/0`, O_PATH);
      shell.stdin.end();
    });
    shell.stdin.on('error', () => {});
    shell.on('error', () => resolve(undefined)).on('close', () => resolve(descriptor));
  });
}

// A pipe that nobody has open is empty, whoever had it before.
function openEnds(path: string): Pipe | undefined {
  const write = openOrNot(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const readEnd = openOrNot(path, constants.O_RDONLY);
  if (write !== undefined && readEnd !== undefined)
    return {
      readEnd,
      writeEnd: new Socket({ fd: write, readable: false, writable: true }),
      ...createRest(path),
    };
  for (const fd of [write, readEnd]) if (fd !== undefined) closeSync(fd);
  return undefined;
}

const READ_BYTES = 65_536;

// A pipe keeps what is in it as long as it has a reader or a writer.
function createRest(path: string): Pick<Pipe, 'keepRest' | 'rest'> {
  let fd: number | undefined;
  const open = (): number | undefined => openOrNot(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return {
    keepRest() {
      fd ??= open();
    },
    rest() {
      const reader = fd ?? open();
      fd = undefined;
      return reader === undefined ? '' : readAndClose(reader);
    },
  };
}

function readAndClose(fd: number): ByteString {
  const buffer = Buffer.alloc(READ_BYTES);
  let rest = '';
  try {
    for (let count = readSync(fd, buffer); count > 0; count = readSync(fd, buffer))
      rest += buffer.toString('latin1', 0, count);
  } catch {
    // Empty, with its write end still open.
  } finally {
    closeSync(fd);
  }
  return rest;
}

function openOrNot(path: string, flags: number): number | undefined {
  try {
    return openSync(path, flags);
  } catch {
    // No /proc, or no descriptors left: a socket has to do, or fails with the reason.
    return undefined;
  }
}
