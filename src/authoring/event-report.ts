// One event → which rules it meets and why, in order, and which it misses by little. In: a workspace and an event. Out: data, and
// the same as text for people.

import type { ByteString } from '../bytes.js';
import { printExpr } from '../engine/condition/syntax/printer.js';
import { PRIORITIES } from '../engine/rules/alert/alert.js';
import type { LoadedRule } from '../engine/rules/loader.js';
import type { Event } from '../event.js';
import type { Value } from '../fields/field.js';
import { printable } from '../printable.js';
import { checksOf, type ExplanationData, explanationData, explanationText } from './explain-text.js';
import { type Misses, missesOf } from './nearness.js';
import type { Workspace } from './workspace.js';

export interface EventReport {
  readonly matches: readonly { readonly rule: LoadedRule; readonly output: ByteString }[];
  /** Rules that the event misses by the fewest checks, and those checks. */
  readonly near: readonly NearMiss[];
}

export interface NearMiss {
  readonly rule: LoadedRule;
  readonly checks: readonly { readonly check: ByteString; readonly value: Value | undefined }[];
}

/** A rule that misses by more checks is about something else. */
const MOST_CHECKS = 2;
const MOST_NEAR = 3;

/** Makes a reporter of events; what it needs of each rule is made once. */
export function createEventReporter(workspace: Workspace): (event: Event) => EventReport {
  const misses = new Map<LoadedRule, Misses>(workspace.rules.map((rule) => [rule, missesOf(rule)]));

  function nearOf(event: Event, matching: ReadonlySet<LoadedRule>): readonly NearMiss[] {
    const found = workspace.rules.flatMap((rule) => {
      const turned = matching.has(rule) ? undefined : misses.get(rule)!(event, MOST_CHECKS);
      return turned === undefined || turned.length === 0 ? [] : [{ rule, turned }];
    });
    return found
      .sort((a, b) => a.turned.length - b.turned.length)
      .slice(0, MOST_NEAR)
      .map(({ rule, turned }) => {
        const checks = checksOf(workspace.explain(rule, event));
        return {
          rule,
          checks: turned.map((expr) => ({
            check: printExpr(expr),
            value: checks.find((check) => check.expr === expr)?.left,
          })),
        };
      });
  }

  return (event) => {
    const matches = workspace.matches(event);
    return { matches, near: nearOf(event, new Set(matches.map(({ rule }) => rule))) };
  };
}

const priority = ({ info }: LoadedRule): string => PRIORITIES[info.priority]!;
const indented = (text: ByteString, by: number): ByteString =>
  text
    .split('\n')
    .map((line) => ' '.repeat(by) + line)
    .join('\n');

/** For people: rules that match with their trees, then the near misses. */
export function reportText(report: EventReport, event: Event, workspace: Workspace): ByteString {
  const { matches, near } = report;
  const head =
    matches.length === 0 ? 'no rule matches' : `matches ${matches.length} of ${workspace.rules.length} rules`;
  const matched = matches.flatMap(({ rule, output }) => [
    `  ${priority(rule)}  ${printable(rule.info.name)}`,
    `    ${printable(output)}`,
    indented(explanationText(workspace.explain(rule, event)), 4),
  ]);
  const missed = near.flatMap(({ rule, checks }) => [
    `  ${priority(rule)}  ${printable(rule.info.name)}`,
    ...checks.map(
      ({ check, value }) => `    misses by: ${clipped(printable(check))}   (${valueText(value)})`,
    ),
  ]);
  return [`  ${head}`, ...matched, ...(near.length > 0 ? ['  nearest misses:', ...missed] : [])].join('\n');
}

const LONGEST = 160;
const clipped = (text: ByteString): ByteString =>
  text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;

function valueText(value: Value | undefined): ByteString {
  if (value === undefined) return 'it has no value';
  const text = typeof value === 'object' ? `(${value.join(', ')})` : String(value);
  return `it is ${clipped(printable(text))}`;
}

/** The same for tools; byte strings. */
export interface ReportData {
  readonly matches: readonly {
    readonly rule: ByteString;
    readonly output: ByteString;
    readonly explanation: ExplanationData;
  }[];
  readonly near: readonly {
    readonly rule: ByteString;
    readonly misses: readonly { readonly check: ByteString; readonly value: string | null }[];
  }[];
}

export function reportData(report: EventReport, event: Event, workspace: Workspace): ReportData {
  return {
    matches: report.matches.map(({ rule, output }) => ({
      rule: rule.info.name,
      output,
      explanation: explanationData(workspace.explain(rule, event)),
    })),
    near: report.near.map(({ rule, checks }) => ({
      rule: rule.info.name,
      misses: checks.map(({ check, value }) => ({
        check,
        value: value === undefined ? null : String(value),
      })),
    })),
  };
}
