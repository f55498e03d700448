// Source `syscall` without a driver: no event ever comes, it only keeps the program alive until a signal or -M
// (spec: cli-and-config.md §5.3). Answers to libscap's nodriver engine.

import { setTimeout as wait } from 'node:timers/promises';
import type { Source } from '../../sources/source.js';

/** @param seconds limit of -M; 0 or less: none. */
export function createSyscallStub(seconds: number): Source {
  return {
    name: 'syscall',
    plugin: '',
    maxEventSize: 0,
    async *batches(signal) {
      const timeout = seconds > 0 ? [AbortSignal.timeout(seconds * 1000)] : [];
      const end = AbortSignal.any([signal, ...timeout]);
      // A timer, since a promise alone keeps no program alive.
      while (!end.aborted) await wait(LONG_MS, undefined, { signal: end }).catch(() => {});
    },
  };
}

const LONG_MS = 3_600_000;
