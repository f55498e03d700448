// In: a plugin's schema and the text of its init_config. Out: its settings, typed as the schema says, or Falco's message of
// why the plugin does not start (spec: fields-and-sources.md §3.7); and the schema as --plugin-info prints it.
// Answers to libsinsp's validate_config and the plugins' own decoder.

import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import { suggest } from '../suggest.js';
import type { Plugin, Setting, SettingsOf, SettingsProperties, SettingsSchema } from './plugin.js';

/** init_config as the configuration gives it: JSON, and the spelling of the scalars at its top level. */
export interface InitConfig {
  /** JSON or other text; empty: none. */
  readonly initConfig: ByteString;
  /** By key, what stands in the file; undefined where the configuration is a text. */
  readonly initTexts?: Readonly<Record<ByteString, ByteString>> | undefined;
}

export interface UnknownKey {
  readonly key: ByteString;
  readonly text: ByteString;
}

export type PluginInit<Settings> =
  | {
      readonly ok: true;
      readonly settings: Settings;
      /** What was given and means nothing. Falco keeps silent about it. */
      readonly unknown: readonly UnknownKey[];
      /** What is wrong with keys that only we have: the source does not open. Text, one line each. */
      readonly faults: readonly string[];
    }
  /** `runtime`: Falco reports it as a runtime error. */
  | { readonly ok: false; readonly error: ByteString; readonly runtime: boolean };

/** Keys count in any case and in both styles, `maxEventSize` and `max_event_size`; users mix them up. */
export function plainKey(key: string): string {
  return key.replaceAll('_', '').toLowerCase();
}

/** Reads the settings of a plugin. Never throws. */
export function initPlugin<P extends SettingsProperties>(
  { name, settings: schema }: Pick<Plugin<P>, 'name' | 'settings'>,
  given: InitConfig | ByteString,
): PluginInit<SettingsOf<P>> {
  const config = typeof given === 'string' ? { initConfig: given } : given;
  // Such a plugin takes anything, and reads nothing.
  if (schema === undefined) return { ok: true, settings: {} as SettingsOf<P>, unknown: [], faults: [] };
  const runtime = (text: string) =>
    ({ ok: false, runtime: true, error: `error in plugin ${name}${text}` }) as const;
  let json: unknown;
  try {
    json = config.initConfig === '' ? {} : JSON.parse(fromBytes(config.initConfig));
  } catch {
    return runtime(': init config is not a valid json');
  }
  const path = findWrongType(json, schema.properties);
  if (path !== undefined)
    return runtime(` init config: In ${path}, Value type not permitted by 'type' constraint.`);
  return readValues(json as Json, name, schema, config.initTexts ?? {});
}

type Json = Readonly<Record<string, unknown>>;

/** Place of the first value, by name, whose type Falco's schema refuses. */
function findWrongType(json: unknown, properties: SettingsProperties): string | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return '<root>';
  const values = new Map<string, unknown>(Object.entries(json));
  const wrong = Object.keys(properties)
    .sort()
    .find(
      (key) =>
        properties[key]!.own === undefined &&
        values.has(key) &&
        !hasType(values.get(key), properties[key]!.type),
    );
  return wrong === undefined ? undefined : `<root>[${wrong}]`;
}

function hasType(value: unknown, type: Setting['type']): boolean {
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

function readValues<P extends SettingsProperties>(
  json: Json,
  plugin: string,
  { properties }: SettingsSchema<P>,
  texts: Readonly<Record<string, string>>,
): PluginInit<SettingsOf<P>> {
  const known = new Map(Object.keys(properties).map((key) => [plainKey(key), key]));
  const values = new Map<string, unknown>();
  const unknown: UnknownKey[] = [];
  const faults: string[] = [];
  for (const [given, value] of Object.entries(json)) {
    const key = known.get(plainKey(given));
    if (key === undefined) unknown.push(unknownKey(plugin, given, [...known.values()]));
    if (key === undefined || value === null) continue;
    const setting = properties[key]!;
    const isOwn = setting.own === true;
    if (!isOwn && (!hasType(value, setting.type) || (typeof value === 'number' && value < 0)))
      return { ok: false, runtime: false, error: decoderFault(key, value, setting.type) };
    const text = isOwn ? texts[toBytes(given)] : undefined;
    const read = readValue(setting, text === undefined ? value : fromBytes(text));
    if (read.fault !== undefined) faults.push(`init_config of ${plugin}: ${key} ${read.fault}`);
    else if (read.value !== undefined) values.set(key, read.value);
  }
  for (const [key, { default: falcos, here }] of Object.entries<Setting>(properties)) {
    const fallback = here?.default ?? falcos;
    if (fallback !== undefined && !values.has(key)) values.set(key, fallback);
  }
  return { ok: true, settings: Object.fromEntries(values) as SettingsOf<P>, unknown, faults };
}

function unknownKey(plugin: string, key: string, known: readonly string[]): UnknownKey {
  const near = suggest(key, known);
  const advice = near === undefined ? '' : `; did you mean '${near}'?`;
  return {
    key: toBytes(key),
    text: toBytes(`init_config of plugin ${plugin}: unknown key '${key}' has no effect${advice}`),
  };
}

interface Read {
  readonly value?: unknown;
  readonly fault?: string;
}

/** A value as the schema wants it; keys that only we have may be spelled as texts. The empty text is no value. */
function readValue({ type, own, here, minimum = here?.minimum }: Setting, given: unknown): Read {
  if (given === '' && own === true) return {};
  const isScalar = typeof given !== 'object';
  switch (type) {
    case 'string':
      return isScalar ? { value: String(given) } : { fault: 'must be a text' };
    case 'boolean':
      if (given === true || given === 'true') return { value: true };
      return given === false || given === 'false' ? { value: false } : { fault: 'must be true or false' };
    case 'integer':
    case 'number': {
      if (!isScalar) return { fault: 'must be a text' };
      const number = Number(given);
      const fits = Number.isFinite(number) && (type === 'number' || Number.isInteger(number));
      if (fits && number >= (minimum ?? Number.NEGATIVE_INFINITY)) return { value: number };
      const least = minimum === undefined ? '' : ` of at least ${minimum}`;
      return { fault: `must be a${type === 'number' ? '' : ' whole'} number${least}, not ${String(given)}` };
    }
    case 'array':
      return { value: Array.isArray(given) ? given : [given] };
    case 'object':
      return jsonKind(given) === 'object' ? { value: given } : { fault: 'must be a mapping' };
  }
}

const GO_TYPES = {
  string: 'string',
  boolean: 'bool',
  integer: 'uint64',
  number: 'float64',
  array: '[]string',
  object: 'map[string]interface {}',
} as const;

/** The Go decoder's words. */
function decoderFault(key: string, value: unknown, type: Setting['type']): ByteString {
  const what =
    typeof value === 'number' ? `number ${value}` : typeof value === 'boolean' ? 'bool' : jsonKind(value);
  const text = `could not initialize plugin: json: cannot unmarshal ${what} into Go struct field PluginConfig.${key} of type ${GO_TYPES[type]}`;
  return toBytes(text);
}

function jsonKind(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value === 'object' ? 'object' : typeof value;
}

/** The schema as --plugin-info prints it: with the keys of Falco's plugin only. */
export function schemaText({ properties, additionalProperties, definitions }: SettingsSchema): string {
  const shown = Object.entries(properties)
    .filter(([, { own }]) => own === undefined)
    .map(([key, { own: _own, here: _here, secret: _secret, ...shown }]) => [key, shown] as const);
  const config = {
    properties: Object.fromEntries(shown),
    ...(additionalProperties && { additionalProperties }),
    type: 'object',
  };
  if (definitions === undefined) return JSON.stringify(config);
  return JSON.stringify({ ...definitions.head, [definitions.keyword]: { PluginConfig: config } });
}
