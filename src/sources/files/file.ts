// Files that are read once: one file, all files of a folder, standard input. In: a path. Out: what opens it. What is in them,
// forms/ tells. Answers to OpenReader in Falco's k8saudit plugin.

import { readdir, stat } from 'node:fs/promises';
import type { ByteString } from '../../bytes.js';
import { pathError } from '../go-error.js';
import { SourceError } from '../source.js';
import { readPath, readStdin, systemPath } from './input.js';
import type { Chunks } from './packed.js';

/** Opens one input, when its turn comes. */
export type OpenInput = (signal: AbortSignal) => Chunks;

/** The input for a path; `-` and `/dev/stdin` are standard input. */
export function inputOf(path: ByteString): OpenInput {
  return isStdin(path) ? readStdin : (signal) => readPath(path, signal);
}

export function isStdin(path: ByteString): boolean {
  return path === '-' || path === '/dev/stdin';
}

/**
 * The files of a folder, oldest change first, then by name; folders in it are left out. All are looked at before the
 * first is read, so that a link to nowhere is known at once. Errors: SourceError.
 */
export async function listFolder(folder: ByteString): Promise<readonly ByteString[]> {
  const names = await readdir(systemPath(folder), { encoding: 'buffer' }).catch((error: unknown) => {
    throw new SourceError(pathError('open', folder, error), { cause: error });
  });
  const files: { readonly path: ByteString; readonly time: bigint }[] = [];
  for (const name of names) {
    const path = `${folder}/${name.toString('latin1')}`;
    const found = await stat(systemPath(path), { bigint: true }).catch((error: unknown) => {
      throw new SourceError(pathError('open', path, error), { cause: error });
    });
    if (!found.isDirectory()) files.push({ path, time: found.mtimeNs });
  }
  files.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.path < b.path ? -1 : 1));
  return files.map(({ path }) => path);
}
