// In: the lists of the merged configuration. Out: rule selection, append_output and static_fields, typed
// (spec: cli-and-config.md §2.6, §2.7). Answers to the conversions in falco's configuration.h.

import type { ByteString } from '../../bytes.js';
import type { AppendOutputConfig, RuleSelectionConfig } from '../config.js';
import { flagOf, type Reader, textOf } from '../read/read.js';
import { badConversion, child, keyText, type Tree } from '../read/tree.js';

export function readRuleSelection(reader: Reader): readonly RuleSelectionConfig[] {
  return reader.items('rules').map(readSelection);
}

function readSelection(entry: Tree): RuleSelectionConfig {
  if (entry.kind !== 'mapping') throw badConversion(entry);
  const enabled = child(entry, 'enable');
  const what = enabled ?? child(entry, 'disable');
  if (what?.kind !== 'mapping') throw badConversion(entry);
  const rule = textAt(what, 'rule');
  const tag = textAt(what, 'tag');
  if (rule === '' && tag === '') throw badConversion(entry);
  return { enable: enabled !== undefined, ...(rule !== '' && { rule }), ...(tag !== '' && { tag }) };
}

/** The text of a key; empty where it is missing. */
function textAt(tree: Tree, key: string): ByteString {
  const value = child(tree, key);
  return value === undefined ? '' : textOf(value);
}

export function readAppendOutput(reader: Reader): readonly AppendOutputConfig[] {
  return reader.items('append_output').map(readAppendEntry);
}

function readAppendEntry(entry: Tree): AppendOutputConfig {
  if (entry.kind !== 'mapping') throw badConversion(entry);
  const match = child(entry, 'match');
  const suggested = child(entry, 'suggested_output');
  return {
    source: match === undefined ? '' : textAt(match, 'source'),
    rule: match === undefined ? '' : textAt(match, 'rule'),
    tags: match === undefined ? [] : readTags(entry, child(match, 'tags')),
    extraOutput: textAt(entry, 'extra_output'),
    suggestedOutput: suggested === undefined ? false : flagOf(suggested),
    ...readExtraFields(entry),
  };
}

function readTags(entry: Tree, tags: Tree | undefined): readonly ByteString[] {
  if (tags?.kind !== 'sequence') return [];
  const texts = tags.items.map((tag) => {
    if (tag.kind !== 'scalar' || tag.isNull) throw badConversion(entry);
    return tag.text;
  });
  return [...new Set(texts)].sort();
}

function readExtraFields(entry: Tree): Pick<AppendOutputConfig, 'formattedFields' | 'rawFields'> {
  const formatted = new Map<ByteString, ByteString>();
  const raw = new Set<ByteString>();
  const fields = child(entry, 'extra_fields');
  if (fields !== undefined && fields.kind !== 'sequence') throw badConversion(entry);
  for (const field of fields?.items ?? []) {
    if (field.kind === 'mapping' && field.entries.length === 1) {
      const { key, value } = field.entries[0]!;
      const name = keyText(key);
      if (formatted.has(name) || raw.has(name)) throw badConversion(entry);
      formatted.set(name, textOf(value));
    } else if (field.kind === 'scalar' && !field.isNull) {
      if (formatted.has(field.text)) throw badConversion(entry);
      raw.add(field.text);
    } else throw badConversion(entry);
  }
  return {
    formattedFields: [...formatted].sort(byKey).map(([key, format]) => ({ key, format })),
    rawFields: [...raw].sort(),
  };
}

function byKey(a: readonly [ByteString, ByteString], b: readonly [ByteString, ByteString]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}

/** A mapping of texts; anything else is none. @throws ConfigError for values that are no text */
export function readStaticFields(reader: Reader): ReadonlyMap<ByteString, ByteString> {
  const tree = reader.node('static_fields');
  if (tree?.kind !== 'mapping') return new Map();
  const fields = new Map<ByteString, ByteString>();
  for (const { key, value } of tree.entries) fields.set(keyText(key), textOf(value));
  return new Map([...fields].sort(byKey));
}

/** Falco's warning about an entry that names both a rule and tags (its spelling). */
export function appendOutputWarning(entry: AppendOutputConfig): ByteString | undefined {
  if (entry.rule === '' || entry.tags.length === 0) return undefined;
  const tags = entry.tags
    .map((tag) => `${tag}, `)
    .join('')
    .slice(0, -1);
  return `An append_ouptut entry specifies both a rule (${entry.rule}) and a list of tags (${tags}). This means that output will be appended only to the ${entry.rule} rule and only if it has all the tags: ${tags}.`;
}
