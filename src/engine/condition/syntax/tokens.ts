// Types of tokens, for chevrotain: the scanner makes tokens of them, the grammar asks for them.

import { createToken, EOF, Lexer, type TokenType } from 'chevrotain';

export type { IToken, TokenType } from 'chevrotain';

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
