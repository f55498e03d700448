// The grammar of conditions (spec: rules-language.md §1.2, §1.5), for chevrotain; parser.ts runs it. Tokens come from
// the lexer one by one, read at the place that the rules name, since Falco's language has no tokens of its own.
// Depth is counted as Falco's parser counts it, one for each of its functions, so that the same texts are too deep.

import { EmbeddedActionsParser, type IParserErrorMessageProvider, type IToken } from 'chevrotain';
import type { ByteString } from '../../bytes.js';
import type {
  BinaryExpr,
  Expr,
  FieldExpr,
  ListExpr,
  Operand,
  Position,
  TransformerExpr,
  TransformerListExpr,
  ValueExpr,
} from './ast.js';
import * as lexer from './lexer.js';
import { createScanner, type Place, positionAt, SyntaxFault, TOKENS } from './lexer.js';
import { EXPECTED, tooDeep } from './syntax-messages.js';

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

interface Comparison {
  readonly operator: string;
  readonly right: BinaryExpr['right'];
}

type TransformerListItem = TransformerListExpr['items'][number];

/** Parses one text at a time: begin, then one of the public rules. Errors: SyntaxFault, or in `errors`. */
export class ConditionParser extends EmbeddedActionsParser {
  private scanner = createScanner('');
  private place: Place = lexer.operand;
  // No limit while chevrotain reads the rules below.
  private maxDepth = Number.POSITIVE_INFINITY;
  private closed = 0;

  /** @param checked whether chevrotain checks the rules below: a third of what its start takes, and the same each time */
  constructor(checked = false) {
    super(Object.values(TOKENS), {
      maxLookahead: 1,
      errorMessageProvider: MESSAGES,
      skipValidations: !checked,
    });
    this.performSelfAnalysis();
  }

  /** Starts on a text. */
  begin(text: ByteString, place: Place, maxDepth: number): void {
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
  private enter(depth: number): void {
    if (depth >= this.maxDepth) {
      throw new SyntaxFault(tooDeep(this.maxDepth), positionAt(this.scanner, this.scanner.offset));
    }
  }

  private at(place: Place): void {
    this.place = place;
  }

  private here(): Position {
    return positionOf(this.LA_FAST(1));
  }

  readonly condition = this.RULE('condition', (): Expr => {
    const tree = this.SUBRULE(this.disjunction, { ARGS: [1, START] });
    this.CONSUME(TOKENS.end);
    return tree;
  });

  readonly templateOperand = this.RULE('templateOperand', (): Operand => {
    this.enter(1);
    return this.OR<Operand>({
      DEF: [
        { ALT: () => this.SUBRULE(this.field, { ARGS: [2, lexer.nothing] }) },
        { ALT: () => this.SUBRULE(this.transformer, { ARGS: [2, lexer.nothing] }) },
      ],
      ERR_MSG: EXPECTED.templateOperand,
    });
  });

  private readonly disjunction = this.RULE('disjunction', (depth: number, start?: Position): Expr => {
    const position = this.ACTION(() => {
      this.enter(depth);
      return start ?? this.here();
    });
    const first = this.SUBRULE(this.conjunction, { ARGS: [depth + 1] });
    const operands = [first];
    this.MANY(() => {
      this.CONSUME(TOKENS.or);
      this.at(lexer.afterConnective);
      this.OR({
        DEF: [
          {
            ALT: () => {
              this.CONSUME(TOKENS.blank);
              this.at(lexer.operand);
              operands.push(this.SUBRULE1(this.conjunction, { ARGS: [depth + 1] }));
            },
          },
          { ALT: () => operands.push(this.SUBRULE(this.group, { ARGS: [depth + 1] })) },
        ],
        ERR_MSG: EXPECTED.behindOr,
      });
    });
    return operands.length === 1 ? first : { kind: 'or', operands, position };
  });

  private readonly conjunction = this.RULE('conjunction', (depth: number): Expr => {
    const position = this.ACTION(() => {
      this.enter(depth);
      return this.here();
    });
    const first = this.SUBRULE(this.operand, { ARGS: [depth + 1] });
    const operands = [first];
    this.MANY(() => {
      this.CONSUME(TOKENS.and);
      this.at(lexer.afterConnective);
      this.OR({
        DEF: [
          {
            ALT: () => {
              this.CONSUME(TOKENS.blank);
              this.at(lexer.operand);
              operands.push(this.SUBRULE1(this.operand, { ARGS: [depth + 1] }));
            },
          },
          { ALT: () => operands.push(this.SUBRULE(this.group, { ARGS: [depth + 1] })) },
        ],
        ERR_MSG: EXPECTED.behindAnd,
      });
    });
    return operands.length === 1 ? first : { kind: 'and', operands, position };
  });

  /** A check or parenthesis with any number of `not` before it. */
  private readonly operand = this.RULE('operand', (depth: number): Expr => {
    const position = this.ACTION(() => {
      this.enter(depth);
      return this.here();
    });
    let negated = false;
    this.MANY(() => {
      this.CONSUME(TOKENS.not);
      negated = !negated;
    });
    const tree = this.OR<Expr>({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(TOKENS.notGlued);
            negated = !negated;
            return this.SUBRULE(this.group, { ARGS: [depth + 1] });
          },
        },
        { ALT: () => this.SUBRULE1(this.group, { ARGS: [depth + 2] }) },
        { ALT: () => this.SUBRULE(this.check, { ARGS: [depth + 1] }) },
        {
          ALT: () => {
            this.enter(depth + 1);
            const token = this.CONSUME(TOKENS.identifier);
            this.at(lexer.afterOperand);
            return { kind: 'identifier', name: token.image, position: positionOf(token) };
          },
        },
      ],
      ERR_MSG: EXPECTED.operand,
    });
    return negated ? { kind: 'not', operand: tree, position } : tree;
  });

  private readonly group = this.RULE('group', (depth: number): Expr => {
    this.CONSUME(TOKENS.open);
    this.enter(depth);
    this.at(lexer.operand);
    const tree = this.SUBRULE(this.disjunction, { ARGS: [depth + 1] });
    this.CONSUME(TOKENS.close, { ERR_MSG: EXPECTED.close });
    this.at(lexer.afterOperand);
    return tree;
  });

  private readonly check = this.RULE('check', (depth: number): Expr => {
    const position = this.ACTION(() => {
      this.enter(depth);
      return this.here();
    });
    const left = this.OR<Operand>([
      { ALT: () => this.SUBRULE(this.field, { ARGS: [depth + 1, lexer.operator] }) },
      { ALT: () => this.SUBRULE(this.transformer, { ARGS: [depth + 1, lexer.operator] }) },
    ]);
    this.enter(depth + 1);
    return this.OR1<Expr>({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(TOKENS.exists);
            this.at(lexer.afterOperand);
            return { kind: 'exists', left, position };
          },
        },
        {
          ALT: () => {
            const { operator, right } = this.SUBRULE(this.comparison, { ARGS: [depth + 2] });
            return { kind: 'binary', left, operator, right, position };
          },
        },
      ],
      ERR_MSG: EXPECTED.operator,
    });
  });

  /** A binary operator and its right side. */
  private readonly comparison = this.RULE(
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

  private enterValue(depth: number, place: Place): void {
    this.enter(depth);
    this.place = place;
  }

  private readonly numberValue = this.RULE('numberValue', (depth: number): BinaryExpr['right'] =>
    this.OR<BinaryExpr['right']>({
      DEF: [
        { ALT: () => this.SUBRULE(this.transformed, { ARGS: [depth + 1] }) },
        { ALT: () => this.endValue(this.CONSUME(TOKENS.number)) },
      ],
      ERR_MSG: EXPECTED.number,
    }),
  );

  private readonly textComparison = this.RULE(
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

  private readonly listValue = this.RULE('listValue', (depth: number): BinaryExpr['right'] =>
    this.OR<BinaryExpr['right']>({
      DEF: [
        { ALT: () => this.SUBRULE(this.list, { ARGS: [depth] }) },
        { ALT: () => this.SUBRULE(this.transformed, { ARGS: [depth + 1] }) },
        { ALT: () => this.endValue(this.CONSUME(TOKENS.identifier)) },
      ],
      ERR_MSG: EXPECTED.list,
    }),
  );

  private readonly plainListValue = this.RULE('plainListValue', (depth: number): BinaryExpr['right'] =>
    this.OR<BinaryExpr['right']>({
      DEF: [
        { ALT: () => this.SUBRULE(this.list, { ARGS: [depth] }) },
        { ALT: () => this.endValue(this.CONSUME(TOKENS.identifier)) },
      ],
      ERR_MSG: EXPECTED.plainList,
    }),
  );

  private readonly list = this.RULE('list', (depth: number): ListExpr => {
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
  private endValue(token: IToken): ValueExpr {
    this.place = lexer.afterOperand;
    return { kind: 'value', value: token.image, position: positionOf(token) };
  }

  /** A transformer or `val(field)` on the right. */
  private readonly transformed = this.RULE(
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

  private readonly val = this.RULE('val', (depth: number): TransformerExpr => {
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

  private readonly field = this.RULE('field', (depth: number, next: Place): FieldExpr => {
    const token = this.CONSUME(TOKENS.field);
    this.enter(depth);
    const argument = this.SUBRULE(this.argument, { ARGS: [next] });
    return { kind: 'field', name: token.image, argument, position: positionOf(token) };
  });

  /** `[…]`, if it is there; `next` is the place behind. */
  private readonly argument = this.RULE('argument', (next: Place): ByteString | undefined => {
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

  private readonly transformer = this.RULE('transformer', (depth: number, next: Place): TransformerExpr => {
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
  });

  /** Part of the rule above, not a rule: half the stack for each level, and there may be five hundred. */
  private transformerArgument(index: number, depth: number): TransformerExpr['args'][number] {
    this.enter(depth);
    return this.or<TransformerExpr['args'][number]>(index, {
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

  private readonly transformerList = this.RULE('transformerList', (depth: number): TransformerListExpr => {
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

  private readonly transformerItem = this.RULE(
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
