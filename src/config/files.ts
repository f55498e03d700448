// Files as the configuration needs them: read whole, looked at, listed. Names and contents are byte strings, so names
// that are no UTF-8 work too. Passed in, so that tests need no disk.

import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import type { ByteString } from '../bytes.js';

export interface Files {
  /** Content of a file, or the first `most` bytes of it. @throws the system's error */
  read(path: ByteString, most?: number): ByteString;
  /** What a path leads to, links followed; undefined: nothing. */
  kind(path: ByteString): 'file' | 'directory' | 'other' | undefined;
  /** Names in a directory. @throws the system's error */
  list(path: ByteString): readonly ByteString[];
  /** Whether the file can be opened for reading (directories can). */
  canOpen(path: ByteString): boolean;
}

function native(path: ByteString): Buffer {
  return Buffer.from(path, 'latin1');
}

const CHUNK = 64 * 1024;

function readStart(path: ByteString, most: number): ByteString {
  const file = openSync(native(path), 'r');
  try {
    let text = '';
    while (text.length < most) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK, most - text.length));
      const length = readSync(file, chunk);
      if (length === 0) break;
      text += chunk.toString('latin1', 0, length);
    }
    return text;
  } finally {
    closeSync(file);
  }
}

export const SYSTEM_FILES: Files = {
  read: (path, most) => (most === undefined ? readFileSync(native(path), 'latin1') : readStart(path, most)),
  kind: (path) => {
    const stats = statSync(native(path), { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
  },
  list: (path) => readdirSync(native(path), { encoding: 'latin1' }),
  canOpen: (path) => {
    try {
      closeSync(openSync(native(path), 'r'));
      return true;
    } catch {
      return false;
    }
  },
};

/** The regular files directly inside a directory, links followed, sorted by path as bytes. */
export function filesInside(files: Files, directory: ByteString): readonly ByteString[] {
  return files
    .list(directory)
    .map((name) => joinPath(directory, name))
    .filter((path) => files.kind(path) === 'file')
    .sort();
}

/** Directory and name, with one slash between them, nothing else changed. */
function joinPath(directory: ByteString, name: ByteString): ByteString {
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}
