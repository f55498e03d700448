// Log files on disk → batches of records: a file, or all of a folder and the folders in it, in Falco's order (spec:
// plugins.md §2.2). What cannot be read is said and counted, and the next file is read.

import type { Stats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import type { ByteString } from '../../bytes.js';
import { fromBytes } from '../../bytes.js';
import { readPath, systemPath } from '../../sources/files/input.js';
import { SourceError } from '../../sources/source.js';
import type { Batch, OpenContext, OpenedSource } from '../plugin.js';
import { createRecordReader } from './log-file.js';
import type { CloudtrailSettings } from './settings.js';

const LOG_FILE = /\.json(?:\.gz)?$/;

/** Errors: SourceError. */
export async function openFolder({
  settings,
  paramBytes,
  io,
}: OpenContext<CloudtrailSettings>): Promise<OpenedSource> {
  const name = fromBytes(paramBytes);
  const found = await stat(systemPath(paramBytes)).catch(() => undefined);
  if (found === undefined) throw new SourceError(`cloudtrail plugin error: cannot open ${name}`);
  const paths = (await walk(paramBytes, found)).filter((path) => LOG_FILE.test(path));
  if (paths.length === 0) throw new SourceError(`cloudtrail plugin error: no json files found in ${name}`);
  const reader = createRecordReader(settings.max_event_size, io);
  return {
    bytes: true,
    maxEventSize: settings.max_event_size,
    async *batches(signal): AsyncGenerator<Batch> {
      for (const path of paths) {
        if (signal.aborted) return;
        for await (const payloads of reader.read(readPath(path, signal), fromBytes(path)))
          yield { payloads, position: undefined };
      }
    },
    summary: reader.summary,
    series: () => reader.series(name),
  };
}

// As Go's Walk: each folder in the order of its names' bytes; links in it are not followed.
async function walk(path: ByteString, found: Stats): Promise<readonly ByteString[]> {
  if (!found.isDirectory()) return [path];
  const names = await readdir(systemPath(path), { encoding: 'buffer' }).catch(() => []);
  const files: ByteString[] = [];
  for (const name of names.map((each) => each.toString('latin1')).sort()) {
    const inner = `${path.replace(/\/+$/, '')}/${name}`;
    const of = await lstat(systemPath(inner)).catch(() => undefined);
    if (of !== undefined) files.push(...(await walk(inner, of)));
  }
  return files;
}
