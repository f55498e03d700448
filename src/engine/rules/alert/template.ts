// Output template → Template: text with `%field`s → a function that fills it in for an event, and its fields for JSON.
// Answers to Falco's event formatter (spec: rules-language.md §3.1, §3.2).

import type { ByteString } from '../../../bytes.js';
import type { Event } from '../../../event.js';
import type { BoundField, Field, Value } from '../../../fields/field.js';
import type { LinePart, Place, ValuePart } from '../../../prefilter/prefilter.js';
import { type CompiledOperand, compileOperand } from '../../condition/compile/compile.js';
import type { Scope } from '../../condition/compile/scope.js';
import type { FieldExpr, Operand, TransformerArg } from '../../condition/syntax/ast.js';
import { DIGIT, endOfRun } from '../../condition/syntax/characters.js';
import { operandPrefixes } from '../../condition/syntax/parser.js';
import { printOperand } from '../../condition/syntax/printer.js';
import { fail, ok, type Result } from '../../condition/syntax/result.js';
import { createScanner, positionAt } from '../../condition/syntax/scanner.js';
import { jsonValue } from './json-text.js';

/** A field in a template, also inside a transformer. */
export interface TemplateField {
  /** As it is printed: `ka.uri.param[command]`. */
  readonly name: ByteString;
  /** JSON text of its value. After `scope.begin(event)`. */
  readonly json: (event: Event) => ByteString;
  /** The same as pieces of a line, if it is the value at one place, or the time. */
  readonly parts: Pieces;
}

export interface Template {
  /** Each once. */
  readonly fields: readonly TemplateField[];
  /** Fields and transformers as descriptions of rules list them, in order. */
  readonly names: readonly ByteString[];
  /** The text for an event. After `scope.begin(event)`; total. */
  readonly render: (event: Event) => ByteString;
  /** The same as pieces, if it is made of literals, values that stand at one place, and the time of day. */
  readonly parts: Pieces;
}

/** Of a line; undefined: what is shown is made in another way. */
type Pieces = readonly LinePart[] | undefined;

interface TemplatePart {
  (event: Event): ByteString;
  readonly line?: Pieces;
}

/** Reads at most this much of a list into a text. */
const LIST_BYTES = 1023;
/** Widths beyond are taken for this one: Falco would make alerts of gigabytes. */
const MAX_WIDTH = 65_536;

const MISSING = '<NA>';

// Falco looks for a field in ever shorter texts; its message is that of the last try, which is on one byte.
const UNKNOWN = "unknown filter: unexpected token after '";
const ENDS_WITH_PERCENT = 'invalid formatting syntax: formatting cannot end with a %';
const ENDS_WITH_NUMBER = 'invalid formatting syntax: formatting cannot end with a number';
/** The one fault of an operand at which Falco does not go on with a shorter text. */
const FATAL = 'unknown multivalue transformer';

/** Compiles a template. Errors: Falco's message, at the `%`. */
export function compileTemplate(text: ByteString, scope: Scope): Result<Template> {
  const scanner = createScanner(text);
  if (text === '') return fail('empty formatting token', positionAt(scanner, 0));
  const parts: TemplatePart[] = [];
  const operands: Operand[] = [];
  // A star says "print even if fields are missing", which Falco always does.
  let at = text.startsWith('*') ? 1 : 0;
  for (let percent = text.indexOf('%', at); percent !== -1; percent = text.indexOf('%', at)) {
    if (percent > at) parts.push(literal(text.slice(at, percent)));
    const found = readPlaceholder(text, percent, scope);
    if ('error' in found) return fail(found.error, positionAt(scanner, percent));
    parts.push(found.part);
    operands.push(found.operand);
    at = found.end;
  }
  if (at < text.length) parts.push(literal(text.slice(at)));
  return ok({
    fields: fieldsOf(operands, scope),
    names: operands.flatMap(namesOf),
    render: joined(parts),
    parts: linePartsOf(parts),
  });
}

/** Where the field at a `%` ends; undefined: there is none that the scope knows. */
export function placeholderEnd(text: ByteString, percent: number, scope: Scope): number | undefined {
  const found = readPlaceholder(text, percent, scope);
  return 'error' in found ? undefined : found.end;
}

interface Placeholder {
  readonly part: TemplatePart;
  readonly operand: Operand;
  readonly end: number;
}

/** @param percent offset of the `%`. */
function readPlaceholder(
  text: ByteString,
  percent: number,
  scope: Scope,
): Placeholder | { readonly error: ByteString } {
  if (percent === text.length - 1) return { error: ENDS_WITH_PERCENT };
  const start = endOfRun(text, percent + 1, DIGIT);
  if (start === text.length) return { error: ENDS_WITH_NUMBER };
  const width = Math.min(Number(text.slice(percent + 1, start)), MAX_WIDTH);
  for (const { operand, end } of operandPrefixes(text.slice(start))) {
    const compiled = compileOperand(operand, scope);
    if (compiled.ok) {
      const part = textOf(compiled.value, scope);
      return { part: width === 0 ? part : sized(part, width), operand, end: start + end };
    }
    if (compiled.fault.message === FATAL) return { error: FATAL };
  }
  return { error: UNKNOWN };
}

function linePartsOf(parts: readonly TemplatePart[]): Pieces {
  return parts.every(({ line }) => line !== undefined) ? parts.flatMap(({ line }) => line ?? []) : undefined;
}

function joined(parts: readonly TemplatePart[]): TemplatePart {
  return (event) => {
    let text = '';
    for (const part of parts) text += part(event);
    return text;
  };
}

function literal(text: ByteString): TemplatePart {
  const nul = text.indexOf('\0');
  const shown = nul === -1 ? text : text.slice(0, nul);
  return Object.assign(() => shown, { line: [{ text: shown }] });
}

function sized(part: TemplatePart, width: number): TemplatePart {
  return (event) => part(event).slice(0, width).padEnd(width);
}

/** How an operand's value is shown. */
function textOf(operand: CompiledOperand, scope: Scope): TemplatePart {
  const { read } = operand;
  const format = formatOf(operand, scope);
  const text = (event: Event): ByteString => {
    const value = read(event);
    if (value === undefined) return MISSING;
    if (typeof value === 'string') return value;
    return typeof value === 'object' ? listText(value) : format(value);
  };
  return Object.assign(text, { line: piecesOf(operand, 'text') });
}

// What is shown of an operand, as pieces of a line.
function piecesOf({ field, transformed }: CompiledOperand, as: ValuePart['as']): Pieces {
  if (field === undefined || transformed) return undefined;
  const { time, type, elseCluster } = field.field;
  if (time !== undefined) return as === 'json' ? [{ time: 'nanos' }] : TIMES[time];
  if (elseCluster !== undefined) return [{ place: elseCluster, as, elseCluster: true }];
  return field.place !== undefined && type === 'CHARBUF' && isWritable(field.place)
    ? [{ place: field.place, as }]
    : undefined;
}

// Whether readers can write the value there.
function isWritable({ time, as = 'string', absent = '' }: Place): boolean {
  return time !== true && as === 'string' && absent === '';
}

const TIMES: Readonly<Record<NonNullable<Field['time']>, readonly LinePart[]>> = {
  clock: [{ time: 'clock' }],
  iso: [{ time: 'iso' }, { text: '+0000' }],
};

function formatOf({ field, type, transformed }: CompiledOperand, scope: Scope): (value: Value) => ByteString {
  if (!transformed) return field?.field.format ?? String;
  // A length is shown in the format of its field, and only plugins' fields have one for numbers.
  return type === 'UINT64' && !isOfPlugin(field, scope) ? () => MISSING : String;
}

function isOfPlugin(field: BoundField | undefined, scope: Scope): boolean {
  return (
    field !== undefined &&
    scope.table.classes.some(({ plugin, fields }) => plugin && fields.includes(field.field))
  );
}

function listText(values: readonly ByteString[]): ByteString {
  let text = '(';
  for (const value of values) {
    // Not behind an empty first element: Falco looks at what is there so far.
    if (text.length > 1) text += ',';
    text += value;
    if (text.length > LIST_BYTES) return text.slice(0, LIST_BYTES);
  }
  return text.length < LIST_BYTES ? `${text})` : text;
}

/** The fields in some operands, each once. */
function fieldsOf(operands: readonly Operand[], scope: Scope): readonly TemplateField[] {
  const fields = new Map<ByteString, TemplateField>();
  for (const operand of operands) {
    for (const field of plainFields(operand)) {
      const name = printOperand(field);
      const compiled = compileOperand(field, scope);
      if (compiled.ok) {
        const { value } = compiled;
        fields.set(name, { name, json: jsonOf(value), parts: piecesOf(value, 'json') });
      }
    }
  }
  return [...fields.values()];
}

function jsonOf({ field, read }: CompiledOperand): TemplatePart {
  const value = field?.field.json ?? read;
  return (event) => jsonValue(value(event));
}

function plainFields(operand: TransformerArg): readonly FieldExpr[] {
  switch (operand.kind) {
    case 'field':
      return [operand];
    case 'value':
      return [];
    case 'transformer':
      return operand.args.flatMap(plainFields);
    case 'transformer-list':
      return operand.items.flatMap(plainFields);
  }
}

/** What Falco lists for an operand: its fields, then itself; a transformer takes the place of one just before it. */
function namesOf(operand: Operand): readonly ByteString[] {
  const names: ByteString[] = [];
  let transformedLast = false;
  const visit = (part: TransformerArg): void => {
    switch (part.kind) {
      case 'field':
        names.push(printOperand(part));
        transformedLast = false;
        break;
      case 'value':
        break;
      case 'transformer-list':
        part.items.forEach(visit);
        break;
      case 'transformer':
        part.args.forEach(visit);
        if (transformedLast) names.pop();
        names.push(printOperand(part));
        transformedLast = true;
        break;
    }
  };
  visit(operand);
  return names;
}
