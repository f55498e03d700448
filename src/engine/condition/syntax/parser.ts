// Condition text → Expr, or Falco's message with the place where its parser stops; and the fields and transformers
// at the start of a text, for templates. Answers to Falco's filter parser (spec: rules-language.md §1.2–1.7, §3.1).

import type { ByteString } from '../../../bytes.js';
import type { Expr, Operand } from './ast.js';
import { endOfFieldName } from './characters.js';
import { ConditionParser } from './grammar.js';
import * as lexer from './lexer.js';
import { tooDeep } from './messages.js';
import { fail, ok, type Result } from './result.js';
import { SyntaxFault } from './scanner.js';
import { positionOf, START } from './token-parser.js';

/** Deepest nesting of conditions and of templates' fields, in Falco's count. */
const CONDITION_DEPTH = 1000;
const TEMPLATE_DEPTH = 100;

// Made when the first text comes: building the grammar takes some milliseconds.
let parser: ConditionParser | undefined;

function run<T>(
  text: ByteString,
  place: lexer.TokenReader,
  maxDepth: number,
  rule: (parser: ConditionParser) => T,
): Result<T> {
  try {
    parser ??= new ConditionParser();
    parser.begin(text, place, maxDepth);
    const value = rule(parser);
    const [error] = parser.errors;
    return error === undefined ? ok(value) : fail(error.message, positionOf(error.token));
  } catch (error) {
    if (error instanceof SyntaxFault) return fail(error.message, error.position);
    // The call stack was nearly used up before this call: what nests deep is too deep here.
    if (error instanceof RangeError) return fail(tooDeep(maxDepth), START);
    throw error;
  }
}

/**
 * Parses a condition.
 * @param maxDepth deepest nesting, in levels of Falco's parser (a parenthesis is five).
 * @returns the tree, or Falco's message at the place where its parser gives up.
 */
export function parseCondition(text: ByteString, maxDepth = CONDITION_DEPTH): Result<Expr> {
  if (text === '') return fail('filter input string is empty', START);
  const result = run(text, lexer.operand, maxDepth, (parser) => parser.condition());
  release();
  return result;
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

/** Fields' names are shorter than this, so no longer part of a text can be one. */
const LONGEST_NAME = 4096;

/**
 * Every field or transformer that the start of a text can be read as, the longest first: `ka.verbs` and then
 * `ka.verb` … down to `k.v`; `f[x]` and then `f`.
 */
export function* operandPrefixes(text: ByteString): Generator<OperandPrefix> {
  const whole = parseOperandPrefix(text);
  const closed = parser?.endOfTransformer() ?? 0;
  release();
  if (whole.ok) yield whole.value;
  const name = endOfFieldName(text, 0);
  if (name > 0) yield* fieldPrefixes(text.slice(0, name));
  else if (closed > 0) {
    // The transformer without its argument, which may be what is wrong.
    const bare = parseOperandPrefix(text.slice(0, closed));
    release();
    if (bare.ok) yield bare.value;
  }
}

function* fieldPrefixes(name: ByteString): Generator<OperandPrefix> {
  for (let end = Math.min(name.length, LONGEST_NAME); end > 0; end--) {
    const prefix = name.slice(0, end);
    if (endOfFieldName(prefix, 0) !== end) continue;
    yield { operand: { kind: 'field', name: prefix, argument: undefined, position: START }, end };
  }
}

// Lets go of the last text and its tokens.
function release(): void {
  parser?.begin('', lexer.nothing, 0);
}
