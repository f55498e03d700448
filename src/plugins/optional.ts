// Client packages that sources need.

import { optionalPackage, packageMissing } from '../optional.js';
import { SourceError } from '../sources/source.js';

/**
 * Loads a package that users install beside tsfalco.
 * Errors: SourceError, which says how to install it.
 */
export function loadClient<T>(name: string, version: string): T {
  const found = optionalPackage<T>(name);
  if (found === undefined) throw new SourceError(packageMissing('this source', name, version));
  return found;
}
