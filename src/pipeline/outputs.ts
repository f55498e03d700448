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

/** @returns whether everything has left or was reported as lost; false: some shall come again with the next run */
export async function flushAll(outputs: readonly Output[], log: SourceLog): Promise<boolean> {
  const flushed = await settle(
    outputs.map((output) => output.flush?.()),
    log,
  );
  return !flushed.includes(false);
}

async function settle<T>(
  calls: readonly (Promise<T> | undefined)[],
  log: SourceLog,
): Promise<(T | undefined)[]> {
  const results: (T | undefined)[] = [];
  for (const outcome of await Promise.allSettled(calls)) {
    if (outcome.status === 'fulfilled') results.push(outcome.value);
    else log('error', outcome.reason instanceof Error ? outcome.reason.message : String(outcome.reason));
  }
  return results;
}
