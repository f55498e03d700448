// The entry point: the only user of `process`. Makes the Host out of it, runs the command, ends with its exit code.

import { openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { type ByteString, toBytes } from '../bytes.js';
import { SYSTEM_FILES } from '../config/files.js';
import { openStandardOutput } from '../outputs/standard-output.js';
import { runFalco } from './app.js';
import type { Host, HostSignal } from './host.js';

const MICROSECONDS = 1e6;

function writeError(line: ByteString): void {
  try {
    writeSync(2, Buffer.from(`${line}\n`, 'latin1'));
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

/** A command that cannot be run, or a fault of the program itself: one line, no stack. */
function onUnexpected(error: unknown): never {
  const broken = error instanceof Error && 'code' in error && error.code === 'EPIPE';
  if (!broken) writeError(toBytes(`Error: ${error instanceof Error ? error.message : String(error)}`));
  process.exit(error instanceof Error && 'exitCode' in error ? Number(error.exitCode) : 1);
}

process.on('uncaughtException', onUnexpected);
process.on('unhandledRejection', onUnexpected);
endWithoutHandler('SIGINT');
endWithoutHandler('SIGTERM');

/** Commands of our own: the first argument is exactly such a word, which Falco would ignore. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import('./demo.js')).demo,
  explain: async () => (await import('./explain.js')).explain,
  lint: async () => (await import('./lint.js')).lint,
  repl: async () => (await import('./repl.js')).repl,
  test: async () => (await import('./test.js')).test,
};

type Command = (argv: readonly string[], host: Host) => Promise<number>;

async function runCommand(argv: readonly string[], host: Host): Promise<number> {
  const [word = '', ...rest] = argv;
  if (!Object.hasOwn(COMMANDS, word)) return runFalco(argv, host);
  const command = await COMMANDS[word]!();
  return command(rest, host);
}

async function run(): Promise<never> {
  const host = createHost(process.argv.slice(1));
  const exitCode = await runCommand(process.argv.slice(2), host);
  await host.stdout.drain();
  process.exit(exitCode);
}

void run();
