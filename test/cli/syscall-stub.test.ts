// A run for system calls alone has no events; it lasts as long as -M says, or until a signal.

import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSyscallStub } from '../../src/cli/session/syscall-stub.js';

test('-M ends it, not before its time', async () => {
  const begun = performance.now();
  for await (const _ of createSyscallStub(0.3).batches(new AbortController().signal)) expect.unreachable();
  expect(performance.now() - begun).toBeGreaterThanOrEqual(299);
});

test.each([0, -1])('-M %d is no limit: it goes on until a signal', async (seconds) => {
  const stop = new AbortController();
  let ended = false;
  const next = createSyscallStub(seconds).batches(stop.signal)[Symbol.asyncIterator]().next();
  void next.then(() => {
    ended = true;
  });
  for (let turns = 0; turns < 50; turns++) await turn();
  expect(ended).toBe(false);
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});
