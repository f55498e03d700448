// stdout output: one line an alert (spec: cli-and-config.md §3.4). A batch is one write; unbuffered means that no
// line waits for another batch, buffered that lines may wait until there are enough of them.

import { joinLines } from './lines.js';
import { type LossReason, type Message, type Output, OutputError } from './output.js';
import { GIVEN_UP, type StandardOutput } from './standard-output.js';

/** Bytes that a buffered output holds back at most. */
export const BUFFER_BYTES = 65_536;

export interface StdoutOptions {
  readonly standardOutput: StandardOutput;
  readonly buffered: boolean;
}

function reasonOf(error: unknown): LossReason {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EPIPE') return 'closed';
  if (code === 'ENOSPC') return 'disk_full';
  return (error as Error).message === GIVEN_UP ? 'stopped' : 'write';
}

/** Writes to standard output. A reader that went away is an error of each batch after it. */
export function createStdoutOutput({ standardOutput, buffered }: StdoutOptions): Output {
  const holds = buffered && !standardOutput.terminal;
  let held: Message[] = [];
  let heldBytes = 0;

  async function writeOut(messages: readonly Message[]): Promise<void> {
    try {
      await standardOutput.write(joinLines(messages));
    } catch (error) {
      const text = `stdout: ${error instanceof Error ? error.message : String(error)}`;
      const reason = reasonOf(error);
      throw new OutputError(text, { reason, undelivered: messages });
    }
  }

  async function release(): Promise<void> {
    if (held.length === 0) return;
    const messages = held;
    held = [];
    heldBytes = 0;
    await writeOut(messages);
  }

  return {
    name: 'stdout',
    async write(messages) {
      if (!holds) return writeOut(messages);
      held.push(...messages);
      for (const { line } of messages) heldBytes += line.length;
      if (heldBytes >= BUFFER_BYTES) await release();
    },
    async flush() {
      await release();
      return true;
    },
    abandon: () => standardOutput.giveUp(),
    close: release,
  };
}
