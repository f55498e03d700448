// Operators and what may stand on their right: numbers, texts, lists, and fields behind a transformer.

import type { ByteString } from '../../../bytes.js';
import type { BinaryExpr, ListExpr, ValueExpr } from './ast.js';
import type { TokenReader } from './lexer.js';
import * as lexer from './lexer.js';
import { EXPECTED } from './messages.js';
import { OperandParser } from './operand-grammar.js';
import { positionOf } from './token-parser.js';
import { type IToken, TOKENS } from './tokens.js';

interface Comparison {
  readonly operator: string;
  readonly right: BinaryExpr['right'];
}

export class ComparisonParser extends OperandParser {
  /** A binary operator and its right side. */
  protected readonly comparison = this.RULE(
    'comparison',
    (depth: number): Comparison =>
      this.OR<Comparison>([
        {
          ALT: () => {
            const operator = this.CONSUME(TOKENS.numberOperator).image;
            this.enterValue(depth, lexer.numberValue);
            return { operator, right: this.SUBRULE(this.numberValue, { ARGS: [depth] }) };
          },
        },
        {
          ALT: () => {
            const operator = this.CONSUME(TOKENS.textOperator).image;
            this.at(lexer.textValue);
            return this.SUBRULE(this.textComparison, { ARGS: [depth, operator] });
          },
        },
        {
          ALT: () => {
            const operator = this.CONSUME(TOKENS.listOperator).image;
            this.enterValue(depth, lexer.listValue);
            return { operator, right: this.SUBRULE(this.listValue, { ARGS: [depth] }) };
          },
        },
      ]),
  );

  protected enterValue(depth: number, place: TokenReader): void {
    this.enter(depth);
    this.place = place;
  }

  protected readonly numberValue = this.RULE('numberValue', (depth: number): BinaryExpr['right'] =>
    this.OR<BinaryExpr['right']>({
      DEF: [
        { ALT: () => this.SUBRULE(this.transformed, { ARGS: [depth + 1] }) },
        { ALT: () => this.endValue(this.CONSUME(TOKENS.number)) },
      ],
      ERR_MSG: EXPECTED.number,
    }),
  );

  protected readonly textComparison = this.RULE(
    'textComparison',
    (depth: number, operator: string): Comparison =>
      this.OR<Comparison>({
        DEF: [
          {
            ALT: () => {
              const modifier = this.CONSUME(TOKENS.modifier).image;
              this.enterValue(depth, lexer.plainListValue);
              const right = this.SUBRULE(this.plainListValue, { ARGS: [depth] });
              return { operator: `${operator} ${modifier}`, right };
            },
          },
          {
            ALT: () => ({ operator, right: this.SUBRULE(this.transformed, { ARGS: [depth + 1] }) }),
          },
          {
            ALT: () => {
              const right = this.endValue(this.CONSUME(TOKENS.text));
              this.enter(depth + 1);
              return { operator, right };
            },
          },
        ],
        ERR_MSG: EXPECTED.text,
      }),
  );

  protected readonly listValue = this.RULE('listValue', (depth: number): BinaryExpr['right'] =>
    this.OR<BinaryExpr['right']>({
      DEF: [
        { ALT: () => this.SUBRULE(this.list, { ARGS: [depth] }) },
        { ALT: () => this.SUBRULE(this.transformed, { ARGS: [depth + 1] }) },
        { ALT: () => this.endValue(this.CONSUME(TOKENS.identifier)) },
      ],
      ERR_MSG: EXPECTED.list,
    }),
  );

  protected readonly plainListValue = this.RULE('plainListValue', (depth: number): BinaryExpr['right'] =>
    this.OR<BinaryExpr['right']>({
      DEF: [
        { ALT: () => this.SUBRULE(this.list, { ARGS: [depth] }) },
        { ALT: () => this.endValue(this.CONSUME(TOKENS.identifier)) },
      ],
      ERR_MSG: EXPECTED.plainList,
    }),
  );

  protected readonly list = this.RULE('list', (depth: number): ListExpr => {
    const position = positionOf(this.CONSUME(TOKENS.open));
    this.at(lexer.firstItem);
    const items: ByteString[] = [];
    this.OPTION({
      // A first item that is too deep counts as none, like any other that Falco cannot read.
      GATE: () => depth + 1 < this.maxDepth,
      DEF: () => {
        items.push(this.CONSUME(TOKENS.text).image);
        this.at(lexer.afterItem);
        this.MANY(() => {
          this.CONSUME(TOKENS.comma);
          this.at(lexer.item);
          items.push(this.CONSUME1(TOKENS.text, { ERR_MSG: EXPECTED.item }).image);
          this.at(lexer.afterItem);
        });
      },
    });
    this.CONSUME(TOKENS.close, { ERR_MSG: EXPECTED.close });
    this.at(lexer.afterOperand);
    return { kind: 'list', items, position };
  });

  /** The constant that ends a check. */
  protected endValue(token: IToken): ValueExpr {
    this.place = lexer.afterOperand;
    return { kind: 'value', value: token.image, position: positionOf(token) };
  }
}
