// What the parts of the grammar have in common: tokens are read one by one, at the place that the rules name, since
// Falco's language has no tokens of its own; and depth is counted as Falco's parser counts it, one for each of its
// functions, so that the same texts are too deep (spec: rules-language.md §1.5).

import { EmbeddedActionsParser, type IParserErrorMessageProvider, type IToken } from 'chevrotain';
import type { ByteString } from '../../../bytes.js';
import type { Position } from './ast.js';
import type { TokenReader } from './lexer.js';
import * as lexer from './lexer.js';
import { tooDeep } from './messages.js';
import { createScanner, positionAt, SyntaxFault } from './scanner.js';
import { TOKENS } from './tokens.js';

export type { ParserMethod } from 'chevrotain';

/** Where a text starts. */
export const START: Position = { offset: 0, line: 1, column: 1 };

const MESSAGES: IParserErrorMessageProvider = {
  // The only token consumed without a message of its own is the end.
  buildMismatchTokenMessage: ({ previous }) =>
    `unexpected token after '${previous.image}', expecting 'or', 'and'`,
  buildNoViableAltMessage: ({ customUserDescription }) => customUserDescription ?? '',
  buildNotAllInputParsedMessage: () => '',
  buildEarlyExitMessage: () => '',
};

/** Place of a token. */
export const positionOf = (token: IToken): Position => ({
  offset: token.startOffset,
  line: token.startLine!,
  column: token.startColumn!,
});

/** Parses one text at a time: begin, then one of the rules. Errors: SyntaxFault, or in `errors`. */
export class TokenParser extends EmbeddedActionsParser {
  private scanner = createScanner('');
  protected place: TokenReader = lexer.operand;
  // No limit while chevrotain reads the rules below.
  protected maxDepth = Number.POSITIVE_INFINITY;
  protected closed = 0;

  constructor(checked: boolean) {
    super(Object.values(TOKENS), {
      maxLookahead: 1,
      errorMessageProvider: MESSAGES,
      skipValidations: !checked,
    });
  }

  /** Starts on a text. */
  begin(text: ByteString, place: TokenReader, maxDepth: number): void {
    this.scanner = createScanner(text);
    this.place = place;
    this.maxDepth = maxDepth;
    this.closed = 0;
    this.input = [];
  }

  /** Offset behind the last token consumed. */
  end(): number {
    return this.LA(0).endOffset! + 1;
  }

  /** Offset behind the last `)` of a transformer; 0 if none was closed. */
  endOfTransformer(): number {
    return this.closed;
  }

  // Chevrotain's hooks around a parse: it would pad its input with ends of input and look for what is left.
  onBeforeParse(): void {}
  onAfterParse(): void {}

  // The input is filled as it is asked for; one token is ever looked at before it is consumed.
  protected override LA_FAST(howMuch: number): IToken {
    return super.LA_FAST(howMuch) ?? this.read();
  }

  protected override LA(howMuch: number): IToken {
    return this.LA_FAST(howMuch);
  }

  private read(): IToken {
    const token = this.place(this.scanner);
    this.input.push(token);
    return token;
  }

  /** Enters one of Falco's parse functions. */
  protected enter(depth: number): void {
    if (depth >= this.maxDepth) {
      throw new SyntaxFault(tooDeep(this.maxDepth), positionAt(this.scanner, this.scanner.offset));
    }
  }

  protected at(place: TokenReader): void {
    this.place = place;
  }

  protected here(): Position {
    return positionOf(this.LA_FAST(1));
  }
}
