// A bracket expression of a glob, read for one byte the way the GNU C library's fnmatch(3) reads it.
// Its odd corners (unknown classes, lone brackets, reversed ranges) are kept: rules may depend on them.

import type { ByteString } from '../../../bytes.js';

/** Offset behind the bracket; `literal`: it is not closed, so the `[` stands for itself; `never`: nothing matches. */
export type BracketEnd = number | 'literal' | 'never';

export interface BracketVerdict {
  readonly matched: boolean;
  readonly end: BracketEnd;
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t-\r ]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

const NEVER: BracketVerdict = { matched: false, end: 'never' };
const LITERAL: BracketVerdict = { matched: false, end: 'literal' };

/**
 * Reads the bracket behind the `[` before `start` and asks whether `byte` is in it.
 * @param folds maps each byte to what it is compared as.
 */
export function readBracket(
  pattern: ByteString,
  start: number,
  byte: number,
  folds: Uint8Array,
): BracketVerdict {
  const negated = pattern[start] === '!' || pattern[start] === '^';
  const folded = folds[byte]!;
  let at = negated ? start + 1 : start;
  let matched = false;
  // The first element may be a `]`.
  for (let first = true; first || pattern[at] !== ']'; first = false) {
    const item = readItem(pattern, at, matched);
    if (item === 'never') return NEVER;
    if (item === undefined) return LITERAL;
    at = item.end;
    if (matched) continue;
    if (item.kind === 'class') matched = item.test.test(String.fromCharCode(byte));
    else if (item.kind === 'byte') matched = item.exact ? item.byte === byte : folds[item.byte] === folded;
    else if (item.kind === 'open-range') {
      matched = folds[item.byte] === folded;
      if (!matched) return NEVER;
    } else matched = folds[item.low]! <= folded && folded <= folds[item.high]!;
  }
  return { matched: matched !== negated, end: at + 1 };
}

type Item =
  | { readonly kind: 'class'; readonly test: RegExp; readonly end: number }
  | { readonly kind: 'byte'; readonly byte: number; readonly exact: boolean; readonly end: number }
  /** A byte and a `-` that end the pattern. */
  | { readonly kind: 'open-range'; readonly byte: number; readonly end: number }
  | { readonly kind: 'range'; readonly low: number; readonly high: number; readonly end: number };

// The element at `at`. undefined: the pattern ends here. Behind a match the library only skips: what is wrong then differs.
function readItem(pattern: ByteString, at: number, matched: boolean): Item | 'never' | undefined {
  if (at >= pattern.length) return undefined;
  const opener = pattern.slice(at, at + 2);
  if (opener === '[:') {
    const name = /^\[:([a-y]*):\]/.exec(pattern.slice(at))?.[1];
    if (name !== undefined) {
      const test = Object.hasOwn(CLASSES, name) ? CLASSES[name] : matched ? /^/ : undefined;
      return test === undefined ? 'never' : { kind: 'class', test, end: at + name.length + 4 };
    }
  }
  if (opener === '[=') {
    const closed = pattern.slice(at + 3, at + 5) === '=]';
    if (closed) return { kind: 'byte', byte: pattern.charCodeAt(at + 2), exact: true, end: at + 5 };
    if (matched) return 'never';
  }
  if (matched) return opener === '[.' ? skipSymbol(pattern, at) : skipByte(pattern, at);
  return readRange(pattern, at, opener === '[.');
}

// Behind a match, `[.name.]` may have any name.
function skipSymbol(pattern: ByteString, at: number): Item | 'never' {
  const close = pattern.indexOf('.]', at + 2);
  return close < 0 ? 'never' : { kind: 'byte', byte: 0, exact: true, end: close + 2 };
}

function skipByte(pattern: ByteString, at: number): Item | 'never' {
  const skipped = readByte(pattern, at);
  return skipped === undefined ? 'never' : { kind: 'byte', byte: 0, exact: true, end: skipped.end };
}

// A byte, or a range of them.
function readRange(pattern: ByteString, at: number, symbol: boolean): Item | 'never' {
  const low = symbol ? readSymbol(pattern, at) : readByte(pattern, at);
  if (low === undefined) return 'never';
  const { end } = low;
  const isRange = pattern[end] === '-' && pattern[end + 1] !== ']';
  if (isRange && end + 1 === pattern.length) return { kind: 'open-range', byte: low.byte, end };
  if (!isRange) return { kind: 'byte', byte: low.byte, exact: symbol, end };
  const high =
    pattern.slice(end + 1, end + 3) === '[.' ? readSymbol(pattern, end + 1) : readByte(pattern, end + 1);
  return high === undefined ? 'never' : { kind: 'range', low: low.byte, high: high.byte, end: high.end };
}

// A byte, with a backslash before it or not.
function readByte(
  pattern: ByteString,
  at: number,
): { readonly byte: number; readonly end: number } | undefined {
  const i = pattern[at] === '\\' ? at + 1 : at;
  return i < pattern.length ? { byte: pattern.charCodeAt(i), end: i + 1 } : undefined;
}

// `[.x.]`: only one-byte names exist.
function readSymbol(
  pattern: ByteString,
  at: number,
): { readonly byte: number; readonly end: number } | undefined {
  const close = pattern.indexOf('.]', at + 2);
  return close === at + 3 ? { byte: pattern.charCodeAt(at + 2), end: close + 2 } : undefined;
}
