// Items that are no rules: lists, macros and version requirements (spec: rules-language.md §4.2, §4.3, §4.6).
// Answers to those parts of Falco's read_item.

import { type ByteString, fromBytes, toBytes } from '../../../bytes.js';
import { valueAt, type YamlMapping, type YamlNode } from '../../../yaml.js';
import type { Context } from '../../diagnostic.js';
import { nodeContext, structureFault } from '../fault.js';
import type { PluginRequirement } from '../load-options.js';
import { APPEND_DEPRECATED, APPEND_WITH_OVERRIDE } from '../messages.js';
import { ENGINE_VERSION, parseVersion } from '../versions.js';
import { optionalBoolean, requireScalar, requireText, requireTexts, unsignedOf } from './decode.js';
import { hasOverrides, readOverrides } from './overrides.js';
import type { Reading } from './reading.js';
import { sourced } from './rule-item.js';

const LIST_NAME = /^[^()"' \t\n\v\f\r=,]+$/;
const MACRO_NAME = /^[a-zA-Z]+[a-zA-Z0-9_]*$/;

export const LIST_KEYS: ReadonlySet<string> = new Set(['list', 'items', 'append', 'override']);
export const MACRO_KEYS: ReadonlySet<string> = new Set(['macro', 'condition', 'append', 'override']);

/** Whether an item adds to an earlier one, by its flag or its override. */
function readAppend(item: YamlMapping, key: string, context: Context, reading: Reading): boolean {
  const append = optionalBoolean(item, 'append', context) ?? false;
  if (append) reading.warn('LOAD_DEPRECATED_ITEM', APPEND_DEPRECATED, context);
  const keys = new Set([key]);
  const overrides = readOverrides(item, keys, keys, context);
  if (append && hasOverrides(overrides)) throw structureFault(APPEND_WITH_OVERRIDE, context);
  return append || overrides.append.has(key);
}

export function readList(item: YamlMapping, parent: Context, reading: Reading): Context {
  const name = requireText(item, 'list', nodeContext(item.mark, 'list', '', parent));
  const context = nodeContext(item.mark, 'list', name, parent);
  // Upstream's expression knows UTF-8 only.
  if (!LIST_NAME.test(name) || toBytes(fromBytes(name)) !== name)
    reading.warn(
      'LOAD_INVALID_LIST_NAME',
      `List has an invalid name. List names should match a regular expression: ([^()"'[:space:]=,]+)`,
      context,
    );
  const items = requireTexts(item, 'items', context);
  const append = readAppend(item, 'items', context, reading);
  if (append) reading.collector.appendToList(name, items, context);
  else reading.collector.defineList({ name, items, context });
  return context;
}

export function readMacro(item: YamlMapping, parent: Context, reading: Reading): Context {
  const name = requireText(item, 'macro', nodeContext(item.mark, 'macro', '', parent));
  const context = nodeContext(item.mark, 'macro', name, parent);
  if (!MACRO_NAME.test(name))
    reading.warn(
      'LOAD_INVALID_MACRO_NAME',
      'Macro has an invalid name. Macro names should match a regular expression: ([a-zA-Z]+[a-zA-Z0-9_]*)',
      context,
    );
  const scalar = requireScalar(item, 'condition', context);
  const condition = sourced(reading.file, scalar);
  const conditionContext = nodeContext(scalar.mark, 'macro condition', '', context);
  const append = readAppend(item, 'condition', context, reading);
  if (append) reading.collector.appendToMacro(name, condition, context);
  else reading.collector.defineMacro({ name, condition, conditionContext, context });
  return context;
}

export function readEngineVersion(item: YamlMapping, parent: Context, reading: Reading): Context {
  const context = nodeContext(item.mark, 'required_engine_version', '', parent);
  const text = requireText(item, 'required_engine_version', context);
  const number = unsignedOf(text);
  // A mere number is the second part of today's versions.
  const version = number === undefined ? parseVersion(text) : ([ENGINE_VERSION[0], number, 0] as const);
  if (version === undefined)
    throw structureFault(
      `Unable to parse engine version '${text}' as a semver string. Expected "x.y.z" semver format.`,
      context,
    );
  reading.collector.requireEngine({ version, context });
  return context;
}

/** @returns the context for warnings about the item's other keys. */
export function readPluginVersions(item: YamlMapping, parent: Context, reading: Reading): Context {
  const node = valueAt(item, 'required_plugin_versions')!;
  const context = nodeContext(node.mark, 'required plugin versions', '', parent);
  if (node.kind !== 'sequence')
    throw structureFault('Value of required_plugin_versions must be a sequence', context);
  for (const entry of node.items) readPluginEntry(entry, context, reading);
  return nodeContext(item.mark, 'required plugin versions', '', parent);
}

function readPluginEntry(entry: YamlNode, parent: Context, reading: Reading): void {
  const type = 'required plugin versions entry';
  const unnamed = nodeContext(entry.mark, type, '', parent);
  if (entry.kind !== 'mapping') throw structureFault('Plugin version must be a mapping', unnamed);
  const name = requireText(entry, 'name', unnamed);
  const context = nodeContext(entry.mark, type, name, parent);
  const version = requireText(entry, 'version', context);
  const alternatives = readAlternatives(entry, context);
  reading.collector.requirePlugin({ alternatives: [{ name, version }, ...alternatives], context });
}

function readAlternatives(entry: YamlMapping, parent: Context): readonly PluginRequirement[] {
  const node = valueAt(entry, 'alternatives');
  if (node === undefined) return [];
  if (node.kind !== 'sequence')
    throw structureFault('Value of plugin version alternatives must be a sequence', parent);
  return node.items.map((item) => readAlternative(item, parent));
}

function readAlternative(item: YamlNode, parent: Context): PluginRequirement {
  const context = (name: ByteString): Context =>
    nodeContext(item.mark, 'required plugin versions alternative', name, parent);
  if (item.kind !== 'mapping')
    throw structureFault('Plugin version alternative must be a mapping', context(''));
  const name = requireText(item, 'name', context(''));
  return { name, version: requireText(item, 'version', context(name)) };
}
