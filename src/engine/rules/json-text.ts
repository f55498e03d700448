// Values → JSON text, as alerts and the escaped text line hold it: compact, non-ASCII bytes as they are, invalid
// UTF-8 as U+FFFD, integers exact. Answers to the JSON writer that Falco uses (spec: rules-language.md §3.3, 3.4).

import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import type { Value } from '../../fields/field.js';

// Quotes, backslashes and controls need an escape; bytes above 0x7f need a look.
const NOT_PLAIN = /[^ !#-[\]-\x7f]/;

/** A string with its quotes. */
export function jsonString(bytes: ByteString): ByteString {
  // JSON.stringify escapes what Falco's writer does, in the same way; surrogates cannot come out of UTF-8.
  return NOT_PLAIN.test(bytes) ? toBytes(JSON.stringify(fromBytes(bytes))) : `"${bytes}"`;
}

/** A string without its quotes: how a text line is escaped. */
export function escapeLine(bytes: ByteString): ByteString {
  return NOT_PLAIN.test(bytes) ? jsonString(bytes).slice(1, -1) : bytes;
}

/** A value; a missing one and an empty list are null. */
export function jsonValue(value: Value | undefined): ByteString {
  if (typeof value === 'string') return jsonString(value);
  if (value === undefined) return 'null';
  if (typeof value !== 'object') return String(value);
  return value.length === 0 ? 'null' : jsonArray(value);
}

/** Strings as an array. */
export function jsonArray(values: readonly ByteString[]): ByteString {
  return `[${values.map(jsonString).join(',')}]`;
}
