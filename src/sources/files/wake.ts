// Tells when something changed in a folder, or when it is time to look anyway: not every file system reports changes.

import { type FSWatcher, watch } from 'node:fs';
import { errorCode, errorText } from '../go-error.js';
import { SourceError, type SourceLog } from '../source.js';
import { systemPath } from './input.js';

export interface Wake {
  /** Resolves on a change since the last call, after the time, or on the abort. */
  next(afterMs: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Watches the entry `name` of a folder. Errors: SourceError where there is no such folder. */
export function createWake(folder: string, name: string, log: SourceLog): Wake {
  let changed = false;
  let wake: (() => void) | undefined;
  const onChange = (_event: string, entry: Buffer | null): void => {
    if (entry !== null && entry.toString('latin1') !== name) return;
    changed = true;
    wake?.();
  };
  const watcher = watchFolder(folder, onChange, log);

  return {
    async next(afterMs, signal) {
      if (!changed && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, afterMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
          signal.addEventListener('abort', wake, { once: true });
        });
        if (wake !== undefined) signal.removeEventListener('abort', wake);
        wake = undefined;
      }
      changed = false;
    },
    close: () => watcher?.close(),
  };
}

function watchFolder(
  folder: string,
  onChange: (event: string, entry: Buffer | null) => void,
  log: SourceLog,
): FSWatcher | undefined {
  const complain = (error: unknown): void => log('error', `file watcher error: ${errorText(error)}`);
  try {
    const watcher = watch(systemPath(folder), { encoding: 'buffer', persistent: false }, onChange);
    watcher.on('error', complain);
    return watcher;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new SourceError(errorText(error), { cause: error });
    // Too many watches, or a file system without them: the clock has to do.
    complain(error);
    return undefined;
  }
}
