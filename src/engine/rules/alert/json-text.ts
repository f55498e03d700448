// Values → JSON text, as alerts and the escaped text line hold it: compact, non-ASCII bytes as they are, invalid
// UTF-8 as U+FFFD, integers exact. Answers to the JSON writer that Falco uses (spec: rules-language.md §3.3, 3.4).

import { type ByteString, fromBytes, toBytes } from '../../../bytes.js';
import type { Value } from '../../../fields/field.js';

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
  if (typeof value === 'string') return jsonText(value);
  if (value === undefined) return 'null';
  if (typeof value !== 'object') return String(value);
  return value.length === 0 ? 'null' : `[${value.map(jsonText).join(',')}]`;
}

/** Values take another way through Falco than the rest of an alert, where broken UTF-8 is read leniently. */
function jsonText(bytes: ByteString): ByteString {
  if (!NOT_PLAIN.test(bytes)) return `"${bytes}"`;
  const text = fromBytes(bytes);
  return toBytes(JSON.stringify(text.includes(REPLACEMENT) ? lenientText(bytes) : text));
}

const REPLACEMENT = '\ufffd';

/** Lead byte below this limit → bytes of the sequence, bits of the lead byte that count, least code point. */
const LEADS = [
  { below: 0x80, length: 1, mask: 0x7f, least: 0 },
  { below: 0xe0, length: 2, mask: 0x1f, least: 0x80 },
  { below: 0xf0, length: 3, mask: 0x0f, least: 0x800 },
  { below: 0xf8, length: 4, mask: 0x07, least: 0x10000 },
] as const;

/** UTF-8 as jsoncpp reads it: the lead byte decides, whatever follows is taken for continuation bytes. */
function lenientText(bytes: ByteString): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const lead = LEADS.find(({ below }) => bytes.charCodeAt(at) < below);
    if (lead === undefined || at + lead.length > bytes.length) {
      text += REPLACEMENT;
      at++;
      continue;
    }
    let code = bytes.charCodeAt(at) & lead.mask;
    for (let i = 1; i < lead.length; i++) code = (code << 6) | (bytes.charCodeAt(at + i) & 0x3f);
    const valid = code >= lead.least && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    text += valid ? String.fromCodePoint(code) : REPLACEMENT;
    at += lead.length;
  }
  return text;
}

/** Strings as an array. */
export function jsonArray(values: readonly ByteString[]): ByteString {
  return `[${values.map(jsonString).join(',')}]`;
}
