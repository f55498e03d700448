// Exceptions of rules: checked when they are defined, turned into condition text when rules are compiled.
// The text is what counts: list names in values are replaced, and a value that looks like a transformer acts as one.
// Answers to validate_exception_info and build_rule_exception_infos of Falco (spec: rules-language.md §4.7).

import type { ByteString } from '../../../bytes.js';
import type { FieldTable } from '../../../fields/field.js';
import { suggest } from '../../../suggest.js';
import { compileCondition } from '../../condition/compile/compile.js';
import { createScope } from '../../condition/compile/scope.js';
import { MODIFIERS } from '../../condition/operators/operators.js';
import { parseCondition } from '../../condition/syntax/parser.js';
import {
  LIST_OPERATORS,
  OPERATOR_NAMES,
  SYMBOL_OPERATORS,
  WORD_OPERATORS,
} from '../../condition/syntax/words.js';
import type { ExceptionEntry, ExceptionInfo, SourcedText, TextPart } from '../definitions.js';
import { isFilled, NO_ENTRY } from '../exception-entry.js';
import { fileContext, itemFault, untilNul } from '../fault.js';
import { fieldHint } from '../hints/field-hints.js';
import { quoteItem } from './lists.js';

const OPERATORS: ReadonlySet<string> = new Set(OPERATOR_NAMES);
const WITH_MODIFIER: ReadonlySet<string> = new Set(
  [...SYMBOL_OPERATORS, ...WORD_OPERATORS].flatMap((name) =>
    MODIFIERS.map((modifier) => `${name} ${modifier}`),
  ),
);

const takesList = (operator: string): boolean =>
  LIST_OPERATORS.includes(operator) || WITH_MODIFIER.has(operator);

const entry = (text: ByteString): ExceptionEntry => ({ ...NO_ENTRY, text });

const withoutBlanks = (comp: ExceptionEntry): ExceptionEntry => ({
  ...comp,
  text: comp.text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ''),
});

/** Checks an exception and fills in its operators. @param table undefined: fields are not checked. */
export function checkException(exception: ExceptionInfo, table: FieldTable | undefined): ExceptionInfo {
  return exception.fields.isList ? checkListForm(exception, table) : checkSingleForm(exception, table);
}

function checkListForm(exception: ExceptionInfo, table: FieldTable | undefined): ExceptionInfo {
  const { fields, context } = exception;
  const given = isFilled(exception.comps) ? exception.comps.items : fields.items.map(() => entry('='));
  if (fields.items.length !== given.length)
    throw itemFault('Fields and comps lists must have equal length', context);
  const items = given.map(withoutBlanks);
  for (const { text, node } of items)
    if (!OPERATORS.has(text) && !WITH_MODIFIER.has(text))
      throw itemFault(`'${text}' is not a supported comparison operator`, context, {
        mark: node?.mark,
        suggestion: suggest(text, OPERATORS),
      });
  for (const field of fields.items) checkField(field, exception, table);
  return { ...exception, comps: { ...NO_ENTRY, isList: true, items } };
}

function checkSingleForm(exception: ExceptionInfo, table: FieldTable | undefined): ExceptionInfo {
  const { fields, context } = exception;
  const given = isFilled(exception.comps) ? exception.comps : entry('in');
  if (given.isList) throw itemFault('Fields and comps must both be strings', context);
  const comps = withoutBlanks(given);
  if (!takesList(comps.text))
    throw itemFault(
      'When fields is a single value, comps must be one of (in, pmatch, intersects) or a modifier operator (e.g. startswith oneof)',
      context,
      { mark: comps.node?.mark },
    );
  checkField(fields, exception, table);
  return { ...exception, comps };
}

function checkField(
  { text, node }: ExceptionEntry,
  exception: ExceptionInfo,
  table: FieldTable | undefined,
): void {
  if (table === undefined) return;
  const mark = node?.mark;
  if (text.includes('(')) {
    if (isOperand(text, table)) return;
  } else {
    const found = table.lookup(text);
    if (!('error' in found)) return;
    // What the look-up itself refuses, Falco reports for the file as a whole.
    if (!found.unknown)
      throw itemFault(untilNul(found.error), fileContext(exception.context.locations[0]!.name), { mark });
  }
  const hint = { mark, ...fieldHint(table, text.replace(/\[.*$/s, '')) };
  throw itemFault(`'${text}' is not a supported filter field`, exception.context, hint);
}

/** Whether a text with a parenthesis can stand on the left of an operator. */
function isOperand(text: ByteString, table: FieldTable): boolean {
  const parsed = parseCondition(`${text} exists`);
  return parsed.ok && compileCondition(parsed.value, createScope(table)).ok;
}

export interface ExceptedCondition {
  readonly condition: SourcedText;
  /** Fields of the exceptions that have values. */
  readonly fields: ReadonlySet<ByteString>;
}

/** The condition with its exceptions. Errors: LoadFault. */
export function exceptCondition(
  condition: SourcedText,
  exceptions: readonly ExceptionInfo[],
): ExceptedCondition {
  const fields = new Set<ByteString>();
  if (exceptions.length === 0) return { condition, fields };
  const parts: TextPart[] = condition.parts.map((part) => ({ ...part, at: part.at + 1 }));
  let text = `(${condition.text})`;
  for (const exception of exceptions) {
    const pieces = exception.fields.isList ? listPieces(exception) : singlePieces(exception);
    if (pieces.length === 0) continue;
    for (const field of exception.fields.isList ? exception.fields.items : [exception.fields])
      fields.add(field.text);
    text += ' and not ';
    for (const piece of pieces) {
      if (piece.node?.kind === 'scalar')
        parts.push({ at: text.length, file: exception.file, scalar: piece.node });
      text += piece.text;
    }
  }
  return { condition: { text, parts }, fields };
}

/** A piece of text and the entry that it came from. */
type Piece = Pick<ExceptionEntry, 'text' | 'node'>;

const glue = (text: ByteString): Piece => ({ text, node: undefined });
const quoted = ({ text, node }: ExceptionEntry): Piece => ({ text: quoteItem(text), node });

/** Pieces with commas between them. */
const separated = (pieces: readonly Piece[]): readonly Piece[] =>
  pieces.flatMap((piece, index) => (index === 0 ? [piece] : [glue(', '), piece]));

function singlePieces({ fields, comps, values, context }: ExceptionInfo): readonly Piece[] {
  if (values.some(({ isList }) => isList))
    throw itemFault('Expected values array to contain a list of strings', context);
  if (values.length === 0) return [];
  const { text, node } = fields;
  const items = separated(values.map(quoted));
  return [glue('('), { text, node }, glue(` ${comps.text} (`), ...items, glue('))')];
}

function listPieces(exception: ExceptionInfo): readonly Piece[] {
  const { fields, values, context } = exception;
  if (values.some(({ items }) => items.length !== fields.items.length))
    throw itemFault('Fields and values lists must have equal length', context);
  if (values.length === 0) return [];
  const tuples = values.flatMap((value, index) => [
    glue(index === 0 ? '(' : ' or ('),
    ...tuplePieces(exception, value),
    glue(')'),
  ]);
  return [glue('('), ...tuples, glue(')')];
}

function tuplePieces({ fields, comps }: ExceptionInfo, tuple: ExceptionEntry): readonly Piece[] {
  return fields.items.flatMap(({ text, node }, index) => {
    // Missing operators are left undefined by `override: replace`; upstream reads past the end.
    const operator = comps.items[index]?.text ?? '=';
    const value = valuePieces(tuple.items[index]!, operator);
    return [glue(index === 0 ? ' ' : ' and  '), { text, node }, glue(` ${operator} `), ...value];
  });
}

function valuePieces(value: ExceptionEntry, operator: string): readonly Piece[] {
  if (value.isList) {
    // Null items at the beginning leave no comma.
    const first = value.items.findIndex(({ text }) => text !== '');
    const items = first < 0 ? [] : value.items.slice(first);
    return [glue('('), ...separated(items.map(quoted)), glue(')')];
  }
  if (!takesList(operator)) return [quoted(value)];
  if (value.text.startsWith('(')) return [value];
  return [glue('('), value, glue(')')];
}
