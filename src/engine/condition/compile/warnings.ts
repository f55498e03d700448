// Warnings about constants that look like something else: Falco's hints while it compiles a condition
// (spec: rules-language.md §2.13). In: a condition and the source's fields. Out: messages with places, in order.

import type { ByteString } from '../../../bytes.js';
import type { FieldTable } from '../../../fields/field.js';
import { operatorOf } from '../operators/operators.js';
import { MULTI_TRANSFORMERS, STRING_MAPS } from '../operators/transformers.js';
import type { BinaryExpr, Expr } from '../syntax/ast.js';
import type { Fault } from '../syntax/result.js';
import { operands, operandsFirst } from '../syntax/walk.js';

const TRANSFORMER_CALL = new RegExp(
  `^(?:${['val', 'len', ...STRING_MAPS.keys(), ...MULTI_TRANSFORMERS.keys()].join('|')})\\([\\s\\S]*\\)$`,
);

/** Warnings by tree; those of macros are asked for again and again. */
export type KnownWarnings = Map<Expr, readonly Fault[]>;

/**
 * All warnings about a condition, at the right-hand values that they are about, from left to right; those of a shared
 * tree as often as it is used.
 */
export function conditionWarnings(
  expr: Expr,
  table: FieldTable,
  known: KnownWarnings = new Map(),
): readonly Fault[] {
  // Single checks are not worth remembering.
  const faultsOf = (part: Expr): readonly Fault[] =>
    part.kind === 'binary' ? checkFaults(part, table) : (known.get(part) ?? NONE);
  for (const part of operandsFirst(expr, (part) => known.has(part))) {
    const inner = operands(part);
    if (inner.length > 0) known.set(part, joined(inner.map(faultsOf)));
  }
  return faultsOf(expr);
}

const NONE: readonly Fault[] = [];

/** All of them; most trees have none, and share the memory for that. */
function joined(lists: readonly (readonly Fault[])[]): readonly Fault[] {
  const filled = lists.filter((list) => list.length > 0);
  return filled.length > 1 ? filled.flat() : (filled[0] ?? NONE);
}

function checkFaults(check: BinaryExpr, table: FieldTable): readonly Fault[] {
  const { position } = check.right;
  const messages = checkWarnings(check, table);
  return messages.length === 0 ? NONE : messages.map((message) => ({ message, position }));
}

function checkWarnings({ operator, right }: BinaryExpr, table: FieldTable): readonly ByteString[] {
  if (right.kind !== 'value' && right.kind !== 'list') return [];
  const isRegex = operatorOf(operator).operator.name === 'regex';
  const texts = right.kind === 'list' ? right.items : [right.value];
  return texts.flatMap((text) => [
    ...(isRegex && isSimpleRegex(text) ? [simplerThanRegex(text)] : []),
    ...misuse(text, table),
  ]);
}

function simplerThanRegex(text: ByteString): ByteString {
  const operators = "'=', 'contains', 'startswith', 'endswith'";
  return `regex check with '${text}' may be optimized with simpler operators such as ${operators}`;
}

// Whether nothing but anchors, and `.*` and its like at either end, needs a regex.
function isSimpleRegex(text: ByteString): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if ((i === 0 && c === '^') || (i === text.length - 1 && c === '$')) continue;
    const atAnEnd = (i === 0 && text.length > 1) || i === text.length - 2;
    if (atAnEnd && c === '.' && '+*?'.includes(text[i + 1]!)) i++;
    else if ('.+*?^$()[]{}|\\'.includes(c)) return false;
  }
  return true;
}

// A constant that would be a field or a transformer in another place.
function misuse(text: ByteString, table: FieldTable): readonly ByteString[] {
  const compact = text.replace(/[ \t\n\v\f\r]/g, '');
  const found = table.lookup(compact);
  // A field's name with a bad argument ends Falco's search for misuse.
  if ('error' in found && !found.unknown) return [];
  const messages: ByteString[] = [];
  if (!('error' in found)) messages.push(`'${text}' may be a valid field misused as a const string value`);
  if (TRANSFORMER_CALL.test(compact)) {
    messages.push(`'${text}' may be a valid field transformer misused as a const string value`);
  }
  return messages;
}
