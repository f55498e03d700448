// Messages → all outputs. One output that fails is reported and does not stop the others.

import type { Message, Output } from '../outputs/output.js';
import type { SourceLog } from '../sources/source.js';

export async function writeAll(
  outputs: readonly Output[],
  messages: readonly Message[],
  log: SourceLog,
): Promise<void> {
  await settle(
    outputs.map((output) => output.write(messages)),
    log,
  );
}

export async function flushAll(outputs: readonly Output[], log: SourceLog): Promise<void> {
  await settle(
    outputs.map((output) => output.flush?.()),
    log,
  );
}

async function settle(calls: readonly (Promise<void> | undefined)[], log: SourceLog): Promise<void> {
  for (const outcome of await Promise.allSettled(calls)) {
    if (outcome.status === 'rejected')
      log('error', outcome.reason instanceof Error ? outcome.reason.message : String(outcome.reason));
  }
}
