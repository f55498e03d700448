// Regular expressions as RE2 reads them in POSIX mode, rewritten in the syntax of the engine (regex.ts).
// In: a pattern's bytes. Out: the same language in a form that leaves the engine nothing to interpret (characters
// as code points, groups spelled out), or RE2's own text of what is wrong (spec: rules-language.md §2.7).

import { type ByteString, codePointBytes } from '../../../bytes.js';
import { MAX_CODE_POINT, mergeRanges, negateRanges, POSIX_CLASSES, type Range } from './regex-classes.js';
import { createRegexCursor, type RegexCursor, RegexFault, raise } from './regex-cursor.js';

/** A pattern in the engine's syntax; `literal` if it matches that text and nothing else. */
export interface TranslatedRegex {
  readonly source: string;
  readonly literal: ByteString | undefined;
}

/** Rewrites a pattern, or says what RE2 says of it. */
export function translateRegex(pattern: ByteString): TranslatedRegex | { readonly error: ByteString } {
  try {
    return readRegex(createRegexCursor(pattern));
  } catch (error) {
    if (error instanceof RegexFault) return { error: error.message };
    throw error;
  }
}

/** One part of a concatenation. */
interface Piece extends TranslatedRegex {
  /** Product of the largest nested counts; RE2 allows 1000. */
  readonly repeats: number;
  /** Set for `x*`, `x+`, `x?`: RE2 folds a stack of them into one. */
  readonly unary?: { readonly operator: string; readonly inner: string };
}

// An alternation that is being read: its finished branches, and the one at work.
interface Group {
  readonly branches: Piece[];
  pieces: Piece[];
}

const MAX_REPEAT = 1000;

function readRegex(cursor: RegexCursor): TranslatedRegex {
  const open: Group[] = [];
  let group: Group = { branches: [], pieces: [] };
  while (!cursor.atEnd()) {
    const c = cursor.peek();
    if (c === '(') {
      cursor.skip(1);
      open.push(group);
      group = { branches: [], pieces: [] };
    } else if (c === '|') {
      cursor.skip(1);
      group.branches.push(concatenation(group.pieces));
      group.pieces = [];
    } else if (c === ')') {
      const outer = open.pop();
      if (outer === undefined) raise('unexpected )', cursor.rest(0));
      cursor.skip(1);
      outer.pieces.push(alternation(group));
      group = outer;
    } else readPiece(cursor, group.pieces);
  }
  if (open.length > 0) raise('missing )', cursor.rest(0));
  return alternation(group);
}

function readPiece(cursor: RegexCursor, pieces: Piece[]): void {
  const c = cursor.peek();
  switch (c) {
    // Lines, not the whole text: RE2's POSIX mode is multi-line.
    case '^':
    case '$':
      cursor.skip(1);
      pieces.push(opaque(`(?m:${c})`));
      return;
    case '.':
      cursor.skip(1);
      pieces.push(opaque('[^\\n]'));
      return;
    case '[':
      pieces.push(readClass(cursor));
      return;
    case '*':
    case '+':
    case '?':
      cursor.skip(1);
      if (pieces.length === 0) raise('no argument for repetition operator', c);
      pieces.push(repeat(pieces.pop()!, c));
      return;
    case '{':
      readCount(cursor, pieces);
      return;
    case '\\':
      pieces.push(character(readEscape(cursor)));
      return;
    default:
      pieces.push(character(cursor.take()));
  }
}

function opaque(source: string): Piece {
  return { source, literal: undefined, repeats: 1 };
}

function character(code: number): Piece {
  // Values are made valid UTF-8 before they are matched: no surrogates, and U+FFFD may stand for any bytes.
  const plain = code !== 0xfffd && (code < 0xd800 || code > 0xdfff);
  return { source: hex(code), literal: plain ? codePointBytes(code) : undefined, repeats: 1 };
}

function hex(code: number): string {
  return `\\x{${code.toString(16)}}`;
}

function concatenation(pieces: readonly Piece[]): Piece {
  return {
    source: pieces.map((piece) => piece.source).join(''),
    literal: pieces.some((piece) => piece.literal === undefined)
      ? undefined
      : pieces.map((piece) => piece.literal).join(''),
    repeats: Math.max(1, ...pieces.map((piece) => piece.repeats)),
  };
}

function alternation({ branches, pieces }: Group): Piece {
  const last = concatenation(pieces);
  if (branches.length === 0) return { ...last, source: `(?:${last.source})` };
  const all = [...branches, last];
  return {
    source: `(?:${all.map((branch) => branch.source).join('|')})`,
    literal: undefined,
    repeats: Math.max(...all.map((branch) => branch.repeats)),
  };
}

// In POSIX mode repetitions stack (`a**`), and nothing is lazy (`a*?`).
function repeat(piece: Piece, operator: string): Piece {
  const inner = piece.unary === undefined ? `(?:${piece.source})` : piece.unary.inner;
  const folded = piece.unary === undefined || piece.unary.operator === operator ? operator : '*';
  return {
    source: inner + folded,
    literal: undefined,
    repeats: piece.repeats,
    unary: { operator: folded, inner },
  };
}

// `{2}`, `{2,}`, `{2,3}`; any other brace is a plain character.
function readCount(cursor: RegexCursor, pieces: Piece[]): void {
  const count = /^\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}/.exec(cursor.rest());
  // RE2 gives up on numbers of more than nine digits.
  if (count === null || (count[1]?.length ?? 0) > 9 || (count[3]?.length ?? 0) > 9) {
    pieces.push(character(cursor.take()));
    return;
  }
  const text = count[0];
  cursor.skip(text.length);
  const min = Number(count[1]);
  const max = count[3] !== undefined ? Number(count[3]) : count[2] !== undefined ? -1 : min;
  if ((max !== -1 && max < min) || min > MAX_REPEAT || max > MAX_REPEAT)
    raise('invalid repetition size', text);
  const piece = pieces.pop();
  if (piece === undefined) raise('no argument for repetition operator', text);
  const times = Math.max(1, max < 0 ? min : max);
  const repeats = piece.repeats * times;
  if (times >= 2 && repeats > MAX_REPEAT) raise('invalid repetition size', text);
  pieces.push({ source: `(?:(?:${piece.source})${text})`, literal: undefined, repeats });
}

const LETTER_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
]);

// The escape at the cursor: punctuation, \n and its like, octal and hexadecimal codes. No classes, no assertions.
function readEscape(cursor: RegexCursor): number {
  const start = cursor.place();
  if (cursor.left() === 1) raise('trailing \\');
  cursor.skip(1);
  const c = cursor.peek();
  const code = cursor.take();
  const bad = (): never => raise('invalid escape sequence', cursor.since(start));
  const letter = LETTER_ESCAPES.get(c);
  if (letter !== undefined) return letter;
  if (c === 'x') return readHex(cursor, bad);
  if (/^[0-7]$/.test(c)) {
    // A lone digit would be a back-reference.
    if (c !== '0' && !/^[0-7]$/.test(cursor.peek())) bad();
    const digits = /^[0-7]{0,2}/.exec(cursor.rest())![0];
    cursor.skip(digits.length);
    return Number.parseInt(c + digits, 8);
  }
  if (code >= 0x80 || /^[0-9A-Za-z]$/.test(c)) bad();
  return code;
}

const HEX_DIGIT = /^[0-9A-Fa-f]$/;

function readHex(cursor: RegexCursor, bad: () => never): number {
  if (cursor.atEnd()) bad();
  const first = cursor.peek();
  cursor.take();
  if (first !== '{') {
    if (cursor.atEnd()) bad();
    const second = cursor.peek();
    cursor.take();
    if (!HEX_DIGIT.test(first) || !HEX_DIGIT.test(second)) bad();
    return Number.parseInt(first + second, 16);
  }
  let code = 0;
  let digit = cursor.peek();
  cursor.take();
  if (digit === '}') bad();
  while (HEX_DIGIT.test(digit)) {
    code = code * 16 + Number.parseInt(digit, 16);
    if (code > MAX_CODE_POINT || cursor.atEnd()) bad();
    digit = cursor.peek();
    cursor.take();
  }
  if (digit !== '}') bad();
  return code;
}

function readClass(cursor: RegexCursor): Piece {
  const start = cursor.place();
  cursor.skip(1);
  const negated = cursor.peek() === '^';
  if (negated) cursor.skip(1);
  const ranges: Range[] = [];
  // A `]` right at the start is a character.
  for (let first = true; !cursor.atEnd() && (first || cursor.peek() !== ']'); first = false) {
    if (cursor.peek() === '-' && !first && (cursor.left() === 1 || cursor.peek(1) !== ']')) {
      const dash = cursor.place();
      cursor.skip(1);
      cursor.take();
      raise('invalid character class range', cursor.since(dash));
    }
    ranges.push(...(readNamedClass(cursor) ?? [readClassRange(cursor, start)]));
  }
  if (cursor.atEnd()) raise('missing ]', cursor.rest(start));
  cursor.skip(1);
  const merged = mergeRanges(ranges);
  return classPiece(negated ? negateRanges(merged) : merged);
}

function classPiece(ranges: readonly Range[]): Piece {
  if (ranges.length === 1 && ranges[0]![0] === ranges[0]![1]) return character(ranges[0]![0]);
  // A class of nothing is the negation of everything.
  if (ranges.length === 0) return opaque(`[^${hex(0)}-${hex(MAX_CODE_POINT)}]`);
  return opaque(`[${ranges.map(([low, high]) => `${hex(low)}-${hex(high)}`).join('')}]`);
}

// `[:name:]` or `[:^name:]`; undefined where none stands.
function readNamedClass(cursor: RegexCursor): readonly Range[] | undefined {
  if (cursor.peek() !== '[' || cursor.peek(1) !== ':' || cursor.left() <= 2) return undefined;
  const text = /^\[:[\s\S]*?:\]/.exec(cursor.rest())?.[0];
  if (text === undefined) return undefined;
  const negated = text[2] === '^';
  const ranges = POSIX_CLASSES.get(text.slice(negated ? 3 : 2, -2));
  if (ranges === undefined) raise('invalid character class range', text);
  cursor.skip(text.length);
  return negated ? negateRanges(ranges) : ranges;
}

// A character, or two with a `-` between them.
function readClassRange(cursor: RegexCursor, classStart: number): Range {
  const start = cursor.place();
  const low = readClassCharacter(cursor, classStart);
  if (cursor.left() < 2 || cursor.peek() !== '-' || cursor.peek(1) === ']') return [low, low];
  cursor.skip(1);
  const high = readClassCharacter(cursor, classStart);
  if (high < low) raise('invalid character class range', cursor.since(start));
  return [low, high];
}

function readClassCharacter(cursor: RegexCursor, classStart: number): number {
  if (cursor.atEnd()) raise('missing ]', cursor.rest(classStart));
  return cursor.peek() === '\\' ? readEscape(cursor) : cursor.take();
}
