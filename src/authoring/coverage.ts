// Coverage: which rules, and which checks of their conditions, a set of events made true and made false.

import type { ByteString } from '../bytes.js';
import type { Explanation } from '../engine/condition/explain.js';
import { printExpr } from '../engine/condition/printer.js';

interface Seen {
  yes: boolean;
  no: boolean;
}

export interface Coverage {
  /** Notes one rule's explanation on one event. */
  add(rule: ByteString, explanation: Explanation): void;
  report(): CoverageReport;
}

export interface CoverageReport {
  readonly rules: number;
  /** Rules that matched no event. */
  readonly neverMatched: readonly ByteString[];
  readonly checks: number;
  /** Checks that were never true, or never false. */
  readonly gaps: readonly {
    readonly rule: ByteString;
    readonly check: ByteString;
    readonly never: boolean;
  }[];
}

export function createCoverage(rules: readonly ByteString[]): Coverage {
  const matched = new Map<ByteString, Seen>(rules.map((rule) => [rule, { yes: false, no: false }]));
  const checks = new Map<ByteString, Map<ByteString, Seen>>();

  function note(seen: Seen, verdict: boolean): void {
    if (verdict) seen.yes = true;
    else seen.no = true;
  }

  function addChecks(parts: Map<ByteString, Seen>, explanation: Explanation): void {
    if (explanation.kind === 'branch') {
      for (const operand of explanation.operands) addChecks(parts, operand);
      return;
    }
    const text = printExpr(explanation.expr);
    const seen = parts.get(text) ?? { yes: false, no: false };
    parts.set(text, seen);
    note(seen, explanation.verdict);
  }

  return {
    add(rule, explanation) {
      const seen = matched.get(rule);
      if (seen === undefined) return;
      note(seen, explanation.verdict);
      const parts = checks.get(rule) ?? new Map<ByteString, Seen>();
      checks.set(rule, parts);
      addChecks(parts, explanation);
    },
    report() {
      const all = [...checks].flatMap(([rule, parts]) =>
        [...parts].map(([check, seen]) => ({ rule, check, seen })),
      );
      return {
        rules: matched.size,
        neverMatched: [...matched].filter(([, { yes }]) => !yes).map(([rule]) => rule),
        checks: all.length,
        gaps: all
          .filter(({ seen }) => !(seen.yes && seen.no))
          .map(({ rule, check, seen }) => ({ rule, check, never: !seen.yes })),
      };
    },
  };
}
