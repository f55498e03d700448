// In: rules files and their load results. Out: for those that are no rules files, what they seem to be, and what to do.

import type { ByteString } from '../../bytes.js';
import { kindOfFile, whatToDo } from '../../config/check/kind-of-file.js';
import type { LoadResult } from '../../engine/diagnostic.js';
import type { RulesFile } from '../../engine/rules/loader.js';
import { printable } from '../../printable.js';

/** What a file that does not load is instead, if it can be told, and what to do with it. */
export function otherKinds(files: readonly RulesFile[], results: readonly LoadResult[]): ByteString {
  const failed = new Set(results.filter((result) => !result.successful).map(({ name }) => name));
  return files
    .filter(({ name }) => failed.has(name))
    .map(({ name, content }) => ({ name, kind: kindOfFile(content) }))
    .map(({ name, kind }) => (kind === undefined ? '' : `${printable(whatToDo(name, kind))}\n`))
    .join('');
}
