// Output: where alerts go. Each output gets every alert, in order; one that fails is reported and does not stop
// the others (spec: cli-and-config.md §3.4).

import type { ByteString } from '../bytes.js';

/** An alert ready to write: one line in the configured form (text or JSON), without its newline. */
export interface Message {
  readonly line: ByteString;
  /** Priority number, Emergency 0 … Debug 7 (syslog severity). */
  readonly priority: number;
}

export interface Output {
  /** `stdout`, `file`, `syslog`, `program`, `http`, or `queue` for the one that stands before them. */
  readonly name: string;
  /**
   * Writes messages in order; resolves when they are accepted, which is how back-pressure reaches the source.
   * Errors: OutputError, for the messages that could not be delivered.
   */
  write(messages: readonly Message[]): Promise<void>;
  /** SIGUSR1: close and open again, so that files can be rotated. */
  reopen?(): Promise<void>;
  /** Everything accepted so far has left this process (or was reported as lost); sources commit after it. */
  flush?(): Promise<void>;
  /** Gives up the call that is running, at shutdown, when it does not come back. */
  abandon?(): void;
  /** Everything written is flushed and resources are released. */
  close(): Promise<void>;
}

/** Where outputs say what people should know. Messages are byte strings without a time. */
export type OutputsLog = (level: 'critical' | 'error' | 'warning' | 'notice', message: ByteString) => void;

/** Alerts that an output could not deliver. The message is the whole line for the log and holds no secret. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  /** How many of the messages handed over are lost. */
  readonly lost: number;

  constructor(message: string, lost: number) {
    super(message);
    this.lost = lost;
  }
}
