// Fields, transformers and their arguments: what stands on either side of an operator, and in templates.

import type { ByteString } from '../../../bytes.js';
import type { FieldExpr, TransformerArg, TransformerExpr, TransformerListExpr, ValueExpr } from './ast.js';
import type { TokenReader } from './lexer.js';
import * as lexer from './lexer.js';
import { EXPECTED } from './messages.js';
import { positionOf, TokenParser } from './token-parser.js';
import { type IToken, TOKENS } from './tokens.js';

type TransformerListItem = TransformerListExpr['items'][number];

export class OperandParser extends TokenParser {
  /** A transformer or `val(field)` on the right. */
  protected readonly transformed = this.RULE(
    'transformed',
    (depth: number): TransformerExpr =>
      this.OR([
        {
          ALT: () => {
            this.enter(depth);
            return this.SUBRULE(this.transformer, { ARGS: [depth + 1, lexer.afterOperand] });
          },
        },
        { ALT: () => this.SUBRULE(this.val, { ARGS: [depth] }) },
      ]),
  );

  protected readonly val = this.RULE('val', (depth: number): TransformerExpr => {
    const token = this.CONSUME(TOKENS.val);
    this.enter(depth);
    this.at(lexer.valField);
    const field = this.CONSUME(TOKENS.field, { ERR_MSG: EXPECTED.valField });
    this.enter(depth + 1);
    const argument = this.SUBRULE(this.argument, { ARGS: [lexer.afterItem] });
    this.CONSUME(TOKENS.close, { ERR_MSG: EXPECTED.closeTransformer });
    const outer = this.SUBRULE1(this.argument, { ARGS: [lexer.afterOperand] });
    const child: FieldExpr = { kind: 'field', name: field.image, argument, position: positionOf(field) };
    const position = positionOf(token);
    return { kind: 'transformer', name: token.image, args: [child], argument: outer, position };
  });

  protected readonly field = this.RULE('field', (depth: number, next: TokenReader): FieldExpr => {
    const token = this.CONSUME(TOKENS.field);
    this.enter(depth);
    const argument = this.SUBRULE(this.argument, { ARGS: [next] });
    return { kind: 'field', name: token.image, argument, position: positionOf(token) };
  });

  /** `[…]`, if it is there; `next` is the place behind. */
  protected readonly argument = this.RULE('argument', (next: TokenReader): ByteString | undefined => {
    this.at(lexer.orArgument(next));
    let argument: ByteString | undefined;
    this.OPTION(() => {
      this.CONSUME(TOKENS.openBracket);
      this.at(lexer.argument);
      argument = this.CONSUME(TOKENS.text, { ERR_MSG: EXPECTED.argument }).image;
      this.at(lexer.closeBracket);
      this.CONSUME(TOKENS.closeBracket, { ERR_MSG: EXPECTED.closeBracket });
      this.at(next);
    });
    return argument;
  });

  protected readonly transformer = this.RULE(
    'transformer',
    (depth: number, next: TokenReader): TransformerExpr => {
      const token = this.CONSUME(TOKENS.transformer);
      this.enter(depth);
      this.at(lexer.transformerArgument);
      const args = [this.transformerArgument(0, depth + 1)];
      this.MANY(() => {
        this.CONSUME(TOKENS.comma);
        this.at(lexer.transformerArgument);
        args.push(this.transformerArgument(1, depth + 1));
      });
      this.closed = this.CONSUME(TOKENS.close, { ERR_MSG: EXPECTED.closeTransformer }).startOffset + 1;
      const argument = this.SUBRULE(this.argument, { ARGS: [next] });
      return { kind: 'transformer', name: token.image, args, argument, position: positionOf(token) };
    },
  );

  /** Part of the rule above, not a rule: half the stack for each level, and there may be five hundred. */
  protected transformerArgument(index: number, depth: number): TransformerArg {
    this.enter(depth);
    return this.or<TransformerArg>(index, {
      DEF: [
        { ALT: () => this.constantArgument(this.consume(index, TOKENS.number)) },
        { ALT: () => this.constantArgument(this.consume(index, TOKENS.text)) },
        { ALT: () => this.subrule(index, this.transformerList, { ARGS: [depth] }) },
        { ALT: () => this.subrule(index, this.transformer, { ARGS: [depth + 1, lexer.afterItem] }) },
        { ALT: () => this.subrule(index, this.field, { ARGS: [depth + 1, lexer.afterItem] }) },
      ],
      ERR_MSG: EXPECTED.transformerArgument,
    });
  }

  private constantArgument(token: IToken): ValueExpr {
    this.place = lexer.afterItem;
    return { kind: 'value', value: token.image, position: positionOf(token) };
  }

  protected readonly transformerList = this.RULE('transformerList', (depth: number): TransformerListExpr => {
    const position = positionOf(this.CONSUME(TOKENS.open));
    this.at(lexer.transformerItem);
    const items: TransformerListItem[] = [];
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(TOKENS.close) },
        {
          ALT: () => {
            items.push(this.SUBRULE(this.transformerItem, { ARGS: [depth] }));
            this.MANY(() => {
              this.CONSUME(TOKENS.comma);
              this.at(lexer.transformerItem);
              items.push(this.SUBRULE1(this.transformerItem, { ARGS: [depth] }));
            });
            this.CONSUME1(TOKENS.close, { ERR_MSG: EXPECTED.closeTransformerList });
          },
        },
      ],
      ERR_MSG: EXPECTED.transformerItem,
    });
    this.at(lexer.afterItem);
    return { kind: 'transformer-list', items, position };
  });

  protected readonly transformerItem = this.RULE(
    'transformerItem',
    (depth: number): TransformerListItem =>
      this.OR<TransformerListItem>({
        DEF: [
          { ALT: () => this.SUBRULE(this.field, { ARGS: [depth + 1, lexer.afterItem] }) },
          { ALT: () => this.SUBRULE(this.transformer, { ARGS: [depth + 1, lexer.afterItem] }) },
          { ALT: () => this.constantArgument(this.CONSUME(TOKENS.text)) },
          { ALT: () => this.constantArgument(this.CONSUME(TOKENS.number)) },
        ],
        ERR_MSG: EXPECTED.transformerItem,
      }),
  );
}
