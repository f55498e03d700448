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
  /** `stdout`, `file`, `syslog`, `program`, `http`. */
  readonly name: string;
  /** Writes messages in order; resolves when they are accepted, which is how back-pressure reaches the source. */
  write(messages: readonly Message[]): Promise<void>;
  /** SIGUSR1: close and open again, so that files can be rotated. */
  reopen?(): Promise<void>;
  /** Everything written is flushed and resources are released. */
  close(): Promise<void>;
}
