// In: which output is called and when it comes back. Out: a line where one takes too long, and the end of waiting at
// shutdown (spec: cli-and-config.md §3.9). Answers to falco's watchdog.h.

import { setTimeout as sleep } from 'node:timers/promises';
import type { OutputsLog } from './output.js';

/** How often to look, milliseconds. */
export const WATCH_MS = 100;

/** Knows which output is at work, and says so when it takes longer than the time-out. */
export interface Watchdog {
  start(name: string): void;
  rest(): void;
  stop(): void;
  /** Time of the last call that began or ended. */
  progress(): number;
}

/** Speaks once a stall. */
export function createWatchdog(timeoutMs: number, log: OutputsLog): Watchdog {
  let name: string | undefined;
  let moved = performance.now();
  const timer = setInterval(() => {
    if (name === undefined || performance.now() - moved <= timeoutMs) return;
    log('critical', `"${name}" output timeout, all output channels are blocked`);
    name = undefined;
  }, WATCH_MS);
  timer.unref();
  return {
    start(output) {
      name = output;
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

/** Resolves when the work is done, or when nothing has moved for the time-out. */
export async function stuckOrDone(done: Promise<void>, watchdog: Watchdog, timeoutMs: number): Promise<void> {
  let over = false;
  const ends = new AbortController();
  const end = done.then(() => {
    over = true;
    ends.abort();
  });
  const begun = performance.now();
  while (!over) {
    const left = Math.max(watchdog.progress(), begun) + timeoutMs - performance.now();
    if (left <= 0) return;
    await Promise.race([end, sleep(left, undefined, { signal: ends.signal }).catch(() => {})]);
  }
}
