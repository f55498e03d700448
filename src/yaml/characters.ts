// The small patterns of YAML, matched at a stream's place. Bytes below 128 decide; all others are text.
// Answers to yaml-cpp's expressions: a break is LF, CR LF or a lone CR. A leaf.

import { END, peek, type Stream } from './stream.js';

const byte = (char: string): number => char.charCodeAt(0);

export const CHAR = {
  tab: 9,
  space: 32,
  lf: 10,
  cr: 13,
  hash: byte('#'),
  colon: byte(':'),
  question: byte('?'),
  dash: byte('-'),
  comma: byte(','),
  percent: byte('%'),
  openBracket: byte('['),
  closeBracket: byte(']'),
  openBrace: byte('{'),
  closeBrace: byte('}'),
  star: byte('*'),
  ampersand: byte('&'),
  bang: byte('!'),
  pipe: byte('|'),
  greater: byte('>'),
  less: byte('<'),
  single: byte("'"),
  double: byte('"'),
  backslash: byte('\\'),
  plus: byte('+'),
} as const;

/** Set of bytes as a lookup table. */
function set(chars: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const char of chars) table[byte(char)] = 1;
  return table;
}

const BLOCK_INDICATORS = set(',[]{}#&*!|>\'"%@`');
const FLOW_INDICATORS = set('?,[]{}#&*!|>\'"%@`');
const FLOW_ENDS = set(',]}');
const FLOW_SCALAR_ENDS = set(',?[]{}');
const NAME_ENDS = set('[]{},');
const AFTER_NAME = set('?:,]}%@`');
const WORD = set('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-');
const TAG = set("#;/?:@&=+$_.~*'()");
const URI = set("#;/?:@&=+$,_.!~*'()[]");
const HEX = set('0123456789abcdefABCDEF');

export const isBlank = (c: number): boolean => c === CHAR.space || c === CHAR.tab;
export const isBreak = (c: number): boolean => c === CHAR.lf || c === CHAR.cr;
export const isBlankOrBreak = (c: number): boolean => isBlank(c) || isBreak(c);

/** Blank, break or the end: what makes an indicator one. */
const isGap = (c: number): boolean => isBlankOrBreak(c) || c === END;

/** Length of the break here; 0 if there is none. */
export function breakLength(s: Stream): number {
  const c = peek(s);
  if (c === CHAR.lf) return 1;
  if (c === CHAR.cr) return peek(s, 1) === CHAR.lf ? 2 : 1;
  return 0;
}

const triple = (s: Stream, char: string): boolean => s.text.startsWith(char, s.offset) && isGap(peek(s, 3));

export const isDocumentStart = (s: Stream): boolean => triple(s, '---');
export const isDocumentEnd = (s: Stream): boolean => triple(s, '...');
export const isDocumentIndicator = (s: Stream): boolean => isDocumentStart(s) || isDocumentEnd(s);

export const isBlockEntry = (s: Stream): boolean => peek(s) === CHAR.dash && isGap(peek(s, 1));
export const isKey = (s: Stream): boolean => peek(s) === CHAR.question && isBlankOrBreak(peek(s, 1));
export const isValue = (s: Stream): boolean => peek(s) === CHAR.colon && isGap(peek(s, 1));

/** A colon in flow context; behind a quoted scalar or a collection it needs nothing after it. */
export function isFlowValue(s: Stream, afterJson: boolean): boolean {
  if (peek(s) !== CHAR.colon) return false;
  const next = peek(s, 1);
  return afterJson || isBlankOrBreak(next) || FLOW_ENDS[next] === 1;
}

export function startsPlain(s: Stream): boolean {
  const c = peek(s);
  if (isBlankOrBreak(c) || BLOCK_INDICATORS[c] === 1) return false;
  const indicator = c === CHAR.dash || c === CHAR.question || c === CHAR.colon;
  return !(indicator && isGap(peek(s, 1)));
}

export function startsFlowPlain(s: Stream): boolean {
  const c = peek(s);
  if (isBlankOrBreak(c) || FLOW_INDICATORS[c] === 1) return false;
  const next = peek(s, 1);
  return !((c === CHAR.dash || c === CHAR.colon) && (isBlank(next) || next === END));
}

function startsComment(s: Stream): boolean {
  const c = peek(s);
  if (isBlank(c)) return peek(s, 1) === CHAR.hash;
  return isBreak(c) && peek(s, breakLength(s)) === CHAR.hash;
}

export const endsPlain = (s: Stream): boolean => isValue(s) || startsComment(s);

export function endsFlowPlain(s: Stream): boolean {
  const c = peek(s);
  if (FLOW_SCALAR_ENDS[c] === 1) return true;
  if (c !== CHAR.colon) return startsComment(s);
  const next = peek(s, 1);
  return isGap(next) || FLOW_ENDS[next] === 1;
}

export const isNameByte = (c: number): boolean => !isBlankOrBreak(c) && NAME_ENDS[c] !== 1;
export const mayFollowName = (c: number): boolean => isBlankOrBreak(c) || AFTER_NAME[c] === 1;

export const isWord = (c: number): boolean => WORD[c] === 1;

function percentLength(s: Stream): number {
  const escaped = peek(s) === CHAR.percent && HEX[peek(s, 1)] === 1 && HEX[peek(s, 2)] === 1;
  return escaped ? 3 : 0;
}

/** Length of the next piece of a tag; 0 if it ends here. */
export function tagLength(s: Stream): number {
  const c = peek(s);
  return isWord(c) || TAG[c] === 1 ? 1 : percentLength(s);
}

/** Length of the next piece of a verbatim tag; 0 if it ends here. */
export function uriLength(s: Stream): number {
  const c = peek(s);
  return isWord(c) || URI[c] === 1 ? 1 : percentLength(s);
}
