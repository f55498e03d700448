// A place in a condition's text, and the tokens that can be read there: each function takes one kind of token, or says
// that there is none. What may stand where is the lexer's business (spec: rules-language.md §1.1, §1.3).

import type { ByteString } from '../../../bytes.js';
import { MODIFIERS } from '../operators/operators.js';
import type { Position } from './ast.js';
import {
  BARE,
  BLANK,
  endOfFieldName,
  endOfIdentifier,
  endOfNumber,
  endOfRun,
  endOfText,
  isClass,
  SPACE,
} from './characters.js';
import { closingQuote, unescapeBody } from './quoting.js';
import { type IToken, TOKENS, type TokenType } from './tokens.js';
import { TRANSFORMERS } from './words.js';

/** A text that cannot be lexed or nests too deep: Falco's message, and where. */
export class SyntaxFault extends Error {
  override readonly name = 'SyntaxFault';
  readonly position: Position;

  constructor(message: ByteString, position: Position) {
    super(message);
    this.position = position;
  }
}

/** Where the scanner is in a text. */
export interface Scanner {
  readonly text: ByteString;
  /** The next byte to read. */
  offset: number;
  /** Lines are counted up to here … */
  counted: number;
  /** … which is in this line (from 1) … */
  line: number;
  /** … that starts at this offset. */
  lineStart: number;
}

export function createScanner(text: ByteString): Scanner {
  return { text, offset: 0, counted: 0, line: 1, lineStart: 0 };
}

/** Position of an offset that is not before the last one asked for. */
export function positionAt(scanner: Scanner, offset: number): Position {
  for (; scanner.counted < offset; scanner.counted++) {
    const char = scanner.text[scanner.counted];
    if (char !== '\n' && char !== '\r') continue;
    scanner.line++;
    scanner.lineStart = scanner.counted + 1;
  }
  return { offset, line: scanner.line, column: offset - scanner.lineStart + 1 };
}

function take(scanner: Scanner, tokenType: TokenType, end: number, image?: ByteString): IToken {
  const start = scanner.offset;
  const { line, column } = positionAt(scanner, start);
  scanner.offset = end;
  return {
    image: image ?? scanner.text.slice(start, end),
    startOffset: start,
    endOffset: end - 1,
    startLine: line,
    startColumn: column,
    tokenType,
    tokenTypeIdx: tokenType.tokenTypeIdx!,
  };
}

export function unknown(scanner: Scanner): IToken {
  return take(scanner, scanner.offset === scanner.text.length ? TOKENS.end : TOKENS.unknown, scanner.offset);
}

/** Skips blanks; whether there were any. */
export function skipBlanks(scanner: Scanner): boolean {
  const end = endOfRun(scanner.text, scanner.offset, BLANK);
  const found = end > scanner.offset;
  scanner.offset = end;
  return found;
}

export function tryRun(scanner: Scanner, tokenType: TokenType, end: number): IToken | undefined {
  return end > scanner.offset ? take(scanner, tokenType, end) : undefined;
}

export function tryOneOf(
  scanner: Scanner,
  tokenType: TokenType,
  words: readonly string[],
): IToken | undefined {
  for (const word of words) {
    if (scanner.text.startsWith(word, scanner.offset)) {
      return take(scanner, tokenType, scanner.offset + word.length, word);
    }
  }
  return undefined;
}

export function tryOneOfBeforeBlank(
  scanner: Scanner,
  tokenType: TokenType,
  words: readonly string[],
): IToken | undefined {
  for (const word of words) {
    const end = scanner.offset + word.length;
    if (scanner.text.startsWith(word, scanner.offset) && isClass(scanner.text, end, BLANK)) {
      return take(scanner, tokenType, end, word);
    }
  }
  return undefined;
}

const PUNCTUATION: Readonly<Record<string, TokenType>> = {
  '(': TOKENS.open,
  ')': TOKENS.close,
  '[': TOKENS.openBracket,
  ']': TOKENS.closeBracket,
  ',': TOKENS.comma,
};

export function tryPunctuation(scanner: Scanner, chars: string): IToken | undefined {
  const char = scanner.text[scanner.offset];
  if (char === undefined || !chars.includes(char)) return undefined;
  return take(scanner, PUNCTUATION[char]!, scanner.offset + 1, char);
}

export function tryQuoted(scanner: Scanner): IToken | undefined {
  const quote = scanner.text[scanner.offset];
  if (quote !== '"' && quote !== "'") return undefined;
  const close = closingQuote(scanner.text, scanner.offset);
  if (close === -1) return undefined;
  const body = unescapeBody(scanner.text.slice(scanner.offset + 1, close), quote);
  if ('value' in body) return take(scanner, TOKENS.text, close + 1, body.value);
  scanner.offset = close + 1;
  throw new SyntaxFault(body.error, positionAt(scanner, scanner.offset));
}

export function tryBare(scanner: Scanner): IToken | undefined {
  return tryRun(scanner, TOKENS.text, endOfText(scanner.text, scanner.offset, BARE));
}

export function tryField(scanner: Scanner): IToken | undefined {
  return tryRun(scanner, TOKENS.field, endOfFieldName(scanner.text, scanner.offset));
}

export function tryIdentifier(scanner: Scanner): IToken | undefined {
  return tryRun(scanner, TOKENS.identifier, endOfIdentifier(scanner.text, scanner.offset));
}

export function tryNumber(scanner: Scanner): IToken | undefined {
  return tryRun(scanner, TOKENS.number, endOfNumber(scanner.text, scanner.offset));
}

function tryCall(scanner: Scanner, tokenType: TokenType, names: readonly string[]): IToken | undefined {
  const end = endOfIdentifier(scanner.text, scanner.offset);
  if (scanner.text[end] !== '(') return undefined;
  const name = scanner.text.slice(scanner.offset, end);
  return names.includes(name) ? take(scanner, tokenType, end + 1, name) : undefined;
}

export function tryTransformer(scanner: Scanner): IToken | undefined {
  return tryCall(scanner, TOKENS.transformer, TRANSFORMERS);
}

export function tryVal(scanner: Scanner): IToken | undefined {
  return tryCall(scanner, TOKENS.val, ['val']);
}

export function tryNot(scanner: Scanner): IToken | undefined {
  if (!scanner.text.startsWith('not', scanner.offset)) return undefined;
  const behind = scanner.offset + 3;
  const end = endOfRun(scanner.text, behind, SPACE);
  if (end > behind) return take(scanner, TOKENS.not, end, 'not');
  return scanner.text[behind] === '(' ? take(scanner, TOKENS.notGlued, behind, 'not') : undefined;
}

/** `oneof`, `anyof`, `allof`: only before a list or a name that is not a keyword; else the word is a bare string. */
export function tryModifier(scanner: Scanner): IToken | undefined {
  const { text, offset } = scanner;
  const word = MODIFIERS.find((name) => text.startsWith(name, offset));
  if (word === undefined) return undefined;
  const end = offset + word.length;
  const list = endOfRun(text, end, BLANK);
  if (list === end) return undefined;
  const name = text.slice(list, endOfIdentifier(text, list));
  if (text[list] !== '(' && (name === '' || /^(and|or|not)(?![a-zA-Z0-9])/.test(name))) return undefined;
  return take(scanner, TOKENS.modifier, end, word);
}
