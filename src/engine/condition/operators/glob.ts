// Globs as fnmatch(3) of the GNU C library reads them in the C locale, without flags: byte-wise, `*` crosses `/`.
// Serves Falco's operators glob, iglob and pmatch (spec: rules-language.md §2.8). Matching time is bounded by
// pattern length × value length: when a byte does not fit, only the last `*` has to take one more.

import type { ByteString } from '../../../bytes.js';
import { type BracketEnd, readBracket } from './glob-bracket.js';
import { lowerAscii } from './text.js';

export type GlobMatcher = (value: ByteString) => boolean;

const STAR = Symbol('*');
/** A byte (folded), a set of bytes by number, or any run of bytes. */
type Token = number | Uint8Array | typeof STAR;

const OPEN_BRACKET = 0x5b;
const ANY_BYTE = new Uint8Array(256).fill(1);

const SAME = new Uint8Array(256).map((_, i) => i);
const FOLDED = SAME.map((c) => (c >= 0x41 && c <= 0x5a ? c + 0x20 : c));

/** Compiles a glob; any byte string is one. With `fold`, ASCII letters match in either case. */
export function compileGlob(pattern: ByteString, fold: boolean): GlobMatcher {
  const tokens = readTokens(pattern, fold ? FOLDED : SAME);
  if (tokens === undefined) return () => false;
  return (fold ? undefined : literalMatcher(tokens)) ?? tokenMatcher(tokens, fold ? FOLDED : SAME);
}

// Longest glob that is taken from an event: what a constant may have.
const MAX_VALUE_GLOB = 255;

/**
 * Compiles a glob that comes from an event. Falco reads one of any length, in exponential time; here longer ones
 * than a constant can be match only as plain text, so that no event can make an evaluation long.
 */
export function compileValueGlob(pattern: ByteString, fold: boolean): GlobMatcher {
  if (pattern.length <= MAX_VALUE_GLOB) return compileGlob(pattern, fold);
  if (/[?*[\\]/.test(pattern)) return () => false;
  const text = fold ? lowerAscii(pattern) : pattern;
  return (value) => (fold ? lowerAscii(value) : value) === text;
}

/** Whether a text has a character that makes it a glob. */
export function hasWildcard(text: ByteString): boolean {
  return /[?*[]/.test(text);
}

// undefined: the pattern matches nothing.
function readTokens(pattern: ByteString, folds: Uint8Array): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  while (at < pattern.length) {
    const c = pattern[at]!;
    if (c === '*') {
      if (tokens.at(-1) !== STAR) tokens.push(STAR);
      at++;
    } else if (c === '?') {
      tokens.push(ANY_BYTE);
      at++;
    } else if (c === '[') {
      const bracket = bracketToken(pattern, at, folds);
      if (bracket === undefined) return undefined;
      tokens.push(bracket.token);
      at = bracket.end;
    } else {
      if (c === '\\') at++;
      if (at === pattern.length) return undefined;
      tokens.push(folds[pattern.charCodeAt(at)]!);
      at++;
    }
  }
  return tokens;
}

// The set that the bracket at `at` stands for: each byte is asked for on its own, because what is wrong with a
// bracket shows only to the bytes that no earlier part of it has matched.
function bracketToken(
  pattern: ByteString,
  at: number,
  folds: Uint8Array,
): { readonly token: Token; readonly end: number } | undefined {
  // An unclosed bracket need not be read for every byte: what is left is the `[` itself.
  if (readBracket(pattern, at + 1, OPEN_BRACKET, folds).end === 'literal')
    return { token: OPEN_BRACKET, end: at + 1 };
  const set = new Uint8Array(256);
  let end: BracketEnd = 'never';
  for (let byte = 0; byte < 256; byte++) {
    const verdict = readBracket(pattern, at + 1, byte, folds);
    if (verdict.end === 'never') continue;
    end = verdict.end;
    if (verdict.matched) set[byte] = 1;
  }
  return typeof end === 'number' ? { token: set, end } : undefined;
}

// Patterns that plain string operations answer: no wildcard but `*` at an end, or one in the middle.
function literalMatcher(tokens: readonly Token[]): GlobMatcher | undefined {
  const parts = [''];
  for (const token of tokens) {
    if (token === STAR) parts.push('');
    else if (typeof token === 'number') parts[parts.length - 1] += String.fromCharCode(token);
    else return undefined;
  }
  const [first, second, third] = parts as [ByteString, ByteString?, ByteString?];
  if (second === undefined) return (value) => value === first;
  if (parts.length === 2) {
    const least = first.length + second.length;
    return (value) => value.length >= least && value.startsWith(first) && value.endsWith(second);
  }
  if (parts.length === 3 && first === '' && third === '') return (value) => value.includes(second);
  return undefined;
}

function tokenMatcher(tokens: readonly Token[], folds: Uint8Array): GlobMatcher {
  return (value) => {
    let t = 0;
    let v = 0;
    // Where the last `*` stands, and how far it reaches so far.
    let star = -1;
    let reach = 0;
    while (v < value.length) {
      const token = tokens[t];
      const byte = value.charCodeAt(v);
      if (token === STAR) {
        star = t++;
        reach = v;
      } else if (
        typeof token === 'number' ? token === folds[byte] : token !== undefined && token[byte] === 1
      ) {
        t++;
        v++;
      } else if (star >= 0) {
        t = star + 1;
        v = ++reach;
      } else return false;
    }
    while (tokens[t] === STAR) t++;
    return t === tokens.length;
  };
}
