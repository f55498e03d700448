// Escapes in quoted YAML scalars. Answers to yaml-cpp, which writes \N and \_ as one byte each.

import { codePointBytes } from '../bytes.js';
import { CHAR } from './characters.js';
import { FAULTS, YamlFault } from './fault.js';
import { mark, type Stream, take } from './stream.js';

const SIMPLE: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  N: '\x85',
  _: '\xa0',
  L: '\xe2\x80\xa8',
  P: '\xe2\x80\xa9',
};

const HEX_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Takes the escape that starts here, in a double-quoted scalar or a doubled single quote. */
export function readEscape(s: Stream): string {
  const opening = take(s);
  const char = String.fromCharCode(take(s));
  if (opening === CHAR.single) return char;
  const simple = SIMPLE[char];
  if (simple !== undefined) return simple;
  const length = HEX_LENGTHS[char];
  if (length !== undefined) return readHex(s, length);
  throw new YamlFault(mark(s), FAULTS.escape + char);
}

function readHex(s: Stream, length: number): string {
  let digits = '';
  for (let i = 0; i < length; i++) digits += String.fromCharCode(take(s));
  if (!/^[0-9a-fA-F]+$/.test(digits)) throw new YamlFault(mark(s), FAULTS.hex);
  const value = Number.parseInt(digits, 16);
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff)
    throw new YamlFault(mark(s), `${FAULTS.unicode}${value}`);
  return codePointBytes(value);
}
