// Coverage: which rules, and which parts of their conditions, a set of events made true and made false. Parts are
// checks, and groups in parentheses or macros, which may never hold although each of their checks does.

import type { ByteString } from '../bytes.js';
import type { Explanation } from '../engine/condition/explain/explain.js';
import type { Expr } from '../engine/condition/syntax/ast.js';
import { printExpr } from '../engine/condition/syntax/printer.js';

/** A part of a rule's condition and what was seen of it. */
interface SeenPart {
  readonly kind: 'check' | 'and' | 'or' | 'not';
  readonly operands: readonly SeenPart[];
  readonly text: ByteString;
  yes: boolean;
  no: boolean;
}

export interface Coverage {
  /** Notes one rule's explanation on one event. */
  add(rule: ByteString, explanation: Explanation): void;
  /** Notes an alert of a correlation. */
  fired(name: ByteString): void;
  report(): CoverageReport;
}

export interface CoverageGap {
  readonly rule: ByteString;
  readonly check: ByteString;
  /** Whether it was never true; else it was never false. */
  readonly never: boolean;
}

export interface CoverageReport {
  readonly rules: number;
  /** Rules that matched no event. */
  readonly neverMatched: readonly ByteString[];
  readonly checks: number;
  /** Parts that were never true, or never false, unless what they are made of says so already. */
  readonly gaps: readonly CoverageGap[];
}

export function createCoverage(rules: readonly ByteString[]): Coverage {
  const matched = new Set<ByteString>();
  const trees = new Map<ByteString, Map<ByteString, SeenPart>>();
  const text = createPrinter();

  return {
    add(rule, explanation) {
      if (!rules.includes(rule)) return;
      if (explanation.verdict) matched.add(rule);
      const parts = trees.get(rule) ?? new Map<ByteString, SeenPart>();
      trees.set(rule, parts);
      note(parts, explanation, text);
    },
    fired: (name) => void matched.add(name),
    report() {
      const all = [...trees].flatMap(([rule, parts]) => partsOf(parts).map((part) => ({ rule, part })));
      return {
        rules: rules.length,
        neverMatched: rules.filter((rule) => !matched.has(rule)),
        checks: all.length,
        gaps: all.flatMap(({ rule, part }) => gapsOf(rule, part)),
      };
    },
  };
}

type Printer = (expr: Expr) => ByteString;

/** Prints every expression once, whatever number of events it is explained for. */
function createPrinter(): Printer {
  const printed = new Map<Expr, ByteString>();
  return (expr) => {
    const text = printed.get(expr) ?? printExpr(expr);
    printed.set(expr, text);
    return text;
  };
}

// Depth is bounded by the parser's limit on nesting.
function note(parts: Map<ByteString, SeenPart>, explanation: Explanation, print: Printer): SeenPart {
  const operands =
    explanation.kind === 'branch' ? explanation.operands.map((each) => note(parts, each, print)) : [];
  const text = print(explanation.expr);
  const kind = explanation.kind === 'branch' ? explanation.expr.kind : 'check';
  const part = parts.get(text) ?? { kind, operands, text, yes: false, no: false };
  // Set again: what holds others stands behind them, and the whole condition last.
  parts.delete(text);
  parts.set(text, part);
  if (explanation.verdict) part.yes = true;
  else part.no = true;
  return part;
}

/** What counts: not the whole condition, which is the rule itself, unless it is a single check. */
function partsOf(parts: ReadonlyMap<ByteString, SeenPart>): readonly SeenPart[] {
  const all = [...parts.values()];
  const root = all.at(-1);
  return all.filter((part) => part.kind === 'check' || (part.kind !== 'not' && part !== root));
}

function gapsOf(rule: ByteString, part: SeenPart): readonly CoverageGap[] {
  const gap = (never: boolean): CoverageGap => ({ rule, check: part.text, never });
  return [
    ...(!part.yes && !isExplained(part, true) ? [gap(true)] : []),
    ...(!part.no && !isExplained(part, false) ? [gap(false)] : []),
  ];
}

/** Whether the operands of a group leave it no choice but to be never true (or never false). */
function isExplained({ kind, operands }: SeenPart, never: boolean): boolean {
  const lacks = (part: SeenPart): boolean => !(never ? part.yes : part.no);
  if (kind === 'check') return false;
  return (kind === 'and') === never ? operands.some(lacks) : operands.every(lacks);
}
