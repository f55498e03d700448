// Expr: the syntax tree of a condition, with the place of every node in the condition's text.
// A leaf. The shapes answer to Falco's filter AST (spec: rules-language.md §1.6).

import type { ByteString } from '../../../bytes.js';

/** A place in a condition's text: byte offset from 0; line and column from 1 (both \r and \n start a line). */
export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export interface FieldExpr {
  readonly kind: 'field';
  readonly name: ByteString;
  /** Unescaped text in the brackets; undefined where there are none (`[""]` is the empty string). */
  readonly argument: ByteString | undefined;
  readonly position: Position;
}

export interface TransformerExpr {
  readonly kind: 'transformer';
  /** One of TRANSFORMERS (operators.ts), or `val`. */
  readonly name: string;
  readonly args: readonly TransformerArg[];
  readonly argument: ByteString | undefined;
  readonly position: Position;
}

export interface TransformerListExpr {
  readonly kind: 'transformer-list';
  readonly items: readonly (FieldExpr | TransformerExpr | ValueExpr)[];
  readonly position: Position;
}

/** A constant: bare or quoted text, or a number as it was written. */
export interface ValueExpr {
  readonly kind: 'value';
  readonly value: ByteString;
  readonly position: Position;
}

export interface ListExpr {
  readonly kind: 'list';
  readonly items: readonly ByteString[];
  readonly position: Position;
}

/** A macro's name. */
export interface IdentifierExpr {
  readonly kind: 'identifier';
  readonly name: ByteString;
  readonly position: Position;
}

export interface NotExpr {
  readonly kind: 'not';
  readonly operand: Expr;
  readonly position: Position;
}

export interface AndOrExpr {
  readonly kind: 'and' | 'or';
  /** At least two. */
  readonly operands: readonly Expr[];
  readonly position: Position;
}

export type Operand = FieldExpr | TransformerExpr;

export type TransformerArg = Operand | ValueExpr | TransformerListExpr;

/** Whatever stands on a side of a check, or inside of it. */
export type CheckPart = TransformerArg | ListExpr;

export interface ExistsExpr {
  readonly kind: 'exists';
  readonly left: Operand;
  readonly position: Position;
}

export interface BinaryExpr {
  readonly kind: 'binary';
  readonly left: Operand;
  /** As written, with a modifier behind one space: `==`, `in`, `startswith oneof`. */
  readonly operator: string;
  readonly right: ValueExpr | ListExpr | FieldExpr | TransformerExpr;
  readonly position: Position;
}

export type Expr = AndOrExpr | NotExpr | IdentifierExpr | ExistsExpr | BinaryExpr;
