// Waits for what happens, however busy the machine is: the limit only ends what hangs.

import { vi } from 'vitest';

export const eventually = <T>(condition: () => T | Promise<T>): Promise<T> =>
  vi.waitUntil(condition, { timeout: 110_000, interval: 20 }) as Promise<T>;
