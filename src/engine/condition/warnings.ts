// Warnings about constants that look like something else: Falco's hints while it compiles a condition
// (spec: rules-language.md §2.13). In: a condition and the source's fields. Out: messages with places, in order.

import type { ByteString } from '../../bytes.js';
import type { FieldTable } from '../../fields/field.js';
import type { BinaryExpr, Expr } from './ast.js';
import { operatorOf } from './operators.js';
import type { Fault } from './result.js';
import { MULTI_TRANSFORMERS, STRING_MAPS } from './transformers.js';
import { leaves } from './walk.js';

const TRANSFORMER_CALL = new RegExp(
  `^(?:${['val', 'len', ...STRING_MAPS.keys(), ...MULTI_TRANSFORMERS.keys()].join('|')})\\([\\s\\S]*\\)$`,
);

/** All warnings about a condition, at the right-hand values that they are about. */
export function conditionWarnings(expr: Expr, table: FieldTable): readonly Fault[] {
  const warnings: Fault[] = [];
  for (const part of leaves(expr)) {
    if (part.kind !== 'binary') continue;
    for (const message of checkWarnings(part, table))
      warnings.push({ message, position: part.right.position });
  }
  return warnings;
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
