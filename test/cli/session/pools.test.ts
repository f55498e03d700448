import { expect, it } from 'vitest';
import { threadsOf } from '../../../src/cli/session/pools.js';

it.each([
  ['as many as the machine has room for', 0, false, 8, 7],
  ['none on a machine of one core', 0, false, 1, 0],
  ['none for events that are pushed', 0, true, 8, 0],
  ['as many as were asked for', 3, false, 8, 3],
  ['as many as were asked for, also for what is pushed', 3, true, 1, 3],
])('gives a source %s', (_, asked, pushed, parallelism, threads) => {
  expect(threadsOf(asked, pushed, parallelism)).toBe(threads);
});
