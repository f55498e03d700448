// StandardOutput: writes bytes to standard output without losing any, whatever it is: file, pipe or terminal.

import type { ByteString } from '../bytes.js';

export interface StandardOutput {
  /** Writes bytes in order. Resolves when the operating system has them. Errors: the system's (EPIPE …). */
  write(bytes: ByteString): Promise<void>;
  /** Whether it is a terminal, where lines are never held back. */
  readonly terminal: boolean;
  /** Resolves when everything written so far is with the operating system; never rejects. */
  drain(): Promise<void>;
}
