// Values of an item's keys, checked in Falco's order with its messages: missing, null, no scalar, empty, bad.
// Answers to decode_val and decode_seq of Falco's rule reader (spec: rules-language.md §4.1, §4.2).

import type { ByteString } from '../../../bytes.js';
import { suggest } from '../../../suggest.js';
import { isNull, keyText, valueAt, type YamlMapping, type YamlNode, type YamlScalar } from '../../../yaml.js';
import type { Context } from '../../diagnostic.js';
import { type LoadFault, nodeContext, structureFault } from '../fault.js';

/** A key is missing; perhaps it is there, but mistyped. */
export function missingKey(item: YamlMapping, key: string, context: Context): LoadFault {
  const keys = new Map(item.entries.map((entry) => [keyText(entry.key) ?? '', entry.key.mark]));
  const found = suggest(key, keys.keys());
  const hint = found === undefined ? {} : { mark: keys.get(found), suggestion: key };
  return structureFault(`Item has no mapping for key '${key}'`, context, hint);
}

/** Scalar with a text under a key that must be there. */
export function requireScalar(item: YamlMapping, key: string, context: Context): YamlScalar {
  const node = valueAt(item, key);
  if (node === undefined) throw missingKey(item, key, context);
  return filledScalar(node, key, context);
}

function filledScalar(node: YamlNode, key: string, context: Context): YamlScalar {
  if (isNull(node)) throw structureFault(`Mapping for key '${key}' is empty`, context);
  const inner = nodeContext(node.mark, 'value for', key, context);
  if (node.kind !== 'scalar') throw structureFault('Value is not a scalar value', inner);
  if (node.text === '') throw structureFault('Value must be non-empty', inner);
  return node;
}

export function requireText(item: YamlMapping, key: string, context: Context): ByteString {
  return requireScalar(item, key, context).text;
}

/** Text under a key; undefined where the key is missing. */
export function optionalText(item: YamlMapping, key: string, context: Context): ByteString | undefined {
  return valueAt(item, key) === undefined ? undefined : requireText(item, key, context);
}

/** As optionalText, but null and empty texts count as missing. */
export function looseText(item: YamlMapping, key: string, context: Context): ByteString | undefined {
  const node = valueAt(item, key);
  if (node === undefined || isNull(node)) return undefined;
  if (node.kind === 'scalar' && node.text === '') return undefined;
  return filledScalar(node, key, context).text;
}

/** Decodes the text under a key. */
function decode<T>(
  item: YamlMapping,
  key: string,
  context: Context,
  read: (text: ByteString) => T | undefined,
): T {
  const node = requireScalar(item, key, context);
  const value = read(node.text);
  if (value !== undefined) return value;
  throw structureFault("Can't decode YAML scalar value", nodeContext(node.mark, 'value for', key, context));
}

const TRUE = /^(?:y|yes|true|on)$/;
const FALSE = /^(?:n|no|false|off)$/;
const CASES = /^(?:[a-z]+|[A-Z][a-z]*|[A-Z]+)$/;

/** YAML 1.1 words in lower, upper or capitalised form. */
function booleanOf(text: ByteString): boolean | undefined {
  if (!CASES.test(text)) return undefined;
  const word = text.toLowerCase();
  return TRUE.test(word) ? true : FALSE.test(word) ? false : undefined;
}

export function requireBoolean(item: YamlMapping, key: string, context: Context): boolean {
  return decode(item, key, context, booleanOf);
}

export function optionalBoolean(item: YamlMapping, key: string, context: Context): boolean | undefined {
  return valueAt(item, key) === undefined ? undefined : requireBoolean(item, key, context);
}

const UNSIGNED = /^\+?(?:(0[xX][0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))[ \t\n\v\f\r]*$/;

/** 32 bits as C++ streams read them: decimal, `0x` hexadecimal, octal behind a leading 0. */
export function unsignedOf(text: ByteString): number | undefined {
  const [, hex, octal, decimal] = UNSIGNED.exec(text) ?? [];
  const digits = hex ?? (octal === undefined ? decimal : `0o0${octal}`);
  if (digits === undefined) return undefined;
  const value = Number(digits);
  return value <= 0xffffffff ? value : undefined;
}

export function requireUnsigned(item: YamlMapping, key: string, context: Context): number {
  return decode(item, key, context, unsignedOf);
}

export function optionalUnsigned(item: YamlMapping, key: string, context: Context): number | undefined {
  return valueAt(item, key) === undefined ? undefined : requireUnsigned(item, key, context);
}

/** Texts of the sequence under a key, empty ones included. */
export function requireTexts(item: YamlMapping, key: string, context: Context): readonly ByteString[] {
  const node = valueAt(item, key);
  if (node === undefined) throw missingKey(item, key, context);
  const inner = nodeContext(node.mark, 'value for', key, context);
  if (node.kind !== 'sequence') throw structureFault('Value is not a sequence', inner);
  return node.items.map((entry) => {
    if (entry.kind === 'scalar' && !entry.isNull) return entry.text;
    throw structureFault('sequence value is not scalar', nodeContext(entry.mark, 'list item', '', inner));
  });
}
