// A cursor over a regular expression's code points, with RE2's way to report what is wrong at it.

import type { ByteString } from '../../../bytes.js';

/** RE2's text of a fault. Never leaves the translation of a pattern (regex-syntax.ts). */
export class RegexFault extends Error {}

/** Raises RE2's `<what>: <where>`, or only `<what>`. */
export function raise(what: string, where: ByteString = ''): never {
  throw new RegexFault(where === '' ? what : `${what}: ${where}`);
}

export interface RegexCursor {
  /** The character `ahead` of the next one as bytes; '' behind the end. */
  peek(ahead?: number): ByteString;
  atEnd(): boolean;
  /** How many characters are left. */
  left(): number;
  skip(count: number): void;
  /** The next character's code point; the cursor moves on. Raises what RE2 says of broken UTF-8 and of the end. */
  take(): number;
  /** Place of the cursor, for `since` and `rest`. */
  place(): number;
  /** The text between a place and the cursor. */
  since(place: number): ByteString;
  /** The text from a place (default: the cursor) to the end. */
  rest(place?: number): ByteString;
}

// One UTF-8 sequence (surrogates pass, as in RE2), or a byte that starts none.
const SEQUENCE =
  /[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\s\S]/g;

export function createRegexCursor(pattern: ByteString): RegexCursor {
  const characters: readonly ByteString[] = pattern.match(SEQUENCE) ?? [];
  let at = 0;
  return {
    peek: (ahead = 0) => characters[at + ahead] ?? '',
    atEnd: () => at === characters.length,
    left: () => characters.length - at,
    skip: (count) => {
      at += count;
    },
    take: () => {
      const code = decode(characters[at] ?? '');
      if (code < 0) raise('invalid UTF-8');
      at++;
      return code;
    },
    place: () => at,
    since: (place) => characters.slice(place, at).join(''),
    rest: (place = at) => characters.slice(place).join(''),
  };
}

// -1: no character.
function decode(bytes: ByteString): number {
  const lead = bytes.charCodeAt(0);
  if (bytes.length === 1) return lead < 0x80 ? lead : -1;
  if (bytes === '') return -1;
  let code = lead & (0x7f >> bytes.length);
  for (let i = 1; i < bytes.length; i++) code = (code << 6) | (bytes.charCodeAt(i) & 0x3f);
  return code;
}
