// What Falco's parser says where a condition does not go on as it must (spec: rules-language.md §1.7).

import { OPERATOR_NAMES, TRANSFORMER_NAMES } from './words.js';

const quotedNames = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');
const TRANSFORMED = `or a field with a valid transformer: ${quotedNames(TRANSFORMER_NAMES)}`;

/** What was expected, by the part of the grammar. */
export const EXPECTED = {
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
  operator: `expected a valid check operator: one of ${quotedNames(OPERATOR_NAMES)}`,
  number: `expected a number value ${TRANSFORMED}`,
  text: `expected a string value ${TRANSFORMED}`,
  item: 'expected a string value',
  list: `expected a list, an identifier, ${TRANSFORMED}`,
  plainList: 'expected a list or an identifier',
  // Falco's own text, which stops there.
  templateOperand: "unexpected token after '",
  valField: "expected a field within 'val' transformer",
} as const;

/** Refuses what nests deeper than the limit. */
export const tooDeep = (limit: number): string => `exceeded max depth limit of ${limit}`;
