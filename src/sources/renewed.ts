// What is made of files and must follow them: certificates and tokens are renewed while the program runs, and in
// Kubernetes their files are replaced. They are looked at every ten seconds; polling also sees swapped symlinks and
// network file systems.

import { stat } from 'node:fs/promises';
import type { ByteString } from '../bytes.js';
import { systemPath } from './files/input.js';
import { errorText } from './go-error.js';
import type { SourceLog } from './source.js';

export interface RenewedOptions<T> {
  readonly paths: readonly ByteString[];
  /** Reads the files; what it throws at the start goes to the caller, later to the log. */
  readonly make: () => Promise<T>;
  /** Hears of every new value. */
  readonly onChange?: (value: T) => void;
  readonly log: SourceLog;
  /** How often to look, milliseconds. */
  readonly everyMs?: number | undefined;
}

export interface Renewed<T> {
  current(): T;
  stop(): void;
}

const EVERY_MS = 10_000;

/** The value, and what becomes of it. Where the files cannot be used any more, the last value stays. */
export async function renewFromFiles<T>(options: RenewedOptions<T>): Promise<Renewed<T>> {
  const { paths, make, onChange, log, everyMs = EVERY_MS } = options;
  let seen = await fingerprint(paths);
  let value = await make();
  let looking = false;

  async function look(): Promise<void> {
    const now = await fingerprint(paths);
    if (now === seen) return;
    seen = now;
    try {
      value = await make();
      onChange?.(value);
      log('info', `read again: ${paths.join(', ')}`);
    } catch (error) {
      log('error', `${errorText(error)}; what was read before stays in force`);
    }
  }

  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().finally(() => {
      looking = false;
    });
  }, everyMs).unref();
  return { current: () => value, stop: () => clearInterval(timer) };
}

// Changes with every write and replacement.
async function fingerprint(paths: readonly ByteString[]): Promise<string> {
  const prints = paths.map(async (path) => {
    const found = await stat(systemPath(path), { bigint: true }).catch(() => undefined);
    return found === undefined ? '' : `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`;
  });
  return (await Promise.all(prints)).join();
}
