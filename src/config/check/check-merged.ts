// In: the merged configuration. Out: what has no effect in it as a whole: entries that stand there twice, settings that
// another file has replaced, keys of init_config that no plugin knows, files that are not there. Falco says none of it.

import type { ByteString } from '../../bytes.js';
import type { Config, PluginConfig } from '../config.js';
import { type ConfigFinding, placeText } from '../finding.js';
import type { Files } from '../read/files.js';
import { isNull, keyText, type Tree } from '../read/tree.js';
import { checkValues } from './check-values.js';
import { isIgnored } from './ignored.js';

export function checkMerged({ tree }: Config): readonly ConfigFinding[] {
  return [
    // The files have been checked one by one; here, what -o made.
    ...checkValues(tree).filter(({ mark }) => mark?.file === undefined),
    ...checkPluginsTwice(tree),
    ...checkLoadedTwice(tree),
  ];
}

/** The items of a list at the top level; those of a lone scalar, as it is read. */
function itemsOf(tree: Tree, key: string): readonly Tree[] {
  const value = valueAt(tree, key);
  if (value?.kind === 'sequence') return value.items;
  return value?.kind === 'scalar' && !isNull(value) ? [value] : [];
}

function valueAt(tree: Tree, key: string): Tree | undefined {
  return tree.kind === 'mapping'
    ? tree.entries.find((entry) => keyText(entry.key) === key)?.value
    : undefined;
}

function textOf(tree: Tree | undefined): ByteString | undefined {
  return tree?.kind === 'scalar' ? tree.text : undefined;
}

function checkPluginsTwice(tree: Tree): readonly ConfigFinding[] {
  const plugins = itemsOf(tree, 'plugins');
  return repeated(plugins.map((plugin) => textOf(valueAt(plugin, 'name')))).map(({ name, first, at }) => ({
    mark: plugins[at]!.mark,
    text: `plugin ${name} is configured twice; the first entry counts (plugins[${first}] in ${placeText(plugins[first]!.mark)})`,
  }));
}

function checkLoadedTwice(tree: Tree): readonly ConfigFinding[] {
  const names = itemsOf(tree, 'load_plugins');
  return repeated(names.map(textOf)).map(({ name, first, at }) => ({
    mark: names[at]!.mark,
    text: `load_plugins names ${name} twice (first in ${placeText(names[first]!.mark)})`,
  }));
}

/** Names that have been there before, and where. */
function repeated(names: readonly (ByteString | undefined)[]) {
  const seen = new Map<ByteString, number>();
  return names.flatMap((name, at) => {
    if (name === undefined) return [];
    const first = seen.get(name);
    if (first === undefined) seen.set(name, at);
    return first === undefined ? [] : [{ name, first, at }];
  });
}

/** A key of init_config that its plugin does not know, with what is said of it. */
export interface UnknownInitKey {
  readonly key: ByteString;
  readonly text: ByteString;
}

/**
 * Keys that a loaded plugin does not know. Whether values are right is the plugin's to say when it starts.
 * @param unknownIn gives those of a plugin
 */
export function checkInitConfigs(
  { tree, plugins }: Pick<Config, 'tree' | 'plugins'>,
  unknownIn: (plugin: PluginConfig) => readonly UnknownInitKey[],
): readonly ConfigFinding[] {
  return plugins.flatMap((config) => {
    const entry = itemsOf(tree, 'plugins').find((plugin) => textOf(valueAt(plugin, 'name')) === config.name);
    const given = entry && valueAt(entry, 'init_config');
    return unknownIn(config).map(({ key, text }) => {
      const at =
        given?.kind === 'mapping' ? given.entries.find((each) => keyText(each.key) === key) : undefined;
      return { mark: at?.key.mark ?? given?.mark, text };
    });
  });
}

/**
 * What is lost where an included file replaces a key: a whole section, or the value of another included file. That it
 * replaces a value of the main file is what it is there for.
 */
export function checkReplaced(
  key: ByteString,
  before: Tree,
  after: Tree,
  main: ByteString | undefined,
): readonly ConfigFinding[] {
  const files = before.mark?.file;
  if (before.kind === 'mapping') {
    const lost = lostKeys(key, before, after);
    if (lost.length === 0) return [];
    const text = `${key} replaces the whole section of ${placeText(before.mark)}, also ${lost.join(', ')}`;
    return [{ mark: after.mark, text }];
  }
  // A list has grown; only where the strategy is override it has not.
  const grown =
    after.kind === 'sequence' &&
    before.kind === 'sequence' &&
    before.items.every((item, at) => item === after.items[at]);
  if (grown || files === main || isNull(before)) return [];
  return [{ mark: before.mark, text: `${key} is set again in ${placeText(after.mark)}, which counts` }];
}

/** Keys of a section that the new one does not have. Those for system calls never have an effect. */
function lostKeys(section: ByteString, before: Tree, after: Tree): readonly ByteString[] {
  if (before.kind !== 'mapping') return [];
  return before.entries.flatMap(({ key }) => {
    const name = keyText(key);
    const path = `${section}.${name}`;
    const missed = section !== 'engine' && !isIgnored(path) && valueAt(after, name) === undefined;
    return missed ? [path] : [];
  });
}

/** Files of Falco's own `rules_files`, which many do not have. */
const SHIPPED_RULES: readonly string[] = [
  '/etc/falco/falco_rules.yaml',
  '/etc/falco/falco_rules.local.yaml',
  '/etc/falco/rules.d',
];

/** Names of `rules_files` that lead nowhere. */
export function checkRulesFiles({ tree }: Pick<Config, 'tree'>, files: Files): readonly ConfigFinding[] {
  return [...itemsOf(tree, 'rules_files'), ...itemsOf(tree, 'rules_file')].flatMap((item) => {
    const path = textOf(item);
    if (path === undefined || SHIPPED_RULES.includes(path) || files.kind(path) !== undefined) return [];
    return [{ mark: item.mark, text: `rules_files: there is no file or folder '${path}'` }];
  });
}
