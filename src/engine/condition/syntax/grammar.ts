// The grammar of conditions (spec: rules-language.md §1.2), for chevrotain; parser.ts runs it. Here are the whole
// condition, `and`, `or`, `not`, parentheses and checks; the smaller parts are in the files that it extends.

import type { Expr, Operand, Position } from './ast.js';
import { ComparisonParser } from './comparison-grammar.js';
import * as lexer from './lexer.js';
import { EXPECTED } from './messages.js';
import { type ParserMethod, positionOf, START } from './token-parser.js';
import { TOKENS } from './tokens.js';

export class ConditionParser extends ComparisonParser {
  /** @param checked whether chevrotain checks the rules: a third of what its start takes, and the same each time */
  constructor(checked = false) {
    super(checked);
    this.performSelfAnalysis();
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

  private readonly disjunction = this.RULE(
    'disjunction',
    (depth: number, start?: Position): Expr => this.chain('or', this.conjunction, depth, start),
  );

  private readonly conjunction = this.RULE(
    'conjunction',
    (depth: number): Expr => this.chain('and', this.operand, depth),
  );

  /** Operands with connectives between them. Part of the two rules above: a rule of its own would take more stack. */
  private chain(
    kind: 'and' | 'or',
    operand: ParserMethod<[depth: number], Expr>,
    depth: number,
    start?: Position,
  ): Expr {
    const position = this.ACTION(() => {
      this.enter(depth);
      return start ?? this.here();
    });
    const first = this.SUBRULE(operand, { ARGS: [depth + 1] });
    const operands = [first];
    this.MANY(() => {
      this.CONSUME(TOKENS[kind]);
      this.at(lexer.afterConnective);
      this.OR({
        DEF: [
          {
            ALT: () => {
              this.CONSUME(TOKENS.blank);
              this.at(lexer.operand);
              operands.push(this.SUBRULE1(operand, { ARGS: [depth + 1] }));
            },
          },
          { ALT: () => operands.push(this.SUBRULE(this.group, { ARGS: [depth + 1] })) },
        ],
        ERR_MSG: kind === 'or' ? EXPECTED.behindOr : EXPECTED.behindAnd,
      });
    });
    return operands.length === 1 ? first : { kind, operands, position };
  }

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
}
