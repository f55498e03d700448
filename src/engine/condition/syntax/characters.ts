// Which bytes may stand where in a condition: one table of classes, and the scans built on it.
// Answers to the token patterns of Falco's filter parser (spec: rules-language.md §1.1), which run over bytes in
// the C locale; bytes above 0x7f count as text only where they form a UTF-8 sequence, as in RE2.

import type { ByteString } from '../../../bytes.js';

export const LETTER = 1;
/** Letter, digit or underscore. */
export const WORD = 2;
export const DIGIT = 4;
export const HEX_DIGIT = 8;
/** Separates tokens: space, \t, \b, \r, \n. */
export const BLANK = 16;
/** White space of the patterns: \v and \f too, but not \b. Ends a bare string, even where it is no blank. */
export const SPACE = 32;
/** May stand in a bare string. */
export const BARE = 64;
/** May stand in a bare field argument. */
export const ARGUMENT = 128;

const CLASSES = buildClasses();

function buildClasses(): Uint8Array {
  const classes = new Uint8Array(256);
  const add = (flag: number, chars: string): void => {
    for (const char of chars) classes[char.charCodeAt(0)]! |= flag;
  };
  const digits = '0123456789';
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  add(LETTER, letters);
  add(WORD, `${letters}${digits}_`);
  add(DIGIT, digits);
  add(HEX_DIGIT, `${digits}abcdefABCDEF`);
  add(BLANK, ' \t\b\r\n');
  add(SPACE, ' \t\n\v\f\r');
  for (let code = 0; code < 0x80; code++) {
    const char = String.fromCharCode(code);
    if (!'()"\'=, \t\n\v\f\r'.includes(char)) classes[code]! |= BARE;
    if (!'[]"\' \t\n\v\f\r'.includes(char)) classes[code]! |= ARGUMENT;
  }
  return classes;
}

/** Whether the byte at `offset` is of a class; false at the end of the text. */
export function isClass(text: ByteString, offset: number, flag: number): boolean {
  return (CLASSES[text.charCodeAt(offset)]! & flag) !== 0;
}

/** Offset behind the run of bytes of one class that starts at `offset`. */
export function endOfRun(text: ByteString, offset: number, flag: number): number {
  let end = offset;
  while (isClass(text, end, flag)) end++;
  return end;
}

/** As endOfRun for the text classes BARE and ARGUMENT, which also take whole UTF-8 sequences. */
export function endOfText(text: ByteString, offset: number, flag: number): number {
  let end = offset;
  for (;;) {
    end = endOfRun(text, end, flag);
    const length = sequenceLength(text, end);
    if (length === 0) return end;
    end += length;
  }
}

/** Length of the UTF-8 sequence of two to four bytes at `offset`; 0 if there is none. Overlong ones pass, as in RE2. */
function sequenceLength(text: ByteString, offset: number): number {
  const first = text.charCodeAt(offset);
  if (!(first >= 0xc2 && first <= 0xf4)) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  for (let i = 1; i < length; i++) {
    if ((text.charCodeAt(offset + i) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

/** Offset behind the identifier at `offset`; `offset` itself if there is none. */
export function endOfIdentifier(text: ByteString, offset: number): number {
  return isClass(text, offset, LETTER) ? endOfRun(text, offset, WORD) : offset;
}

/** Offset behind the field name (identifiers with at least one dot between) at `offset`; `offset` if there is none. */
export function endOfFieldName(text: ByteString, offset: number): number {
  const first = endOfIdentifier(text, offset);
  let end = first;
  if (first === offset) return offset;
  while (text.charCodeAt(end) === 0x2e && isClass(text, end + 1, LETTER))
    end = endOfIdentifier(text, end + 1);
  return end === first ? offset : end;
}

/** Offset behind the hexadecimal or decimal number at `offset`; `offset` if there is none. */
export function endOfNumber(text: ByteString, offset: number): number {
  if (text[offset] === '0' && (text[offset + 1] === 'x' || text[offset + 1] === 'X')) {
    const end = endOfRun(text, offset + 2, HEX_DIGIT);
    if (end > offset + 2) return end;
  }
  const digits = text[offset] === '+' || text[offset] === '-' ? offset + 1 : offset;
  let end = endOfRun(text, digits, DIGIT);
  if (end === digits) return offset;
  if (text[end] === '.') end = endOfRun(text, end + 1, DIGIT);
  const signed = text[end + 1] === '+' || text[end + 1] === '-';
  if ((text[end] === 'e' || text[end] === 'E') && signed && isClass(text, end + 2, DIGIT)) {
    end = endOfRun(text, end + 2, DIGIT);
  }
  return end;
}
