// Packages that are not installed with tsfalco: loaded when something is opened that needs them.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The package, or undefined where it is not installed. Errors: those of the package itself. */
export function optionalPackage<T>(name: string): T | undefined {
  try {
    return require(name) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    return undefined;
  }
}

/** Whether it could be loaded, as far as that shows without doing so. */
export function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** What to say where it is not. @param who what needs it: `this source` */
export const packageMissing = (who: string, name: string, version: string): string =>
  `${who} needs the package ${name}: npm install ${name}@${version}`;
