// stdout output: one line an alert (spec: cli-and-config.md §3.4). A batch is one write; unbuffered means that no
// line waits for another batch, buffered that lines may wait until there are enough of them.

import type { ByteString } from '../bytes.js';
import { joinLines } from './lines.js';
import { type Output, OutputError } from './output.js';
import type { StandardOutput } from './standard-output.js';

/** Bytes that a buffered output holds back at most. */
export const BUFFER_BYTES = 65_536;

export interface StdoutOptions {
  readonly standardOutput: StandardOutput;
  readonly buffered: boolean;
}

/** Writes to standard output. A reader that went away is an error of each batch after it. */
export function createStdoutOutput({ standardOutput, buffered }: StdoutOptions): Output {
  const holds = buffered && !standardOutput.terminal;
  let held: ByteString = '';
  let heldLines = 0;

  async function writeOut(lines: ByteString, count: number): Promise<void> {
    try {
      await standardOutput.write(lines);
    } catch (error) {
      throw new OutputError(`stdout: ${error instanceof Error ? error.message : String(error)}`, count);
    }
  }

  async function release(): Promise<void> {
    if (heldLines === 0) return;
    const [lines, count] = [held, heldLines];
    held = '';
    heldLines = 0;
    await writeOut(lines, count);
  }

  return {
    name: 'stdout',
    async write(messages) {
      const lines = joinLines(messages);
      if (!holds) return writeOut(lines, messages.length);
      held += lines;
      heldLines += messages.length;
      if (held.length >= BUFFER_BYTES) await release();
    },
    flush: release,
    abandon: () => standardOutput.giveUp(),
    close: release,
  };
}
