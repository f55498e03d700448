// Condition text → tokens, one at a time, as the parser asks for them.
// Falco's grammar has no tokens of its own: what a word is depends on where it stands (`ka.verb = and`), and
// keywords end where their letters end (`ka.verb increate`). So the parser names the place it is at, a function of
// this file, and the place tries what may stand there in Falco's order (spec: rules-language.md §1.1, §1.2).

import { BLANK, endOfRun, endOfText, ARGUMENT as IN_ARGUMENT } from './characters.js';
import {
  type Scanner,
  SyntaxFault,
  skipBlanks,
  tryBare,
  tryField,
  tryIdentifier,
  tryModifier,
  tryNot,
  tryNumber,
  tryOneOf,
  tryOneOfBeforeBlank,
  tryPunctuation,
  tryQuoted,
  tryRun,
  tryTransformer,
  tryVal,
  unknown,
} from './scanner.js';
import { type IToken, TOKENS } from './tokens.js';
import { LIST_OPERATORS, NUMBER_OPERATORS, SYMBOL_OPERATORS, WORD_OPERATORS } from './words.js';

/** Reads the token at a place in the grammar: what may stand there differs from place to place. */
export type TokenReader = (scanner: Scanner) => IToken;

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

const ARGUMENT_READERS = new Map<TokenReader, TokenReader>();

/** A place before which a field argument may stand; its bracket comes without a blank. */
export function orArgument(place: TokenReader): TokenReader {
  let both = ARGUMENT_READERS.get(place);
  if (both === undefined) {
    both = (scanner) => tryPunctuation(scanner, '[') ?? place(scanner);
    ARGUMENT_READERS.set(place, both);
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
