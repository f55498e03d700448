// program output: alerts as lines on a program's standard input (spec: cli-and-config.md §3.7). Without keep_alive a
// process an alert, whose end is waited for; with it one process until the end, started again if it has gone.

import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { getSystemErrorMap } from 'node:util';
import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import { type Output, OutputError } from './output.js';
import { createPipeSource, type Pipe } from './pipe.js';

export interface ProgramOptions {
  /** Text for `/bin/sh -c`. */
  readonly program: ByteString;
  readonly keepAlive: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface Running {
  readonly child: ChildProcess;
  readonly stdin: Writable;
  /** No more input; everything written has gone. */
  readonly endInput: () => void;
  /** Resolves when the program has ended or is given up. */
  readonly ended: Promise<void>;
  readonly hasEnded: () => boolean;
  readonly giveUp: () => void;
}

/** Hands alerts to a program. Its exit status is of no interest; its output goes where ours goes. */
export function createProgramOutput({ program, keepAlive, env }: ProgramOptions): Output {
  const text = fromBytes(program);
  const pipes = createPipeSource();
  let running: Running | undefined;

  async function open(lost: number): Promise<Running> {
    if (running === undefined || running.hasEnded()) {
      try {
        running = await start(text, env, await pipes.open());
      } catch (error) {
        running = undefined;
        throw new OutputError(
          `Failed to open program output: ${program} (error: ${systemText(error)})`,
          lost,
        );
      }
    }
    return running;
  }

  async function shut(): Promise<void> {
    const process = running;
    if (process === undefined) return;
    process.endInput();
    await process.ended;
    if (running === process) running = undefined;
  }

  return {
    name: 'program',
    async write(messages) {
      for (const [done, message] of messages.entries()) {
        const { stdin } = await open(messages.length - done);
        const failure = await writeLine(stdin, `${message.line}\n`);
        if (!keepAlive) await shut();
        // Falco does not look either: a program may end without reading all of a line that it was started for.
        else if (failure !== undefined)
          throw new OutputError(`program: ${systemText(failure)}`, messages.length - done);
      }
    },
    async reopen() {
      await shut();
      await open(0);
    },
    abandon: () => running?.giveUp(),
    async close() {
      await shut();
      pipes.close();
    },
  };
}

function start(program: string, env: ProgramOptions['env'], pipe: Pipe | undefined): Promise<Running> {
  return new Promise((resolve, reject) => {
    const stdio: StdioOptions = [pipe?.readEnd ?? 'pipe', 'inherit', 'inherit'];
    const child = spawn('/bin/sh', ['-c', program], { stdio, env: { ...env } });
    if (pipe !== undefined) closeSync(pipe.readEnd);
    const stdin = pipe?.writeEnd ?? child.stdin!;
    let over = false;
    let finish = () => {};
    const ended = new Promise<void>((done) => {
      finish = () => {
        over = true;
        done();
      };
    });
    // Of a program that has ended nothing is left in the pipe for the next one.
    child.once('exit', () => {
      stdin.destroy();
      finish();
    });
    child.once('error', (error) => {
      stdin.destroy();
      finish();
      reject(error);
    });
    // A program that closes its input early is its own business; writeLine hears of it.
    stdin.on('error', () => {});
    const giveUp = () => {
      stdin.destroy();
      child.unref();
      finish();
    };
    const endInput = () => void (pipe === undefined ? stdin.end() : stdin.destroy());
    child.once('spawn', () => resolve({ child, stdin, endInput, ended, hasEnded: () => over, giveUp }));
  });
}

function writeLine(stdin: Writable, line: ByteString): Promise<Error | undefined> {
  return new Promise((resolve) => {
    stdin.write(Buffer.from(line, 'latin1'), (error) => resolve(error ?? undefined));
  });
}

function systemText(error: unknown): ByteString {
  const errno = (error as NodeJS.ErrnoException).errno;
  const known = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return known ?? toBytes(error instanceof Error ? error.message : String(error));
}
