// In: an entry of `config_files`. Out: what it names, merged into the tree (spec: cli-and-config.md §1.5).
// Answers to yaml_helper::include_config_file.

import type { ByteString } from '../../bytes.js';
import { suggest } from '../../suggest.js';
import { checkReplaced } from '../check/check-merged.js';
import type { ConfigFinding } from '../finding.js';
import type { Loading } from '../loading.js';
import { filesInside } from './files.js';
import { textOf } from './read.js';
import { readFile } from './read-file.js';
import { badConversion, ConfigError, child, keyText, type Tree, withChild, yamlFault } from './tree.js';

type Strategy = 'append' | 'override' | 'add-only';

interface Include {
  readonly path: ByteString;
  readonly strategy: Strategy;
  readonly findings: readonly ConfigFinding[];
}

const STRATEGIES = ['append', 'override', 'add-only'] as const satisfies readonly Strategy[];

/** @throws ConfigError */
function readInclude(entry: Tree): Include {
  if (entry.kind !== 'mapping') return { path: textOf(entry), strategy: 'append', findings: [] };
  const path = child(entry, 'path');
  if (path === undefined) throw badConversion(entry);
  const given = child(entry, 'strategy');
  const name = given === undefined ? 'append' : textOf(given);
  const strategy = STRATEGIES.find((known) => known === name);
  if (strategy !== undefined) return { path: textOf(path), strategy, findings: [] };
  const near = suggest(name, STRATEGIES);
  const advice = near === undefined ? '' : `; did you mean '${near}'?`;
  const text = `config_files: strategy '${name}' is unknown, so append counts${advice}`;
  return { path: textOf(path), strategy: 'append', findings: [{ mark: given?.mark, text }] };
}

/** Files and directories that are not there are left out. @throws ConfigError */
export function include(loading: Loading, entry: Tree, main: ByteString): void {
  const { files } = loading.source;
  const { path, strategy, findings } = readInclude(entry);
  loading.findings.push(...findings);
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
      if (path === SHIPPED) return;
      loading.findings.push({ mark: entry.mark, text: `config_files: there is no file or folder '${path}'` });
  }
}

/** Falco's own falco.yaml names it, and many have none. */
const SHIPPED = '/etc/falco/config.d';

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
    if (present !== undefined)
      loading.findings.push(...checkReplaced(key, present, value, loading.source.file));
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
