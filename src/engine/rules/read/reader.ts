// One rules file: YAML documents → items, handed to the collector one by one. The first error ends the file.
// Answers to Falco's rule_loader::reader (spec: rules-language.md §4.1, §4.2).

import type { ByteString } from '../../../bytes.js';
import { suggest } from '../../../suggest.js';
import { isNull, valueAt, type YamlMapping, type YamlNode } from '../../../yaml.js';
import type { Context } from '../../diagnostic.js';
import { attempt, fileContext, nodeContext, structureFault } from '../fault.js';
import { placeOfNode } from '../texts/place.js';
import { hasKey, unknownKeys } from './overrides.js';
import { CORRELATION_KEYS, readCorrelation } from './read-correlation.js';
import {
  LIST_KEYS,
  MACRO_KEYS,
  readEngineVersion,
  readList,
  readMacro,
  readPluginVersions,
} from './read-items.js';
import { readRule } from './read-rule.js';
import type { Reading } from './reading.js';
import { RULE_KEYS } from './rule-item.js';

interface Kind {
  /** The key whose presence makes an item one of this kind, whatever its value. */
  readonly key: string;
  readonly keys: ReadonlySet<string>;
  /** Reads the item. @returns context for warnings about its other keys. */
  readonly read: (item: YamlMapping, parent: Context, reading: Reading) => Context;
}

/** In the order in which the keys decide. */
const KINDS: readonly Kind[] = [
  {
    key: 'required_engine_version',
    keys: new Set(['required_engine_version']),
    read: readEngineVersion,
  },
  {
    key: 'required_plugin_versions',
    keys: new Set(['required_plugin_versions']),
    read: readPluginVersions,
  },
  { key: 'list', keys: LIST_KEYS, read: readList },
  { key: 'macro', keys: MACRO_KEYS, read: readMacro },
  { key: 'rule', keys: RULE_KEYS, read: readRule },
  // Falco warns of an unknown item.
  { key: 'correlation', keys: CORRELATION_KEYS, read: readCorrelation },
];

const ITEM = new RegExp(
  `^\\s*-\\s*(?:\\{\\s*)?["']?(?:${KINDS.map(({ key }) => key).join('|')})["']?\\s*:`,
  'm',
);

/** Whether a text that does not load is meant for rules at all; others are no business of who reads the report. */
export const looksLikeRules = (content: ByteString): boolean => ITEM.test(content);

/** Items of one file; more only come from files made to be slow. */
const MAX_ITEMS = 50_000;

/** Reads all documents. Errors: LoadFault. */
export function readItems(documents: readonly YamlNode[], reading: Reading): void {
  const context = fileContext(reading.file.name);
  let items = 0;
  for (const document of documents) {
    if (isNull(document)) continue;
    if (document.kind === 'scalar') throw structureFault('Rules content is not yaml', context);
    if (document.kind === 'mapping')
      throw structureFault('Rules content is not yaml array of objects', context);
    items += document.items.length;
    if (items > MAX_ITEMS) throw structureFault(`Rules content has more than ${MAX_ITEMS} items`, context);
    for (const item of document.items)
      if (!isNull(item)) attempt(reading.recovery, itemName(item), () => readItem(item, context, reading));
  }
}

/** `macro m`, where an item has a kind and a name. */
function itemName(item: YamlNode): ByteString | undefined {
  if (item.kind !== 'mapping') return undefined;
  for (const kind of ['list', 'macro', 'rule']) {
    const name = valueAt(item, kind);
    if (name !== undefined) return name.kind === 'scalar' ? `${kind} ${name.text}` : undefined;
  }
  return undefined;
}

function readItem(item: YamlNode, parent: Context, reading: Reading): void {
  const unnamed = nodeContext(item.mark, 'rules content item', '', parent);
  if (item.kind !== 'mapping')
    throw structureFault(
      'Unexpected element type. Each element should be a yaml associative array.',
      unnamed,
    );
  const kind = KINDS.find(({ key }) => hasKey(item, key));
  if (kind === undefined) {
    reading.warn('LOAD_UNKNOWN_ITEM', 'Unknown top level item', unnamed, unknownItemHint(item));
    return;
  }
  const context = kind.read(item, parent, reading);
  for (const { key, node } of unknownKeys(item, kind.keys, context))
    reading.warn('LOAD_UNKNOWN_KEY', `Unknown key '${key}'. The key will be ignored.`, context, {
      place: placeOfNode(reading.file, node),
      suggestion: suggest(key, kind.keys),
    });
}

function unknownItemHint(item: YamlMapping): { readonly suggestion?: ByteString | undefined } {
  const names = KINDS.map(({ key }) => key);
  const first = item.entries[0]?.key;
  return { suggestion: first?.kind === 'scalar' ? suggest(first.text, names) : undefined };
}
