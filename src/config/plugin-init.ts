// In: a plugin and the text of its init_config. Out: its values, or Falco's message of why it does not start
// (spec: fields-and-sources.md §3.7). Answers to libsinsp's validate_config and the plugins' own decoder.

import { type ByteString, toBytes } from '../bytes.js';
import { suggest } from '../suggest.js';
import { type BuiltinPlugin, type PropertySchema, plainKey } from './builtin.js';

/** Values by the schema's spelling of their keys; keys that are not given are missing. */
export type InitValues = Readonly<Record<string, ByteString | number | boolean>>;

export interface UnknownKey {
  readonly key: ByteString;
  readonly text: ByteString;
}

export type PluginInit =
  | {
      readonly ok: true;
      readonly values: InitValues;
      /** What was given and means nothing. Falco keeps silent about it. */
      readonly unknown: readonly UnknownKey[];
    }
  /** `runtime`: Falco reports it as a runtime error. */
  | { readonly ok: false; readonly error: ByteString; readonly runtime: boolean };

export function initPlugin(plugin: BuiltinPlugin, config: ByteString): PluginInit {
  const { schema } = plugin;
  if (schema === undefined) return { ok: true, values: {}, unknown: [] };
  const runtime = (text: string): PluginInit => ({
    ok: false,
    runtime: true,
    error: `error in plugin ${plugin.name}${text}`,
  });
  let json: unknown;
  try {
    json = JSON.parse(config === '' ? '{}' : config);
  } catch {
    return runtime(': init config is not a valid json');
  }
  const path = findWrongType(json, schema.properties);
  if (path !== undefined) {
    return runtime(` init config: In ${path}, Value type not permitted by 'type' constraint.`);
  }
  return readValues(json as Readonly<Record<string, unknown>>, plugin, schema.properties);
}

/** Place of the first value, by name, whose type the schema refuses. */
function findWrongType(
  json: unknown,
  properties: Readonly<Record<string, PropertySchema>>,
): string | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return '<root>';
  const values = new Map<string, unknown>(Object.entries(json));
  const wrong = Object.keys(properties)
    .sort()
    .find((key) => values.has(key) && !hasType(values.get(key), properties[key]!.type));
  return wrong === undefined ? undefined : `<root>[${wrong}]`;
}

function hasType(value: unknown, type: PropertySchema['type']): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return jsonKind(value) === 'object' && value !== null;
    default:
      return typeof value === type;
  }
}

function readValues(
  json: Readonly<Record<string, unknown>>,
  { name, ownKeys = [] }: BuiltinPlugin,
  properties: Readonly<Record<string, PropertySchema>>,
): PluginInit {
  const known = new Map(Object.keys(properties).map((key) => [plainKey(key), key]));
  const own = new Set(ownKeys.map((key) => plainKey(key.name)));
  const values: Record<string, ByteString | number | boolean> = {};
  const unknown: UnknownKey[] = [];
  for (const [given, value] of Object.entries(json)) {
    const key = known.get(plainKey(given));
    if (key === undefined && !own.has(plainKey(given))) {
      const near = suggest(given, [...known.values(), ...ownKeys.map((key) => key.name)]);
      const advice = near === undefined ? '' : `; did you mean '${near}'?`;
      unknown.push({
        key: given,
        text: `init_config of plugin ${name}: unknown key '${given}' has no effect${advice}`,
      });
    }
    if (key === undefined || value === null) continue;
    const { type } = properties[key]!;
    if (!hasType(value, type) || (typeof value === 'number' && value < 0)) {
      return { ok: false, runtime: false, error: decoderFault(key, value, type) };
    }
    // Lists and mappings belong to plugins that do nothing here.
    if (typeof value !== 'object') values[key] = value as string | number | boolean;
  }
  return { ok: true, values, unknown };
}

const GO_TYPES = {
  string: 'string',
  boolean: 'bool',
  integer: 'uint64',
  array: '[]string',
  object: 'map[string]interface {}',
} as const;

/** The Go decoder's words. */
function decoderFault(key: string, value: unknown, type: PropertySchema['type']): ByteString {
  const what =
    typeof value === 'number' ? `number ${value}` : typeof value === 'boolean' ? 'bool' : jsonKind(value);
  const text = `could not initialize plugin: json: cannot unmarshal ${what} into Go struct field PluginConfig.${key} of type ${GO_TYPES[type]}`;
  return toBytes(text);
}

function jsonKind(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value === 'object' ? 'object' : typeof value;
}
