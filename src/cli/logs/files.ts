// Paths of logs → the files to read, oldest first: folders with all that is in them, rotated files before the current one.

import { type Dirent, readdirSync, statSync } from 'node:fs';
import { type ByteString, toBytes } from '../../bytes.js';
import { isStdin } from '../../sources/files/file.js';
import { errorText } from '../../sources/go-error.js';
import { Failure, MISUSE } from '../host.js';

export interface LogFile {
  readonly path: ByteString;
  /** Bytes on disk; undefined: standard input and pipes, of which nobody knows. */
  readonly size: number | undefined;
}

/** @throws Failure where a path cannot be read */
export function logFiles(paths: readonly string[]): readonly LogFile[] {
  return paths.flatMap((path) => filesAt(toBytes(path)));
}

function filesAt(path: ByteString): readonly LogFile[] {
  if (isStdin(path)) return [{ path, size: undefined }];
  const found = attempt(path, () => statSync(bytesOf(path)));
  if (!found.isDirectory()) return [{ path, size: found.isFile() ? found.size : undefined }];
  const folder = path.endsWith('/') ? path.slice(0, -1) : path;
  return attempt(path, () => readdirSync(bytesOf(path), { withFileTypes: true, encoding: 'buffer' }))
    .map(nameOf)
    .filter((name) => !name.startsWith('.'))
    .sort(byAge)
    .flatMap((name) => filesAt(`${folder}/${name}`));
}

const bytesOf = (path: ByteString): Buffer => Buffer.from(path, 'latin1');
const nameOf = ({ name }: Dirent<Buffer>): ByteString => name.toString('latin1');

function attempt<T>(path: ByteString, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Failure(`Could not read ${path}: ${errorText(error)}`, 'error', MISUSE);
  }
}

const NUMBERED = /^(.*?)(?:\.(\d+))?(\.gz|\.zst)?$/s;

/** `audit.log.2.gz` before `audit.log.1` before `audit.log`; others by name, which holds the time (`audit-2026-08-01….log`). */
export function byAge(a: ByteString, b: ByteString): number {
  const [, nameA = a, numberA] = NUMBERED.exec(a) ?? [];
  const [, nameB = b, numberB] = NUMBERED.exec(b) ?? [];
  if (nameA !== nameB) return nameA < nameB ? -1 : 1;
  return Number(numberB ?? -1) - Number(numberA ?? -1);
}
