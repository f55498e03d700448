// In: an entry of `config_files`. Out: what it names, merged into the tree (spec: cli-and-config.md §1.5).
// Answers to yaml_helper::include_config_file.

import type { ByteString } from '../bytes.js';
import { filesInside } from './files.js';
import type { Loading } from './loading.js';
import { textOf } from './read.js';
import { readFile } from './read-file.js';
import { badConversion, ConfigError, child, keyText, type Tree, withChild, yamlFault } from './tree.js';

type Strategy = 'append' | 'override' | 'add-only';

export interface Include {
  readonly path: ByteString;
  readonly strategy: Strategy;
}

/** @throws ConfigError */
export function readInclude(entry: Tree): Include {
  if (entry.kind !== 'mapping') return { path: textOf(entry), strategy: 'append' };
  const path = child(entry, 'path');
  if (path === undefined) throw badConversion(entry);
  const strategy = child(entry, 'strategy');
  const name = strategy === undefined ? '' : textOf(strategy);
  return { path: textOf(path), strategy: name === 'override' || name === 'add-only' ? name : 'append' };
}

/** Files and directories that are not there are left out. @throws ConfigError */
export function include(loading: Loading, { path, strategy }: Include, main: ByteString): void {
  const { files } = loading.source;
  if (path === main) {
    throw new ConfigError(
      `Config error: 'config_files' directive tried to recursively include main config file: ${main}.`,
    );
  }
  switch (files.kind(path)) {
    case 'file':
      merge(loading, path, readFile(loading, path, true), strategy);
      return;
    case 'directory':
      loading.folders.push(path);
      for (const file of filesInside(files, path))
        merge(loading, file, readFile(loading, file, false), strategy);
      return;
    case 'other':
    case undefined:
      return;
  }
}

function merge(loading: Loading, file: ByteString, included: Tree, strategy: Strategy): void {
  if (included.kind === 'sequence')
    throw yamlFault(included.mark, `${file} holds a sequence instead of a mapping`);
  for (const entry of included.kind === 'mapping' ? included.entries : []) {
    const key = keyText(entry.key);
    if (key === 'config_files') {
      throw new ConfigError(`Config error: 'config_files' directive in included config file ${file}.`);
    }
    const present = child(loading.tree, key);
    if (strategy === 'add-only' && present !== undefined) continue;
    const value = strategy === 'append' ? appended(present, entry.value) : entry.value;
    loading.tree = withChild(loading.tree, key, value);
  }
}

/** Sequences grow; everything else is replaced. */
function appended(present: Tree | undefined, value: Tree): Tree {
  if (value.kind !== 'sequence' || present === undefined) return value;
  if (present.kind === 'sequence') return { ...present, items: [...present.items, ...value.items] };
  if (present.kind === 'scalar' && present.isNull) return value;
  throw yamlFault(present.mark, 'appending to a non-sequence');
}
