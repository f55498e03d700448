// Running again after every change of the files that a run has read, until SIGINT.

import { statSync, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Host } from '../host.js';

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

  function again(changed: string): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(() => once(basename(changed)));
    }, QUIET_MS);
  }

  // Folders, since editors put a new file in the place of the old one.
  function follow(read: readonly string[]): void {
    files = new Set(read.map((path) => resolve(path)));
    for (const folder of new Set([...files].map((path) => dirname(path)))) {
      if (watchers.has(folder)) continue;
      const watcher = watch(folder, (_kind, name) => {
        if (name === null || files.has(resolve(folder, name))) again(name ?? folder);
      });
      watcher.on('error', (error) => host.error(`cannot watch ${folder}: ${error.message}`));
      watchers.set(folder, watcher);
    }
  }

  async function once(changed: string | undefined): Promise<void> {
    const begun = Date.now();
    follow(await run(changed));
    // What changed before its folder was watched is not reported.
    const missed = [...files].find(
      (path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > begun,
    );
    if (missed !== undefined) again(missed);
  }

  const stopped = new Promise<void>((done) => void host.onSignal('SIGINT', done));
  await once(undefined);
  await stopped;
  clearTimeout(timer);
  for (const watcher of watchers.values()) watcher.close();
  await running;
}
