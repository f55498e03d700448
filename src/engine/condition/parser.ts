// Condition text → Expr, or Falco's message with the place where its parser stops.
// Answers to Falco's filter parser (spec: rules-language.md §1.2–1.7). The grammar is chevrotain's; tokens come from
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
import { fail, ok, type Result } from './result.js';

/** Deepest nesting of conditions and of templates' fields, in Falco's count. */
const CONDITION_DEPTH = 1000;
const TEMPLATE_DEPTH = 100;

const START: Position = { offset: 0, line: 1, column: 1 };

const quotedNames = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');
const TRANSFORMED = `or a field with a valid transformer: ${quotedNames(lexer.TRANSFORMER_NAMES)}`;

/** Falco's messages. */
const EXPECTED = {
  operand: "expected a '(' token, a field check, or an identifier",
  behindOr: "expected blank or '(' after 'or'",
  behindAnd: "expected blank or '(' after 'and'",
  close: "expected a ')' token",
  closeTransformer: "expected a ')' token closing the transformer",
  closeTransformerList: "expected ')'",
  argument: 'expected a valid field argument: a quoted string or a bare string',
  closeBracket: "expected a ']' token",
  transformerArgument:
    'expected field transformer argument: field, transformer, quoted string, number, or transformer list',
  transformerItem: 'expected transformer list argument: field, transformer, quoted string, or number',
  operator: `expected a valid check operator: one of ${quotedNames(lexer.OPERATOR_NAMES)}`,
  number: `expected a number value ${TRANSFORMED}`,
  text: `expected a string value ${TRANSFORMED}`,
  item: 'expected a string value',
  list: `expected a list, an identifier, ${TRANSFORMED}`,
  plainList: 'expected a list or an identifier',
  // Falco's own text, which stops there.
  templateOperand: "unexpected token after '",
  valField: "expected a field within 'val' transformer",
} as const;

const tooDeep = (limit: number): string => `exceeded max depth limit of ${limit}`;

const MESSAGES: IParserErrorMessageProvider = {
  // The only token consumed without a message of its own is the end.
  buildMismatchTokenMessage: ({ previous }) =>
    `unexpected token after '${previous.image}', expecting 'or', 'and'`,
  buildNoViableAltMessage: ({ customUserDescription }) => customUserDescription ?? '',
  buildNotAllInputParsedMessage: () => '',
  buildEarlyExitMessage: () => '',
};

const positionOf = (token: IToken): Position => ({
  offset: token.startOffset,
  line: token.startLine!,
  column: token.startColumn!,
});

class ConditionParser extends EmbeddedActionsParser {
  private scanner = createScanner('');
  private place: Place = lexer.operand;
  private maxDepth = CONDITION_DEPTH;

  constructor() {
    super(Object.values(TOKENS), { maxLookahead: 1, errorMessageProvider: MESSAGES });
    this.performSelfAnalysis();
  }

  /** Starts on a text. */
  begin(text: ByteString, place: Place, maxDepth: number): void {
    this.scanner = createScanner(text);
    this.place = place;
    this.maxDepth = maxDepth;
    this.input = [];
  }

  /** Offset behind the last token consumed. */
  end(): number {
    return this.LA(0).endOffset! + 1;
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
    if (depth < this.maxDepth) return;
    const position = positionAt(this.scanner, this.scanner.offset);
    throw new SyntaxFault(tooDeep(this.maxDepth), position);
  }

  private here(): Position {
    return positionOf(this.LA_FAST(1));
  }

  private consumed(): Position {
    return positionOf(this.LA_FAST(0));
  }

  readonly condition = this.RULE('condition', (): Expr => {
    const tree = this.SUBRULE(this.disjunction, { ARGS: [1, START] });
    this.CONSUME(TOKENS.end);
    return tree;
  });

  readonly templateOperand = this.RULE('templateOperand', (): Operand => {
    this.ACTION(() => this.enter(1));
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
      this.ACTION(() => {
        this.place = lexer.afterConnective;
      });
      this.OR({
        DEF: [
          {
            ALT: () => {
              this.CONSUME(TOKENS.blank);
              this.ACTION(() => {
                this.place = lexer.operand;
              });
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
      this.ACTION(() => {
        this.place = lexer.afterConnective;
      });
      this.OR({
        DEF: [
          {
            ALT: () => {
              this.CONSUME(TOKENS.blank);
              this.ACTION(() => {
                this.place = lexer.operand;
              });
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
            const name = this.CONSUME(TOKENS.identifier).image;
            this.ACTION(() => {
              this.enter(depth + 1);
              this.place = lexer.afterOperand;
            });
            return { kind: 'identifier', name, position: this.ACTION(() => this.consumed()) };
          },
        },
      ],
      ERR_MSG: EXPECTED.operand,
    });
    return negated ? { kind: 'not', operand: tree, position } : tree;
  });

  private readonly group = this.RULE('group', (depth: number): Expr => {
    this.CONSUME(TOKENS.open);
    this.ACTION(() => {
      this.enter(depth);
      this.place = lexer.operand;
    });
    const tree = this.SUBRULE(this.disjunction, { ARGS: [depth + 1] });
    this.CONSUME(TOKENS.close, { ERR_MSG: EXPECTED.close });
    this.ACTION(() => {
      this.place = lexer.afterOperand;
    });
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
    this.ACTION(() => this.enter(depth + 1));
    return this.OR1<Expr>({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(TOKENS.exists);
            this.ACTION(() => {
              this.place = lexer.afterOperand;
            });
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
            this.ACTION(() => this.enterValue(depth, lexer.numberValue));
            return { operator, right: this.SUBRULE(this.numberValue, { ARGS: [depth] }) };
          },
        },
        {
          ALT: () => {
            const operator = this.CONSUME(TOKENS.textOperator).image;
            this.ACTION(() => {
              this.place = lexer.textValue;
            });
            return this.SUBRULE(this.textComparison, { ARGS: [depth, operator] });
          },
        },
        {
          ALT: () => {
            const operator = this.CONSUME(TOKENS.listOperator).image;
            this.ACTION(() => this.enterValue(depth, lexer.listValue));
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
              this.ACTION(() => this.enterValue(depth, lexer.plainListValue));
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
              this.ACTION(() => this.enter(depth + 1));
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
    this.CONSUME(TOKENS.open);
    const position = this.ACTION(() => {
      this.place = lexer.firstItem;
      return this.consumed();
    });
    const items: ByteString[] = [];
    this.OPTION({
      // A first item that is too deep counts as none, like any other that Falco cannot read.
      GATE: () => depth + 1 < this.maxDepth,
      DEF: () => {
        items.push(this.CONSUME(TOKENS.text).image);
        this.ACTION(() => {
          this.place = lexer.afterItem;
        });
        this.MANY(() => {
          this.CONSUME(TOKENS.comma);
          this.ACTION(() => {
            this.place = lexer.item;
          });
          items.push(this.CONSUME1(TOKENS.text, { ERR_MSG: EXPECTED.item }).image);
          this.ACTION(() => {
            this.place = lexer.afterItem;
          });
        });
      },
    });
    this.CONSUME(TOKENS.close, { ERR_MSG: EXPECTED.close });
    this.ACTION(() => {
      this.place = lexer.afterOperand;
    });
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
            this.ACTION(() => this.enter(depth));
            return this.SUBRULE(this.transformer, { ARGS: [depth + 1, lexer.afterOperand] });
          },
        },
        { ALT: () => this.SUBRULE(this.val, { ARGS: [depth] }) },
      ]),
  );

  private readonly val = this.RULE('val', (depth: number): TransformerExpr => {
    const name = this.CONSUME(TOKENS.val).image;
    const position = this.ACTION(() => {
      this.enter(depth);
      this.place = lexer.valField;
      return this.consumed();
    });
    const field = this.CONSUME(TOKENS.field, { ERR_MSG: EXPECTED.valField });
    const place = this.ACTION(() => positionOf(field));
    this.ACTION(() => this.enter(depth + 1));
    const argument = this.SUBRULE(this.argument, { ARGS: [lexer.afterItem] });
    this.CONSUME(TOKENS.close, { ERR_MSG: EXPECTED.closeTransformer });
    const outer = this.SUBRULE1(this.argument, { ARGS: [lexer.afterOperand] });
    const child: FieldExpr = { kind: 'field', name: field.image, argument, position: place };
    return { kind: 'transformer', name, args: [child], argument: outer, position };
  });

  private readonly field = this.RULE('field', (depth: number, next: Place): FieldExpr => {
    const name = this.CONSUME(TOKENS.field).image;
    const position = this.ACTION(() => {
      this.enter(depth);
      return this.consumed();
    });
    const argument = this.SUBRULE(this.argument, { ARGS: [next] });
    return { kind: 'field', name, argument, position };
  });

  /** `[…]`, if it is there; `next` is the place behind. */
  private readonly argument = this.RULE('argument', (next: Place): ByteString | undefined => {
    this.ACTION(() => {
      this.place = lexer.orArgument(next);
    });
    let argument: ByteString | undefined;
    this.OPTION(() => {
      this.CONSUME(TOKENS.openBracket);
      this.ACTION(() => {
        this.place = lexer.argument;
      });
      argument = this.CONSUME(TOKENS.text, { ERR_MSG: EXPECTED.argument }).image;
      this.ACTION(() => {
        this.place = lexer.closeBracket;
      });
      this.CONSUME(TOKENS.closeBracket, { ERR_MSG: EXPECTED.closeBracket });
      this.ACTION(() => {
        this.place = next;
      });
    });
    return argument;
  });

  private readonly transformer = this.RULE('transformer', (depth: number, next: Place): TransformerExpr => {
    const name = this.CONSUME(TOKENS.transformer).image;
    const position = this.ACTION(() => {
      this.enter(depth);
      this.place = lexer.transformerArgument;
      return this.consumed();
    });
    const args = [this.transformerArgument(0, depth + 1)];
    this.MANY(() => {
      this.CONSUME(TOKENS.comma);
      this.ACTION(() => {
        this.place = lexer.transformerArgument;
      });
      args.push(this.transformerArgument(1, depth + 1));
    });
    this.CONSUME(TOKENS.close, { ERR_MSG: EXPECTED.closeTransformer });
    const argument = this.SUBRULE(this.argument, { ARGS: [next] });
    return { kind: 'transformer', name, args, argument, position };
  });

  /** Part of the rule above, not a rule: half the stack for each level, and there may be five hundred. */
  private transformerArgument(index: number, depth: number): TransformerExpr['args'][number] {
    this.ACTION(() => this.enter(depth));
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
    this.CONSUME(TOKENS.open);
    const position = this.ACTION(() => {
      this.place = lexer.transformerItem;
      return this.consumed();
    });
    const items: TransformerListItem[] = [];
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(TOKENS.close) },
        {
          ALT: () => {
            items.push(this.SUBRULE(this.transformerItem, { ARGS: [depth] }));
            this.MANY(() => {
              this.CONSUME(TOKENS.comma);
              this.ACTION(() => {
                this.place = lexer.transformerItem;
              });
              items.push(this.SUBRULE1(this.transformerItem, { ARGS: [depth] }));
            });
            this.CONSUME1(TOKENS.close, { ERR_MSG: EXPECTED.closeTransformerList });
          },
        },
      ],
      ERR_MSG: EXPECTED.transformerItem,
    });
    this.ACTION(() => {
      this.place = lexer.afterItem;
    });
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

interface Comparison {
  readonly operator: string;
  readonly right: BinaryExpr['right'];
}

type TransformerListItem = TransformerListExpr['items'][number];

let parser: ConditionParser | undefined;

function run<T>(
  text: ByteString,
  place: Place,
  maxDepth: number,
  rule: (parser: ConditionParser) => T,
): Result<T> {
  parser ??= new ConditionParser();
  parser.begin(text, place, maxDepth);
  try {
    const value = rule(parser);
    const [error] = parser.errors;
    return error === undefined ? ok(value) : fail(error.message, positionOf(error.token));
  } catch (error) {
    if (error instanceof SyntaxFault) return fail(error.message, error.position);
    // The call stack was nearly used up before this call: what nests deep is too deep here.
    if (error instanceof RangeError) return fail(tooDeep(maxDepth), START);
    throw error;
  } finally {
    // Let go of the text and its tokens.
    parser.begin('', place, maxDepth);
  }
}

/**
 * Parses a condition.
 * @param maxDepth deepest nesting, in levels of Falco's parser (a parenthesis is five).
 * @returns the tree, or Falco's message at the place where its parser gives up.
 */
export function parseCondition(text: ByteString, maxDepth = CONDITION_DEPTH): Result<Expr> {
  if (text === '') return fail('filter input string is empty', START);
  return run(text, lexer.operand, maxDepth, (parser) => parser.condition());
}

/** A field or transformer and the offset behind it. */
export interface OperandPrefix {
  readonly operand: Operand;
  readonly end: number;
}

/** Parses the field or transformer that a text starts with, as templates do; what follows is not looked at. */
export function parseOperandPrefix(text: ByteString, maxDepth = TEMPLATE_DEPTH): Result<OperandPrefix> {
  return run(text, lexer.templateOperand, maxDepth, (parser) => {
    const operand = parser.templateOperand();
    return { operand, end: parser.errors.length === 0 ? parser.end() : 0 };
  });
}
