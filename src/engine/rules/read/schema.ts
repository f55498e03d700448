// The JSON schema of rules files, which `--rule-schema` prints, and what it has to say of a file's documents. It
// never decides what is loaded. Answers to Falco's rule_json_schema.h (spec: rules-language.md §6).

import type { ByteString } from '../../../bytes.js';
import { type Schema, validate } from '../../../schema.js';
import { isNull, keyText, type YamlMapping, type YamlNode, yamlPlace } from '../../../yaml.js';

const TEXT: Schema = { type: 'string' };
const SWITCH: Schema = { type: 'boolean' };
const reference = (name: string): Schema => ({ $ref: `#/definitions/${name}` });
const sequence = (items: Schema): Schema => ({ type: 'array', items });

function mapping(title: string, properties: Record<string, Schema>, more: Partial<Schema> = {}): Schema {
  return { type: 'object', additionalProperties: false, properties, ...more, title };
}

const OVERRIDABLE = [
  'items',
  'desc',
  'condition',
  'output',
  'priority',
  'enabled',
  'exceptions',
  'capture',
  'capture_duration',
  'tags',
  'warn_evttypes',
  'skip-if-unknown-filter',
];

export const RULES_SCHEMA: Schema = {
  $schema: 'http://json-schema.org/draft-06/schema#',
  ...sequence(reference('FalcoRule')),
  definitions: {
    FalcoRule: mapping(
      'FalcoRule',
      {
        required_engine_version: TEXT,
        required_plugin_versions: sequence(reference('RequiredPluginVersion')),
        macro: TEXT,
        condition: TEXT,
        list: TEXT,
        items: sequence(reference('Item')),
        rule: TEXT,
        desc: TEXT,
        enabled: SWITCH,
        output: TEXT,
        append: SWITCH,
        priority: reference('Priority'),
        capture: SWITCH,
        capture_duration: { type: 'integer' },
        source: TEXT,
        exceptions: sequence(reference('Exception')),
        override: reference('Override'),
        tags: sequence(TEXT),
        warn_evttypes: SWITCH,
        'skip-if-unknown-filter': SWITCH,
      },
      { required: [] },
    ),
    Item: { anyOf: [{ type: 'integer' }, TEXT], title: 'Item' },
    Exception: mapping(
      'Exception',
      { name: TEXT, fields: {}, comps: {}, values: {} },
      { required: ['name'] },
    ),
    Priority: {
      type: 'string',
      enum: [
        'EMERGENCY',
        'ALERT',
        'CRITICAL',
        'ERROR',
        'WARNING',
        'NOTICE',
        'INFO',
        'INFORMATIONAL',
        'DEBUG',
      ],
      title: 'Priority',
    },
    OverriddenItem: { type: 'string', enum: ['append', 'replace'], title: 'OverriddenItem' },
    Override: mapping(
      'Override',
      Object.fromEntries(OVERRIDABLE.map((key) => [key, reference('OverriddenItem')])),
      { minProperties: 1 },
    ),
    RequiredPluginVersion: mapping(
      'RequiredPluginVersion',
      { name: TEXT, version: TEXT, alternatives: sequence(reference('Alternative')) },
      { required: ['name', 'version'] },
    ),
    Alternative: mapping('Alternative', { name: TEXT, version: TEXT }, { required: ['name', 'version'] }),
  },
};

export type SchemaCheck = { readonly status: readonly ByteString[] } | { readonly error: ByteString };

/** Checks all documents. Error: a key that is no scalar, which upstream's check cannot read. */
export function checkSchema(documents: readonly YamlNode[]): SchemaCheck {
  for (const document of documents) {
    const key = unreadableKey(document);
    if (key !== undefined) return { error: `yaml-cpp: ${yamlPlace(key.mark)}: bad conversion` };
  }
  // For yaml-cpp there is no document where there is nothing but null.
  if (documents.every(isNull)) return { status: [] };
  return { status: documents.flatMap((document) => validate(RULES_SCHEMA, withoutOwn(document))) };
}

/** Keys of rules that are ours. */
const OWN_KEYS: ReadonlySet<string> = new Set(['alert', 'suppress']);

// The schema is Falco's, and printed as such; what is ours has its own checks, with better words.
function withoutOwn(document: YamlNode): YamlNode {
  if (document.kind !== 'sequence') return document;
  return { ...document, items: document.items.map(withoutOwnKeys) };
}

function withoutOwnKeys(item: YamlNode): YamlNode {
  if (item.kind !== 'mapping') return item;
  const names = item.entries.map(({ key }) => keyText(key));
  if (!names.includes('rule')) return names.includes('correlation') ? { ...item, entries: [] } : item;
  const entries = item.entries.filter((_, i) => !OWN_KEYS.has(names[i] ?? ''));
  return { ...item, entries };
}

/** The first key that is a collection, in a mapping whose keys the schema looks at. */
function unreadableKey(document: YamlNode): YamlNode | undefined {
  return firstOf(mappingsIn(document), (item) => keyIn(item, ['exceptions', 'override', PLUGINS]));
}

const PLUGINS = 'required_plugin_versions';
const INNER: Readonly<Record<string, readonly string[]>> = { [PLUGINS]: ['alternatives'] };

function keyIn(item: YamlMapping, inner: readonly string[]): YamlNode | undefined {
  const own = item.entries.find(({ key }) => key.kind !== 'scalar');
  if (own !== undefined) return own.key;
  return firstOf(item.entries, ({ key, value }) => {
    if (key.kind !== 'scalar' || !inner.includes(key.text)) return undefined;
    const mappings = value.kind === 'mapping' ? [value] : mappingsIn(value);
    return firstOf(mappings, (mapping) => keyIn(mapping, INNER[key.text] ?? []));
  });
}

const mappingsIn = (node: YamlNode): readonly YamlMapping[] =>
  node.kind === 'sequence' ? node.items.filter((item) => item.kind === 'mapping') : [];

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
