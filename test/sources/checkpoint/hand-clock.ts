// A clock that tests move on, and who waits by it.

import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../../src/sources/cloudwatch/clock.js';

/** A clock that a test moves on; whoever sleeps wakes when his time has come. */
export function handClock() {
  let time = 0;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  const clock: Clock = {
    now: () => time,
    elapsed: () => time,
    random: () => 0.5,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        sleepers.push({ at: time + ms, wake: resolve });
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
  return {
    clock,
    sleeps: () => sleepers.length,
    move(ms: number): void {
      time += ms;
      for (const sleeper of sleepers.splice(0)) {
        if (sleeper.at <= time) sleeper.wake();
        else sleepers.push(sleeper);
      }
    },
  };
}

export type HandClock = ReturnType<typeof handClock>;

/** Moves the clock on by steps, each when somebody waits for it, until the promise is settled or the time is over. */
export async function pass<T>(hand: HandClock, ms: number, promise: Promise<T>): Promise<T | 'waits'> {
  let settled: { readonly value: T } | undefined;
  void promise.then((value) => {
    settled = { value };
  });
  for (let gone = 0; gone < ms && settled === undefined; gone += 250) {
    while (hand.sleeps() === 0 && settled === undefined) await turn();
    hand.move(250);
    while (hand.sleeps() === 0 && settled === undefined) await turn();
  }
  return settled === undefined ? 'waits' : settled.value;
}
