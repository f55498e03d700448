// In: `plugins` and `load_plugins`. Out: the plugins to load, in order, with their parameters
// (spec: cli-and-config.md §2.4). Answers to the conversion of plugin_config in falco's configuration.h.

import { posix } from 'node:path';
import type { ByteString } from '../../bytes.js';
import type { PluginConfig } from '../config.js';
import { type Reader, readDecimal, readFlag, readInteger, textOf } from '../read/read.js';
import {
  badConversion,
  ConfigError,
  child,
  isNull,
  keyText,
  type MappingTree,
  type Tree,
  yamlFault,
} from '../read/tree.js';

/** Where Falco looks for libraries with a relative path. */
export const PLUGINS_DIR = '/usr/share/falco/plugins/';

const MAX_INT32 = 2_147_483_647n;
const MIN_INT32 = -2_147_483_648n;

/** @throws ConfigError */
export function readPlugins(reader: Reader, file: ByteString): readonly PluginConfig[] {
  const wanted = reader.node('load_plugins') === undefined ? undefined : reader.texts('load_plugins');
  const plugins = readDefinitions(reader, file);
  if (wanted === undefined) return plugins;
  return wanted.map((name) => {
    const plugin = plugins.find((each) => each.name === name);
    if (plugin === undefined) {
      throw new ConfigError(`Cannot load plugin '${name}': plugin config not found for given name`);
    }
    return plugin;
  });
}

function readDefinitions(reader: Reader, file: ByteString): readonly PluginConfig[] {
  try {
    return reader.items('plugins').map(readPlugin);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(
      `Error reading config file(${file}): could not load plugins config: ${error.message}`,
    );
  }
}

function readPlugin(entry: Tree): PluginConfig {
  if (entry.kind !== 'mapping') throw badConversion(entry);
  const name = child(entry, 'name');
  const library = child(entry, 'library_path');
  if (name === undefined || library === undefined) throw badConversion(entry);
  const openParams = child(entry, 'open_params');
  return {
    name: textOf(name),
    libraryPath: readLibraryPath(library),
    ...readInitConfig(child(entry, 'init_config')),
    openParams: openParams === undefined || isNull(openParams) ? '' : trim(textOf(openParams)),
  };
}

/** Blanks as C sees them; String.trim would also take bytes of UTF-8 sequences. */
function trim(text: ByteString): ByteString {
  return text.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '');
}

function readLibraryPath(tree: Tree): ByteString {
  const path = textOf(tree);
  if (path === '' || path.startsWith('/')) return path;
  const full = posix.join(PLUGINS_DIR, path);
  if (full.startsWith(PLUGINS_DIR)) return full;
  throw yamlFault(
    tree.mark,
    `plugin library_path '${path}' resolves outside the plugins directory (${PLUGINS_DIR})`,
  );
}

/** Falco guesses the types of a mapping's scalars, and refuses what it guessed wrong; a plugin may look at their spelling. */
function readInitConfig(tree: Tree | undefined): Pick<PluginConfig, 'initConfig' | 'initTexts'> {
  if (tree === undefined || isNull(tree)) return { initConfig: '' };
  if (tree.kind !== 'mapping') return { initConfig: textOf(tree) };
  // Falco makes null of an empty mapping and then refuses it; here it is a configuration that says nothing.
  if (tree.entries.length === 0) return { initConfig: '' };
  const scalars = tree.entries.flatMap(({ key, value }) =>
    value.kind === 'scalar' && !value.isNull ? [[keyText(key), value.text] as const] : [],
  );
  return { initConfig: toJson(tree), initTexts: Object.fromEntries(scalars) };
}

/** Compact JSON with sorted keys. Scalars become numbers or booleans where they look like it, quoted or not. */
function toJson(tree: Tree): ByteString {
  switch (tree.kind) {
    case 'scalar':
      return tree.isNull ? 'null' : scalarJson(tree.text);
    case 'sequence':
      // Falco makes null of what is empty.
      return tree.items.length === 0 ? 'null' : `[${tree.items.map(toJson).join(',')}]`;
    case 'mapping':
      return mappingJson(tree);
  }
}

function mappingJson(tree: MappingTree): ByteString {
  const members = new Map<ByteString, ByteString>();
  for (const { key, value } of tree.entries) {
    members.set(keyText(key), toJson(value));
  }
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
  if (sorted.length === 0) return 'null';
  return `{${sorted.map(([key, value]) => `${quoted(key)}:${value}`).join(',')}}`;
}

function scalarJson(text: ByteString): string {
  const integer = readInteger(text);
  if (integer !== undefined && integer >= MIN_INT32 && integer <= MAX_INT32) return String(integer);
  const decimal = readDecimal(text);
  if (decimal !== undefined) {
    if (!Number.isFinite(decimal)) return 'null';
    return Number.isInteger(decimal) && Math.abs(decimal) < 1e15 ? decimal.toFixed(1) : String(decimal);
  }
  const flag = readFlag(text);
  return flag === undefined ? quoted(text) : String(flag);
}

/** JSON text of a byte string: bytes above ASCII stay as they are. */
function quoted(text: ByteString): ByteString {
  return JSON.stringify(text);
}
