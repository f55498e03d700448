// Explanation → a tree for people, or plain data for tools.

import type { ByteString } from '../bytes.js';
import type { CheckExplanation, Explanation } from '../engine/condition/explain/explain.js';
import { printExpr, printOperand } from '../engine/condition/syntax/printer.js';
import type { Value } from '../fields/field.js';
import { printable } from '../printable.js';

/** How marks are shown; plain text where colours are off. */
export interface Style {
  yes(text: string): string;
  no(text: string): string;
  dim(text: string): string;
}

export const PLAIN: Style = { yes: (text) => text, no: (text) => text, dim: (text) => text };

/**
 * The tree of a condition: one line a part, `✓` where it holds and `✗` where not, what each check read, and `◀` at
 * the part that decided the one above it.
 */
export function explanationText(explanation: Explanation, style: Style = PLAIN): ByteString {
  const lines: string[] = [];
  addLines(explanation, '', '', false, style, lines);
  return lines.join('\n');
}

// Depth is bounded by the parser's limit on nesting.
function addLines(
  part: Explanation,
  head: string,
  indent: string,
  decided: boolean,
  style: Style,
  lines: string[],
): void {
  const mark = part.verdict ? style.yes(MARKS.yes) : style.no(MARKS.no);
  const pointer = decided ? ` ${style.dim(MARKS.decided)}` : '';
  if (part.kind === 'check') {
    lines.push(`${head}${mark} ${checkText(part.expr)}${style.dim(readText(part))}${pointer}`);
    return;
  }
  lines.push(`${head}${mark} ${part.expr.kind}${pointer}`);
  const last = part.operands.length - 1;
  for (const [index, operand] of part.operands.entries()) {
    const branch = index === last ? MARKS.lastBranch : MARKS.branch;
    const below = index === last ? '   ' : MARKS.line;
    addLines(operand, `${indent}${branch}`, `${indent}${below}`, operand === part.decidedBy, style, lines);
  }
}

// Byte strings of the UTF-8 characters ✓ ✗ ◀ ├─ └─ │.
const MARKS = {
  yes: '\xe2\x9c\x93',
  no: '\xe2\x9c\x97',
  decided: '\xe2\x97\x80',
  branch: '\xe2\x94\x9c\xe2\x94\x80 ',
  lastBranch: '\xe2\x94\x94\xe2\x94\x80 ',
  line: '\xe2\x94\x82  ',
} as const;

const MOST_ITEMS = 6;
const SHOWN_ITEMS = 3;

/** A check; of a long list its beginning, since the verdict is there and the list is in the rules. */
function checkText(expr: CheckExplanation['expr']): ByteString {
  if (expr.kind !== 'binary' || expr.right.kind !== 'list' || expr.right.items.length <= MOST_ITEMS)
    return printable(printExpr(expr));
  const { items } = expr.right;
  const list = printOperand({ ...expr.right, items: items.slice(0, SHOWN_ITEMS) });
  return printable(
    `${printOperand(expr.left)} ${expr.operator} ${list.slice(0, -1)}, ... ${items.length} in all)`,
  );
}

function readText({ expr, left, right }: CheckExplanation): string {
  const read = `   ${printOperand(expr.left)} ${valueText(left)}`;
  return right === undefined ? read : `${read}, ${printOperand(right.expr)} ${valueText(right.value)}`;
}

const LONGEST_VALUE = 120;

function valueText(value: Value | undefined): string {
  if (value === undefined) return 'has no value';
  const text = plain(value);
  return `is ${printable(text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text)}`;
}

function plain(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object') return `(${value.map((item) => JSON.stringify(item)).join(', ')})`;
  return String(value);
}

/** Checks in the order of the condition; those of a macro that is used twice are there twice. */
export function checksOf(explanation: Explanation): readonly CheckExplanation[] {
  const found: CheckExplanation[] = [];
  const open: Explanation[] = [explanation];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part.kind === 'check') found.push(part);
    else open.push(...part.operands.toReversed());
  }
  return found;
}

/** The same as data: byte strings, numbers as decimal text. */
export type ExplanationData =
  | {
      readonly operator: 'and' | 'or' | 'not';
      readonly verdict: boolean;
      /** Index of the operand that decided. */
      readonly decidedBy: number | null;
      readonly operands: readonly ExplanationData[];
    }
  | {
      readonly check: ByteString;
      readonly verdict: boolean;
      readonly left: ValueData;
      readonly constants: readonly { readonly text: ByteString; readonly fits: boolean }[];
      readonly right: ValueData;
    };

type ValueData = string | boolean | readonly string[] | null;

export function explanationData(part: Explanation): ExplanationData {
  if (part.kind === 'check') {
    const { expr, verdict, left, constants, right } = part;
    return {
      check: printExpr(expr),
      verdict,
      left: valueData(left),
      constants,
      right: valueData(right?.value),
    };
  }
  const decidedBy = part.decidedBy === undefined ? -1 : part.operands.indexOf(part.decidedBy);
  return {
    operator: part.expr.kind,
    verdict: part.verdict,
    decidedBy: decidedBy < 0 ? null : decidedBy,
    operands: part.operands.map(explanationData),
  };
}

function valueData(value: Value | undefined): ValueData {
  if (value === undefined) return null;
  return typeof value === 'bigint' ? value.toString() : value;
}
