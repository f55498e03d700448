// In: files and directories of the configuration. Out: a call whenever one of them changes (spec: cli-and-config.md
// §5.2). Answers to falco's restart_handler.cpp, but watches the directories that hold the files, and looks at the files
// themselves on every event there: so editors that replace files and Kubernetes' swapped symlinks are seen, again and
// again. On fs.watch (inotify); what packages add to it is for other systems and for trees, which are not needed.

import { type BigIntStats, type FSWatcher, realpathSync, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { type ByteString, fromBytes } from '../bytes.js';

export interface WatchOptions {
  /** Main config, files named in config_files, every loaded rules file. */
  readonly files: readonly ByteString[];
  /** Directories named in config_files and rules_files or -r: entries made, deleted or moved count. */
  readonly directories: readonly ByteString[];
  readonly onChange: () => void;
  /** `Watching file 'x'` at debug. */
  readonly log: (level: 'debug' | 'error', message: ByteString) => void;
}

export interface Watcher {
  close(): void;
}

interface Folder {
  watcher: FSWatcher | undefined;
  inode: bigint;
  /** Any entry made, deleted or moved counts. */
  entries: boolean;
}

const RETRY_MS = 500;

/** Starts to watch. Errors: Error with `could not watch file: <f>` or `could not watch directory: <d>`. */
export function createWatcher({ files, directories, onChange, log }: WatchOptions): Watcher {
  const folders = new Map<string, Folder>();
  const prints = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function attach(path: string, folder: Folder): void {
    folder.inode = statSync(path, { bigint: true }).ino;
    folder.watcher = watch(path, { persistent: false }, (event) => {
      look(event === 'rename' && folder.entries);
    });
    folder.watcher.on('error', () => look(true));
  }

  function follow(path: string, entries: boolean): void {
    const known = folders.get(path);
    if (known !== undefined) {
      known.entries ||= entries;
      return;
    }
    const folder: Folder = { watcher: undefined, inode: 0n, entries };
    attach(path, folder);
    folders.set(path, folder);
  }

  // Something happened in one of the folders: is it one of the files, or a folder that was itself replaced?
  function look(certain: boolean): void {
    if (closed) return;
    let changed = certain;
    for (const [path, before] of prints) {
      const print = fingerprint(path);
      if (print === before) continue;
      prints.set(path, print);
      changed = true;
    }
    if (renew()) changed = true;
    if (changed) onChange();
  }

  // Folders that were moved or deleted are watched anew under their name, as soon as there is one.
  function renew(): boolean {
    let renewed = false;
    let missing = false;
    for (const [path, folder] of folders) {
      const now = stat(path);
      if (now?.ino === folder.inode && folder.watcher !== undefined) continue;
      folder.watcher?.close();
      folder.watcher = undefined;
      try {
        attach(path, folder);
        renewed = true;
      } catch {
        missing = true;
      }
    }
    clearTimeout(timer);
    timer = missing ? setTimeout(look, RETRY_MS, false).unref() : undefined;
    return renewed;
  }

  const close = () => {
    closed = true;
    clearTimeout(timer);
    for (const { watcher } of folders.values()) watcher?.close();
  };

  try {
    for (const name of files) {
      const path = fromBytes(name);
      attempt(`could not watch file: ${name}`, () => {
        // A symlink's own folder and its target's: either may be where the change happens.
        follow(dirname(path), false);
        follow(dirname(realpathSync(path)), false);
      });
      prints.set(path, fingerprint(path));
      log('debug', `Watching file '${name}'`);
    }
    for (const name of directories) {
      attempt(`could not watch directory: ${name}`, () => follow(fromBytes(name), true));
      log('debug', `Watching directory '${name}'`);
    }
  } catch (error) {
    close();
    throw error;
  }
  if (files.length + directories.length === 0)
    log('debug', 'Nothing to watch, restart handler will only serve forced restart requests');
  return { close };
}

function attempt(message: ByteString, action: () => void): void {
  try {
    action();
  } catch (cause) {
    throw new Error(message, { cause });
  }
}

function stat(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

// Changes with every write, touch and replacement.
function fingerprint(path: string): string {
  try {
    const now = stat(path);
    return now === undefined ? '' : `${now.dev}:${now.ino}:${now.size}:${now.mtimeNs}:${now.ctimeNs}`;
  } catch {
    return '';
  }
}
