// Condition text → tokens, one at a time, as the parser asks for them.
// Falco's grammar has no tokens of its own: what a word is depends on where it stands (`ka.verb = and`), and
// keywords end where their letters end (`ka.verb increate`). So the parser names the place it is at, a function of
// this file, and the place tries what may stand there in Falco's order (spec: rules-language.md §1.1, §1.2).

import { createToken, EOF, type IToken, Lexer, type TokenType } from 'chevrotain';
import type { ByteString } from '../../bytes.js';
import type { Position } from './ast.js';
import {
  BARE,
  BLANK,
  endOfFieldName,
  endOfIdentifier,
  endOfNumber,
  endOfRun,
  endOfText,
  ARGUMENT as IN_ARGUMENT,
  isClass,
  SPACE,
} from './characters.js';
import { closingQuote, unescapeBody } from './quoting.js';

const tokenType = (name: string): TokenType => createToken({ name, pattern: Lexer.NA });

/** Types of tokens. A token's image is what it stands for: the value of a quoted string, the name in `len(`. */
export const TOKENS = {
  /** `not` with white space behind it. */
  not: tokenType('Not'),
  /** `not` directly before a parenthesis. */
  notGlued: tokenType('NotGlued'),
  and: tokenType('And'),
  or: tokenType('Or'),
  blank: tokenType('Blank'),
  open: tokenType('Open'),
  close: tokenType('Close'),
  openBracket: tokenType('OpenBracket'),
  closeBracket: tokenType('CloseBracket'),
  comma: tokenType('Comma'),
  field: tokenType('Field'),
  identifier: tokenType('Identifier'),
  /** Name and parenthesis: `tolower(`. */
  transformer: tokenType('Transformer'),
  /** `val(` */
  val: tokenType('Val'),
  /** Quoted or bare string. */
  text: tokenType('Text'),
  number: tokenType('Number'),
  exists: tokenType('Exists'),
  numberOperator: tokenType('NumberOperator'),
  textOperator: tokenType('TextOperator'),
  listOperator: tokenType('ListOperator'),
  modifier: tokenType('Modifier'),
  /** Nothing that may stand at this place; no bytes. */
  unknown: tokenType('Unknown'),
  /** The end of the text. */
  end: EOF,
} as const;

const NUMBER_OPERATORS = ['<=', '<', '>=', '>'];
const SYMBOL_OPERATORS = ['==', '=', '!='];
/** These need a blank behind them. */
const WORD_OPERATORS = [
  'glob',
  'iglob',
  'contains',
  'icontains',
  'bcontains',
  'startswith',
  'bstartswith',
  'endswith',
  'regex',
];
const LIST_OPERATORS = ['intersects', 'in', 'pmatch'];
const MODIFIERS = ['oneof', 'anyof', 'allof'];
const TRANSFORMERS = ['tolower', 'toupper', 'b64', 'basename', 'len', 'join', 'concat', 'getopt'];

/** Every operator in the order of Falco's messages. */
export const OPERATOR_NAMES: readonly string[] = [
  'exists',
  ...NUMBER_OPERATORS,
  ...SYMBOL_OPERATORS,
  ...WORD_OPERATORS,
  ...LIST_OPERATORS,
];

/** Every transformer in the order of Falco's messages; `val` first. */
export const TRANSFORMER_NAMES: readonly string[] = ['val', ...TRANSFORMERS];

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

/** A place in the grammar: reads the token there. */
export type Place = (scanner: Scanner) => IToken;

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

function unknown(scanner: Scanner): IToken {
  return take(scanner, scanner.offset === scanner.text.length ? TOKENS.end : TOKENS.unknown, scanner.offset);
}

/** Skips blanks; whether there were any. */
function skipBlanks(scanner: Scanner): boolean {
  const end = endOfRun(scanner.text, scanner.offset, BLANK);
  const found = end > scanner.offset;
  scanner.offset = end;
  return found;
}

function tryRun(scanner: Scanner, tokenType: TokenType, end: number): IToken | undefined {
  return end > scanner.offset ? take(scanner, tokenType, end) : undefined;
}

function tryOneOf(scanner: Scanner, tokenType: TokenType, words: readonly string[]): IToken | undefined {
  for (const word of words) {
    if (scanner.text.startsWith(word, scanner.offset)) {
      return take(scanner, tokenType, scanner.offset + word.length, word);
    }
  }
  return undefined;
}

function tryOneOfBeforeBlank(
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

function tryPunctuation(scanner: Scanner, chars: string): IToken | undefined {
  const char = scanner.text[scanner.offset];
  if (char === undefined || !chars.includes(char)) return undefined;
  return take(scanner, PUNCTUATION[char]!, scanner.offset + 1, char);
}

function tryQuoted(scanner: Scanner): IToken | undefined {
  const quote = scanner.text[scanner.offset];
  if (quote !== '"' && quote !== "'") return undefined;
  const close = closingQuote(scanner.text, scanner.offset);
  if (close === -1) return undefined;
  const body = unescapeBody(scanner.text.slice(scanner.offset + 1, close), quote);
  if ('value' in body) return take(scanner, TOKENS.text, close + 1, body.value);
  scanner.offset = close + 1;
  throw new SyntaxFault(body.error, positionAt(scanner, scanner.offset));
}

function tryBare(scanner: Scanner): IToken | undefined {
  return tryRun(scanner, TOKENS.text, endOfText(scanner.text, scanner.offset, BARE));
}

function tryField(scanner: Scanner): IToken | undefined {
  return tryRun(scanner, TOKENS.field, endOfFieldName(scanner.text, scanner.offset));
}

function tryIdentifier(scanner: Scanner): IToken | undefined {
  return tryRun(scanner, TOKENS.identifier, endOfIdentifier(scanner.text, scanner.offset));
}

function tryNumber(scanner: Scanner): IToken | undefined {
  return tryRun(scanner, TOKENS.number, endOfNumber(scanner.text, scanner.offset));
}

function tryCall(scanner: Scanner, tokenType: TokenType, names: readonly string[]): IToken | undefined {
  const end = endOfIdentifier(scanner.text, scanner.offset);
  if (scanner.text[end] !== '(') return undefined;
  const name = scanner.text.slice(scanner.offset, end);
  return names.includes(name) ? take(scanner, tokenType, end + 1, name) : undefined;
}

function tryTransformer(scanner: Scanner): IToken | undefined {
  return tryCall(scanner, TOKENS.transformer, TRANSFORMERS);
}

function tryVal(scanner: Scanner): IToken | undefined {
  return tryCall(scanner, TOKENS.val, ['val']);
}

function tryNot(scanner: Scanner): IToken | undefined {
  if (!scanner.text.startsWith('not', scanner.offset)) return undefined;
  const behind = scanner.offset + 3;
  const end = endOfRun(scanner.text, behind, SPACE);
  if (end > behind) return take(scanner, TOKENS.not, end, 'not');
  return scanner.text[behind] === '(' ? take(scanner, TOKENS.notGlued, behind, 'not') : undefined;
}

/** `oneof`, `anyof`, `allof`: only before a list or a name that is not a keyword; else the word is a bare string. */
function tryModifier(scanner: Scanner): IToken | undefined {
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

/** Where a check or a parenthesis may start. */
export function operand(scanner: Scanner): IToken {
  skipBlanks(scanner);
  return (
    tryNot(scanner) ??
    tryPunctuation(scanner, '(') ??
    tryField(scanner) ??
    tryTransformer(scanner) ??
    tryIdentifier(scanner) ??
    unknown(scanner)
  );
}

/** Behind a complete check or parenthesis. */
export function afterOperand(scanner: Scanner): IToken {
  skipBlanks(scanner);
  return (
    tryOneOf(scanner, TOKENS.and, ['and']) ??
    tryOneOf(scanner, TOKENS.or, ['or']) ??
    tryPunctuation(scanner, ')') ??
    unknown(scanner)
  );
}

/** Directly behind `and` and `or`. */
export function afterConnective(scanner: Scanner): IToken {
  const end = endOfRun(scanner.text, scanner.offset, BLANK);
  return tryRun(scanner, TOKENS.blank, end) ?? tryPunctuation(scanner, '(') ?? unknown(scanner);
}

/** Behind the left side of a check. */
export function operator(scanner: Scanner): IToken {
  skipBlanks(scanner);
  return (
    tryOneOf(scanner, TOKENS.exists, ['exists']) ??
    tryOneOf(scanner, TOKENS.numberOperator, NUMBER_OPERATORS) ??
    tryOneOf(scanner, TOKENS.textOperator, SYMBOL_OPERATORS) ??
    tryOneOfBeforeBlank(scanner, TOKENS.textOperator, WORD_OPERATORS) ??
    tryOneOf(scanner, TOKENS.listOperator, LIST_OPERATORS) ??
    unknown(scanner)
  );
}

/** Behind `<`, `<=`, `>`, `>=`. */
export function numberValue(scanner: Scanner): IToken {
  skipBlanks(scanner);
  return tryVal(scanner) ?? tryTransformer(scanner) ?? tryNumber(scanner) ?? unknown(scanner);
}

/** Behind the operators that compare with text; a modifier needs a blank before it. */
export function textValue(scanner: Scanner): IToken {
  const modifiable = skipBlanks(scanner);
  return (
    (modifiable ? tryModifier(scanner) : undefined) ??
    tryVal(scanner) ??
    tryTransformer(scanner) ??
    tryQuoted(scanner) ??
    tryBare(scanner) ??
    unknown(scanner)
  );
}

/** Behind `in`, `intersects`, `pmatch`. */
export function listValue(scanner: Scanner): IToken {
  skipBlanks(scanner);
  return (
    tryPunctuation(scanner, '(') ??
    tryVal(scanner) ??
    tryTransformer(scanner) ??
    tryIdentifier(scanner) ??
    unknown(scanner)
  );
}

/** Behind a modifier. */
export function plainListValue(scanner: Scanner): IToken {
  skipBlanks(scanner);
  return tryPunctuation(scanner, '(') ?? tryIdentifier(scanner) ?? unknown(scanner);
}

/**
 * Directly behind the `(` of a list. A first item that cannot be read counts as no item, so a quoted string with a
 * bad escape vanishes here: `in ("\q")` is an empty list.
 */
export function firstItem(scanner: Scanner): IToken {
  skipBlanks(scanner);
  try {
    const item = tryQuoted(scanner);
    if (item !== undefined) return item;
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    return tryPunctuation(scanner, ')') ?? unknown(scanner);
  }
  return tryBare(scanner) ?? tryPunctuation(scanner, ')') ?? unknown(scanner);
}

/** Behind a comma in a list. */
export function item(scanner: Scanner): IToken {
  skipBlanks(scanner);
  return tryQuoted(scanner) ?? tryBare(scanner) ?? unknown(scanner);
}

/** Behind something in a list or in a transformer's arguments. */
export function afterItem(scanner: Scanner): IToken {
  skipBlanks(scanner);
  return tryPunctuation(scanner, ',)') ?? unknown(scanner);
}

/** Where an argument of a transformer may start. */
export function transformerArgument(scanner: Scanner): IToken {
  skipBlanks(scanner);
  return (
    tryNumber(scanner) ??
    tryQuoted(scanner) ??
    tryPunctuation(scanner, '(') ??
    tryTransformer(scanner) ??
    tryField(scanner) ??
    unknown(scanner)
  );
}

/** Where an item of a transformer's list may start, or, directly behind its `(`, the list may end. */
export function transformerItem(scanner: Scanner): IToken {
  skipBlanks(scanner);
  return (
    tryPunctuation(scanner, ')') ??
    tryField(scanner) ??
    tryTransformer(scanner) ??
    tryQuoted(scanner) ??
    tryNumber(scanner) ??
    unknown(scanner)
  );
}

/** Behind `val(`. */
export function valField(scanner: Scanner): IToken {
  skipBlanks(scanner);
  return tryField(scanner) ?? unknown(scanner);
}

/** Where a template's field or transformer starts; no blanks before it. */
export function templateOperand(scanner: Scanner): IToken {
  return tryField(scanner) ?? tryTransformer(scanner) ?? unknown(scanner);
}

/** Behind a template's field: not read. */
export function nothing(scanner: Scanner): IToken {
  return unknown(scanner);
}

const ARGUMENT_PLACES = new Map<Place, Place>();

/** A place before which a field argument may stand; its bracket comes without a blank. */
export function orArgument(place: Place): Place {
  let both = ARGUMENT_PLACES.get(place);
  if (both === undefined) {
    both = (scanner) => tryPunctuation(scanner, '[') ?? place(scanner);
    ARGUMENT_PLACES.set(place, both);
  }
  return both;
}

/** Behind the `[` of a field argument. */
export function argument(scanner: Scanner): IToken {
  const bare = endOfText(scanner.text, scanner.offset, IN_ARGUMENT);
  return tryQuoted(scanner) ?? tryRun(scanner, TOKENS.text, bare) ?? unknown(scanner);
}

/** Behind a field argument. */
export function closeBracket(scanner: Scanner): IToken {
  return tryPunctuation(scanner, ']') ?? unknown(scanner);
}
