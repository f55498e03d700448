// The words of faults in values, and the choice between a few of them.

import type { ByteString } from '../bytes.js';
import { ConfigError } from './read/tree.js';

/** `Error reading config file (f): text`, the way Falco says it. */
export function fileFault(file: ByteString, text: ByteString): ConfigError {
  return new ConfigError(`Error reading config file (${file}): ${text}`);
}

/** The value that a text spells, in this case of letters. */
export function oneOf<T extends string>(values: readonly T[], text: ByteString): T | undefined {
  return values.find((value) => value === text);
}
