// In: which output is called and when it comes back. Out: a line where one takes too long, and the end of waiting at
// shutdown (spec: cli-and-config.md §3.9). Answers to falco's watchdog.h.

import { setTimeout as sleep } from 'node:timers/promises';
import type { OutputsLog } from '../output.js';

/** How often to look, milliseconds. */
export const WATCH_MS = 100;

/** Knows which output is at work, and says so when it takes longer than the time-out. */
export interface Watchdog {
  /** @param waits whether it waits on purpose, which is no reason to speak */
  start(name: string, waits?: () => boolean): void;
  rest(): void;
  stop(): void;
  /** Time of the last call that began or ended. */
  progress(): number;
}

/** Speaks once a stall. */
export function createWatchdog(timeoutMs: number, log: OutputsLog): Watchdog {
  let name: string | undefined;
  let waits: (() => boolean) | undefined;
  let moved = performance.now();
  const timer = setInterval(() => {
    if (name === undefined || performance.now() - moved <= timeoutMs || waits?.()) return;
    log('critical', `"${name}" output timeout, all output channels are blocked`);
    name = undefined;
  }, WATCH_MS);
  timer.unref();
  return {
    start(output, onPurpose) {
      name = output;
      waits = onPurpose;
      moved = performance.now();
    },
    rest() {
      name = undefined;
      moved = performance.now();
    },
    stop: () => clearInterval(timer),
    progress: () => moved,
  };
}

/** When to stop waiting for outputs that do not come back. */
export interface Patience {
  readonly timeoutMs: number;
  /** Whether one waits on purpose, which is no reason to give it up. */
  readonly waits: () => boolean;
  /** When waiting ends in any case; a time of performance.now(). */
  readonly end: () => number;
}

/** Resolves when the work is done, when nothing has moved for the time-out, or when the time is up. */
export async function stuckOrDone(
  done: Promise<void>,
  watchdog: Watchdog,
  { timeoutMs, waits, end }: Patience,
): Promise<void> {
  let over = false;
  const ends = new AbortController();
  const finished = done.then(() => {
    over = true;
    ends.abort();
  });
  const begun = performance.now();
  while (!over) {
    const stuck = Math.max(watchdog.progress(), begun) + timeoutMs - performance.now();
    const left = Math.min(waits() ? Math.max(stuck, WATCH_MS) : stuck, end() - performance.now());
    if (left <= 0) return;
    const wait = Math.min(left, WATCH_MS);
    await Promise.race([finished, sleep(wait, undefined, { signal: ends.signal }).catch(() => {})]);
  }
}
