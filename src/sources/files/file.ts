// Files read once → batches of lines: one file, all files of a folder, standard input. Answers to OpenReader in
// Falco's k8saudit plugin; the limit of a line is a request body's there, not 64 KiB, and does not end the source.

import { readdir, stat } from 'node:fs/promises';
import type { ByteString } from '../../bytes.js';
import { pathError } from '../go-error.js';
import { type Batch, SourceError } from '../source.js';
import { type Chunks, readPath, readStdin, systemPath } from './input.js';
import { createBlockSplitter, type LineLimit } from './lines.js';

/** Opens one input, when its turn comes. */
export type OpenInput = (signal: AbortSignal) => Chunks;

/** The lines of the inputs, one after the other; a line ends at the end of its input at the latest. */
export async function* readLines(
  inputs: readonly OpenInput[],
  { maxLine, onTooLong }: LineLimit,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  for (const open of inputs) {
    if (signal.aborted) return;
    const splitter = createBlockSplitter(maxLine, onTooLong);
    for await (const chunk of open(signal)) {
      const payloads = splitter.push(chunk);
      if (payloads.length > 0) yield { payloads, position: undefined };
    }
    // A line that was cut off by the abort is not a line.
    const last = signal.aborted ? undefined : splitter.end();
    if (last !== undefined) yield { payloads: [last], position: undefined };
  }
}

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
