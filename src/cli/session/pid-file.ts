// -P: the process id in a file (spec: cli-and-config.md §5.6). Never removed, as in Falco.

import { writeFileSync } from 'node:fs';
import type { ByteString } from '../../bytes.js';
import type { Log } from '../../log.js';
import { Failure } from '../host.js';

/** Falco's exit(-1). */
const EXIT_CODE = 255;

/** @throws Failure, said already */
export function writePidFile(path: ByteString, pid: number, log: Log): void {
  try {
    writeFileSync(Buffer.from(path, 'latin1'), String(pid));
  } catch {
    const text = `Could not write pid to pidfile ${path}. Exiting.`;
    log.write('error', text);
    throw new Failure(text, 'silent', EXIT_CODE);
  }
}
