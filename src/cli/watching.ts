// Running again after every change of the files that a run has read, until SIGINT.

import { watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Host } from './host.js';

/** Editors write a file in several steps. */
const QUIET_MS = 100;

/**
 * Runs at once and after changes.
 * @param run gives the files that it has read
 * @returns once SIGINT came
 */
export async function runWatching(
  host: Host,
  run: (changed: string | undefined) => Promise<readonly string[]>,
): Promise<void> {
  const watchers = new Map<string, ReturnType<typeof watch>>();
  let files = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();

  // Folders, since editors put a new file in the place of the old one.
  function follow(read: readonly string[]): void {
    files = new Set(read.map((path) => resolve(path)));
    for (const folder of new Set([...files].map((path) => dirname(path)))) {
      if (watchers.has(folder)) continue;
      const watcher = watch(folder, (_kind, name) => {
        if (name !== null && !files.has(resolve(folder, name))) return;
        clearTimeout(timer);
        timer = setTimeout(() => {
          running = running.then(() => once(name ?? basename(folder)));
        }, QUIET_MS);
      });
      watcher.on('error', (error) => host.error(`cannot watch ${folder}: ${error.message}`));
      watchers.set(folder, watcher);
    }
  }

  async function once(changed: string | undefined): Promise<void> {
    follow(await run(changed));
  }

  const stopped = new Promise<void>((done) => void host.onSignal('SIGINT', done));
  await once(undefined);
  await stopped;
  clearTimeout(timer);
  for (const watcher of watchers.values()) watcher.close();
  await running;
}
