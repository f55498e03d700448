// Paths of logs → the files to read, oldest first: folders with all that is in them, rotated files before the current one. In a
// folder what cannot be read is said and the rest read; each file and folder in it counts once, however many links lead there.

import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { type ByteString, toBytes } from '../../bytes.js';
import { isStdin } from '../../sources/files/file.js';
import { errorText } from '../../sources/go-error.js';
import { createTally } from '../../tally.js';
import { Failure, MISUSE } from '../host.js';

export interface LogFile {
  readonly path: ByteString;
  /** Bytes on disk; undefined: standard input and pipes, of which nobody knows. */
  readonly size: number | undefined;
}

/**
 * @param report hears, in a line, what is left out in folders
 * @throws Failure where one of the paths cannot be read
 */
export function logFiles(paths: readonly string[], report: (line: ByteString) => void): readonly LogFile[] {
  const seen = new Set<string>();
  const passedOver = createTally<string>();

  /** Whether it is met for the first time. Where a file system numbers nothing, all are. */
  function isNew({ dev, ino }: Stats): boolean {
    const key = `${dev}:${ino}`;
    if (seen.has(key)) return false;
    if (ino !== 0) seen.add(key);
    return true;
  }

  function named(path: ByteString): readonly LogFile[] {
    if (isStdin(path)) return [{ path, size: undefined }];
    const found = attempt(path, () => statSync(bytesOf(path)));
    isNew(found);
    if (found.isDirectory()) return attempt(path, () => inside(path));
    return [{ path, size: found.isFile() ? found.size : undefined }];
  }

  function inside(path: ByteString): readonly LogFile[] {
    const folder = path.endsWith('/') ? path.slice(0, -1) : path;
    return readdirSync(bytesOf(path), { withFileTypes: true, encoding: 'buffer' })
      .map(nameOf)
      .filter((name) => !name.startsWith('.'))
      .sort(byAge)
      .flatMap((name) => member(`${folder}/${name}`));
  }

  function member(path: ByteString): readonly LogFile[] {
    try {
      const found = statSync(bytesOf(path));
      const kind = kindOf(found);
      if (kind !== undefined) passedOver.add(kind);
      else if (!isNew(found)) passedOver.add('links to what is read already');
      else return found.isDirectory() ? inside(path) : [{ path, size: found.size }];
    } catch (error) {
      report(`Warning: could not read ${path}: ${errorText(error)}`);
    }
    return [];
  }

  const files = paths.flatMap((path) => named(toBytes(path)));
  const left = passedOver.entries().map(([what, count]) => `${count} ${what}`);
  if (left.length > 0) report(`Passed over in ${toBytes(paths.join(', '))}: ${left.join(', ')}`);
  return files;
}

/** What nobody writes a log into, and who reads it would wait for ever; undefined: a file or a folder. */
function kindOf(found: Stats): string | undefined {
  if (found.isFile() || found.isDirectory()) return undefined;
  if (found.isFIFO()) return 'named pipes';
  return found.isSocket() ? 'sockets' : 'devices';
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
