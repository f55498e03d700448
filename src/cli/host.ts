// Host: everything the commands need of the world, passed in by main.ts, so that nothing else touches `process`.

import type { ByteString } from '../bytes.js';
import type { Environment } from '../config/read/env.js';
import type { Files } from '../config/read/files.js';
import type { Log, LogSettings } from '../log.js';
import type { StandardOutput } from '../outputs/standard-output.js';

export type HostSignal = 'SIGINT' | 'SIGTERM' | 'SIGUSR1' | 'SIGHUP';

export interface Host {
  /** How the command was called, with all arguments, for `CLI args` and --support. */
  readonly commandLine: ByteString;
  readonly env: Environment;
  readonly files: Files;
  readonly stdout: StandardOutput;
  /**
   * For a conversation: standard input, and the screen if both ends are a terminal. Where standard input is taken,
   * by events that come through it, the terminal itself, if there is one.
   */
  terminal(taken: boolean): Terminal;
  /** Writes over the last line of a terminal on standard error; missing where there is none. */
  readonly progress?: ((text: string) => void) | undefined;
  /** How wide standard output is, if it is a terminal. */
  readonly columns?: number | undefined;
  readonly pid: number;
  /** A line on standard error, as it is, whatever the log's settings. */
  error(line: ByteString): void;
  /** The log with these settings; loaded only if it has somewhere to write. */
  openLog(settings: LogSettings): Promise<Log>;
  /** Handles a signal until the returned function is called; after that its default action is back. */
  onSignal(signal: HostSignal, handler: () => void): () => void;
  /** Processor time used by this process so far, seconds. */
  cpuSeconds(): number;
}

/** What of it reading rules and plugins needs, which threads have, too. */
export type ToolHost = Pick<Host, 'env' | 'files' | 'error'>;

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly screen: (NodeJS.WritableStream & { readonly columns?: number }) | undefined;
}

/** Exit code of our own commands where they were called wrongly, so that nothing was done. */
export const MISUSE = 2;

/** The end of a command that is no success. */
export class Failure extends Error {
  override readonly name = 'Failure';
  /**
   * `error`: reported as `Error: text`; `runtime`: as `Runtime error: text. Exiting.` through the log;
   * `silent`: said already.
   */
  readonly kind: 'error' | 'runtime' | 'silent';
  readonly exitCode: number;
  /** More for people, printed behind the message; alerts, which tools read, leave it out. */
  readonly advice: ByteString;

  /** @param message byte string */
  constructor(message: ByteString, kind: Failure['kind'] = 'error', exitCode = 1, advice = '') {
    super(message);
    this.kind = kind;
    this.exitCode = exitCode;
    this.advice = advice;
  }
}
