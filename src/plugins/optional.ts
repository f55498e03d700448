// Client packages that are not installed with tsfalco: loaded when a source is opened that needs them.

import { createRequire } from 'node:module';
import { SourceError } from '../sources/source.js';

const require = createRequire(import.meta.url);

/**
 * Loads a package that users install beside tsfalco.
 * Errors: SourceError, which says how to install it.
 */
export function loadClient<T>(name: string, version: string): T {
  try {
    return require(name) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new SourceError(`this source needs the package ${name}: npm install ${name}@${version}`, {
      cause: error,
    });
  }
}
