// In: the configuration file's name, `-o` options, environment. Out: the typed configuration, or Falco's message of why
// there is none (spec: cli-and-config.md §1.4, §1.5, §2). Answers to falco_configuration::init_from_file.

import type { ByteString } from '../bytes.js';
import { SCHEMA_OK, validate } from '../schema.js';
import { parseYaml, type YamlNode } from '../yaml.js';
import type { ConfigMessage, ConfigOutcome, LogConfig } from './config.js';
import { type Environment, expandTree } from './env.js';
import { type Files, filesInside } from './files.js';
import { interpret } from './interpret.js';
import { setAt } from './key.js';
import { createReader, textOf } from './read.js';
import { CONFIG_SCHEMA } from './schema.js';
import {
  badConversion,
  ConfigError,
  child,
  keyText,
  NULL,
  scalar,
  type Tree,
  withChild,
  yamlFault,
} from './tree.js';

export interface ConfigSource {
  /** Main file; undefined: none, defaults apply. */
  readonly file: ByteString | undefined;
  /** `-o`, in order. */
  readonly overrides: readonly ByteString[];
  /** `-U` */
  readonly unbuffered: boolean;
  readonly env: Environment;
  readonly files: Files;
}

/** The tree as it grows, and what is noted on the way. */
interface Loading {
  readonly source: ConfigSource;
  tree: Tree;
  readonly schema: Map<ByteString, ByteString>;
  readonly files: { readonly name: ByteString; readonly content: ByteString }[];
  readonly folders: ByteString[];
  readonly warnings: ConfigMessage[];
  log: LogConfig | undefined;
}

/** Loads the configuration. Never throws for what files and options hold. */
export function loadConfig(source: ConfigSource): ConfigOutcome {
  const loading: Loading = {
    source,
    tree: NULL,
    schema: new Map(),
    files: [],
    folders: [],
    warnings: [],
    log: undefined,
  };
  try {
    readFiles(loading);
    for (const option of source.overrides) override(loading, option);
    const interpreted = interpret(loading.tree, {
      file: source.file ?? '',
      files: source.files,
      unbuffered: source.unbuffered,
      warnings: loading.warnings,
      onLog: (log) => {
        loading.log = log;
      },
    });
    const { tree, files, folders } = loading;
    const config = { ...interpreted, file: source.file ?? '', files, folders, tree };
    const schema = [...loading.schema].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      ok: true,
      config,
      warnings: loading.warnings,
      schema: schema.map(([file, status]) => ({ file, status })),
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { message, notice } = error;
    const { log, warnings } = loading;
    return { ok: false, error: message, ...(notice !== undefined && { notice }), log, warnings };
  }
}

function readFiles(loading: Loading): void {
  const { file, overrides } = loading.source;
  if (file === undefined) return;
  try {
    loading.tree = readFile(loading, file, true);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // Falco says it in these two parts; the second is also what a failed restart reports.
    throw new ConfigError('std::exception', `Cannot read config file (${file}): ${error.message}`);
  }
  // Included files are named early, so that `-o` can name them too; all of `-o` is applied again after them.
  for (const option of overrides) if (option.startsWith('config_files')) override(loading, option);
  for (const entry of createReader(loading.tree).items('config_files'))
    include(loading, readInclude(entry), file);
}

/** A file's first document, variables replaced, validated. @throws ConfigError */
function readFile(loading: Loading, file: ByteString, named: boolean): Tree {
  let content: ByteString;
  try {
    content = loading.source.files.read(file);
  } catch (error) {
    throw new ConfigError(systemText(error));
  }
  if (named) loading.files.push({ name: file, content });
  const { documents, error } = parseYaml(content, { documents: 1 });
  if (error !== undefined) throw new ConfigError(error.message);
  const [document] = documents;
  const tree = document === undefined ? NULL : expandTree(toTree(document, []), loading.source.env);
  loading.schema.set(file, validate(CONFIG_SCHEMA, tree)[0] ?? SCHEMA_OK);
  return tree;
}

function systemText(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EISDIR') return 'Is a directory';
  if (code === 'EACCES') return 'Permission denied';
  if (code === 'ENOENT') return 'No such file or directory';
  return error instanceof Error ? error.message : String(error);
}

/** Nodes are shared through aliases, also with themselves: that has no tree. */
function toTree(node: YamlNode, above: readonly YamlNode[]): Tree {
  if (above.includes(node)) throw yamlFault(node.mark, 'an alias refers to a node that holds it');
  const { mark } = node;
  const inside = [...above, node];
  switch (node.kind) {
    case 'scalar':
      return { kind: 'scalar', text: node.text, isNull: node.isNull, mark };
    case 'sequence':
      return { kind: 'sequence', items: node.items.map((item) => toTree(item, inside)), mark };
    case 'mapping':
      return {
        kind: 'mapping',
        mark,
        entries: node.entries.map(({ key, value }) => {
          const name = toTree(key, inside);
          if (name.kind !== 'scalar') throw badConversion(name);
          return { key: name, value: toTree(value, inside) };
        }),
      };
  }
}

type Strategy = 'append' | 'override' | 'add-only';

interface Include {
  readonly path: ByteString;
  readonly strategy: Strategy;
}

function readInclude(entry: Tree): Include {
  if (entry.kind !== 'mapping') return { path: textOf(entry), strategy: 'append' };
  const path = child(entry, 'path');
  if (path === undefined) throw badConversion(entry);
  const strategy = child(entry, 'strategy');
  const name = strategy === undefined ? '' : textOf(strategy);
  return { path: textOf(path), strategy: name === 'override' || name === 'add-only' ? name : 'append' };
}

function include(loading: Loading, { path, strategy }: Include, main: ByteString): void {
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

function override(loading: Loading, option: ByteString): void {
  const equals = option.indexOf('=');
  if (equals < 0) {
    throw new ConfigError(
      `Error parsing config option "${option}". Must be of the form key=val or key.subkey=val`,
    );
  }
  const text = option.slice(equals + 1);
  loading.tree = setAt(loading.tree, option.slice(0, equals), overrideValue(text));
}

function overrideValue(text: ByteString): Tree {
  if (!(text.startsWith('{') && text.endsWith('}'))) return scalar(text);
  const { documents, error } = parseYaml(text, { documents: 1 });
  if (error !== undefined) throw new ConfigError(error.message);
  return documents[0] === undefined ? NULL : toTree(documents[0], []);
}
