// What the command's entry (demo/main.ts) runs, and the only user of `process`: makes the Host out of it, runs the command, ends
// with its exit code.

import '../runtime/node.js';
import { openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { type ByteString, toBytes } from '../bytes.js';
import { SYSTEM_FILES } from '../config/read/files.js';
import { openStandardOutput } from '../outputs/standard-output.js';
import { printableLines } from '../printable.js';
import { reportFailure, runFalco } from './app.js';
import { LOAD_COMMAND, type OtherCommands } from './arguments/load-command.js';
import { isCommand, mistypedCommand } from './arguments/sub-commands.js';
import { Failure, type Host, type HostSignal, MISUSE } from './host.js';

const MICROSECONDS = 1e6;

function writeError(line: ByteString): void {
  try {
    const shown = process.stderr.isTTY ? printableLines(line) : line;
    writeSync(2, Buffer.from(`${shown}\n`, 'latin1'));
  } catch {
    // There is no other place to say it.
  }
}

/** The terminal that the process belongs to; undefined where there is none. */
function openTerminal(): ReadStream | undefined {
  try {
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch {
    return undefined;
  }
}

const SHELL_BASE = 128;

function endAtOnce(_signal: string, number: number): void {
  process.exit(SHELL_BASE + number);
}

/** Signals without a handler end a program, but not process 1, as which it runs in a container. */
function endWithoutHandler(signal: HostSignal): void {
  if (process.pid === 1) process.on(signal, endAtOnce);
}

function createHost(argv: readonly string[]): Host {
  return {
    commandLine: toBytes(argv.join(' ')),
    env: process.env,
    files: SYSTEM_FILES,
    stdout: openStandardOutput(),
    terminal: (taken) => {
      const input = (taken && !process.stdin.isTTY ? openTerminal() : undefined) ?? process.stdin;
      return { input, screen: input.isTTY && process.stdout.isTTY ? process.stdout : undefined };
    },
    progress: process.stderr.isTTY ? (text) => void process.stderr.write(`\r\x1b[K${text}`) : undefined,
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    pid: process.pid,
    error: writeError,
    openLog: async (settings) => (await import('../log.js')).createLog(settings),
    onSignal: (signal, handler) => {
      process.off(signal, endAtOnce);
      process.on(signal, handler);
      return () => {
        process.off(signal, handler);
        endWithoutHandler(signal);
      };
    },
    cpuSeconds: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / MICROSECONDS;
    },
  };
}

/** A fault of the program itself: one line, no stack. */
function onUnexpected(error: unknown): never {
  const broken = error instanceof Error && 'code' in error && error.code === 'EPIPE';
  if (!broken) writeError(toBytes(`Error: ${error instanceof Error ? error.message : String(error)}`));
  process.exit(1);
}

async function runCommand(argv: readonly string[], host: Host, others: OtherCommands): Promise<number> {
  const mistake = mistypedCommand(argv);
  if (mistake !== undefined) throw new Failure(toBytes(mistake), 'error', MISUSE);
  const [word = '', ...rest] = argv;
  if (!isCommand(word)) return runFalco(argv, host);
  const command = await { ...LOAD_COMMAND, ...others }[word]();
  return command(rest, host);
}

/** Says why a command does not run. */
function onFailure(error: unknown, host: Host): number {
  if (!(error instanceof Failure)) throw error;
  reportFailure(error, host, undefined);
  return error.exitCode;
}

async function run(others: OtherCommands): Promise<never> {
  const host = createHost(process.argv.slice(1));
  const argv = process.argv.slice(2);
  const exitCode = await runCommand(argv, host, others).catch((error) => onFailure(error, host));
  await host.stdout.drain();
  process.exit(exitCode);
}

/** Runs what the process was started with, and ends it. */
export function runCommandLine(others: OtherCommands): void {
  process.on('uncaughtException', onUnexpected);
  process.on('unhandledRejection', onUnexpected);
  endWithoutHandler('SIGINT');
  endWithoutHandler('SIGTERM');
  void run(others);
}
