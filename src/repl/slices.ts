// Long work in short slices: what is found first is shown at once, and Ctrl-C gets a word in.

import { setImmediate } from 'node:timers/promises';
import type { Event } from '../event.js';
import type { ReplState } from './state.js';

/** What is found at once is shown at once; after that the screen need not change so often. */
const FIRST_SLICE_MS = 8;
const SLICE_MS = 25;
const BETWEEN_LOOKS = 32;

/** Shows a part of an answer before the rest is there; undefined: nobody is waiting, and answers come whole. */
export type Print = ((text: string) => Promise<void>) | undefined;

/**
 * Calls `use` with every event, in order.
 * @param pause called between two slices
 * @returns milliseconds spent, and the number of events that were seen: fewer than all after an interrupt
 */
export async function eachEvent(
  state: ReplState,
  all: readonly Event[],
  use: (event: Event) => void,
  pause: () => Promise<void>,
): Promise<{ readonly spent: number; readonly seen: number }> {
  let spent = 0;
  let started = performance.now();
  let slice = FIRST_SLICE_MS;
  state.interrupted = false;
  for (let index = 0; index < all.length; index++) {
    use(all[index]!);
    if ((index + 1) % BETWEEN_LOOKS !== 0) continue;
    const now = performance.now();
    if (now - started < slice) continue;
    spent += now - started;
    slice = SLICE_MS;
    await pause();
    await setImmediate();
    if (state.interrupted) return { spent, seen: index + 1 };
    started = performance.now();
  }
  return { spent: spent + performance.now() - started, seen: all.length };
}
