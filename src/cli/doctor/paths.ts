// Files and ports that a run will want, tried without changing anything.

import { accessSync, constants, existsSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { failure, ok, type Verdict, warning } from './checks.js';
import { codeOf, systemReason } from './system-reason.js';

/** Whether a file can be written, or made. */
export function writable(path: string): Verdict {
  const folder = dirname(path);
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) return failure(`${path} is a directory`);
    accessSync(found === undefined ? folder : path, constants.W_OK);
    return ok(found === undefined ? `${path} can be made` : `${path} can be written`);
  } catch (error) {
    return failure(
      `${path} cannot be written: ${systemReason(error)}`,
      `see to ${folder}, or name another file`,
    );
  }
}

/** The same for a file whose folders are made as well; a folder is made and removed, since some file systems lie. */
export function makeable(path: string): Verdict {
  if (existsSync(dirname(path))) return writable(path);
  let folder = dirname(path);
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    rmdirSync(mkdtempSync(join(folder, '.tsfalco-')));
    return ok(`${path} can be made`);
  } catch (error) {
    return failure(
      `${path} cannot be written: ${systemReason(error)}`,
      `see to ${folder}, or name another file`,
    );
  }
}

/** Whether a port is free. @param setting what names the port */
export function listenable(
  host: string | undefined,
  port: number,
  setting: string,
  signal: AbortSignal,
): Promise<Verdict> {
  const where = `${host === undefined || host === '' ? '*' : host}:${port}`;
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', (error) => {
      const code = codeOf(error);
      if (code === 'EADDRINUSE')
        resolve(warning(`${where} is in use`, `fine if tsfalco runs already; else change ${setting}`));
      else {
        const reason = code === 'EADDRNOTAVAIL' ? 'this machine has no such address' : systemReason(error);
        resolve(failure(`cannot listen on ${where}: ${reason}`, `change ${setting}`));
      }
    });
    server.listen({ host: host || undefined, port, signal }, () =>
      server.close(() => resolve(ok(`${where} is free`))),
    );
  });
}
