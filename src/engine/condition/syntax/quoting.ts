// Quoted strings of conditions: body → value, and value → text that a printed condition shows.
// Answers to Falco's escaping.cpp (spec: rules-language.md §1.3); strings in, strings or a message out.

import type { ByteString } from '../../../bytes.js';

/** A value, or the message that refuses the escape. */
export type Unescaped = { readonly value: ByteString } | { readonly error: ByteString };

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  // A backslash before a space stands for itself and swallows the space: Falco keeps it for old rules.
  ' ': '\\',
  '/': '/',
};

/** Offset of the quote that closes the string opened at `open`, or -1. A quote behind a backslash never closes, nor one behind a NUL. */
export function closingQuote(text: ByteString, open: number): number {
  const quote = text[open]!;
  for (let at = text.indexOf(quote, open + 1); at !== -1; at = text.indexOf(quote, at + 1)) {
    if (text[at - 1] !== '\\') return text.slice(open, at).includes('\0') ? -1 : at;
  }
  return -1;
}

/** @param body what stands between the quotes. */
export function unescapeBody(body: ByteString, quote: string): Unescaped {
  if (!body.includes('\\')) return { value: body };
  let value = '';
  for (let i = 0; i < body.length; i++) {
    const char = body[i]!;
    if (char !== '\\') {
      value += char;
      continue;
    }
    i++;
    const letter = body[i]!;
    if (letter === 'x') {
      const digits = body.slice(i + 1, i + 3);
      if (digits.length < 2) return { error: 'truncated hex char escape sequence' };
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) return { error: `invalid hex char escape sequence: ${digits}` };
      value += String.fromCharCode(Number.parseInt(digits, 16));
      i += 2;
    } else if (letter === '"' || letter === "'") {
      if (letter !== quote) return { error: `invalid \\${letter} escape in ${quote}-quoted string` };
      value += letter;
    } else {
      const simple = SIMPLE_ESCAPES[letter];
      if (simple === undefined) return { error: `unsupported string escape sequence: \\${letter}` };
      value += simple;
    }
  }
  return { value };
}

const NEEDS_QUOTES = /[\b\f\n\r\t =\\"'\0]/;

const PRINTED_ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
  '"': '\\"',
};

/** A value as printed conditions show it: quoted only where blanks, quotes, `=` or control characters demand it. */
export function quote(value: ByteString): ByteString {
  if (!NEEDS_QUOTES.test(value)) return value;
  return `"${value.replace(/[\b\f\n\r\t\\"]/g, (char) => PRINTED_ESCAPES[char]!)}"`;
}
