// Verdicts → text for people, TAP version 14, or JUnit XML.

import { printableText } from '../printable.js';
import type { Verdict } from './run.js';

export type ReportFormat = 'text' | 'tap' | 'junit';

export const REPORT_FORMATS: readonly ReportFormat[] = ['text', 'tap', 'junit'];

/** Explains for one verdict why rules did or did not match; empty: there is nothing to explain. */
export type Why = (verdict: Verdict) => string;

/** Renders verdicts; failures with their reasons. */
export function renderReport(verdicts: readonly Verdict[], format: ReportFormat, why: Why): string {
  switch (format) {
    case 'text':
      return renderText(verdicts, why);
    case 'tap':
      return renderTap(verdicts, why);
    case 'junit':
      return renderJunit(verdicts, why);
  }
}

export function counts(verdicts: readonly Verdict[]): { readonly passed: number; readonly failed: number } {
  const failed = verdicts.filter(({ failures }) => failures.length > 0).length;
  return { passed: verdicts.length - failed, failed };
}

function renderText(verdicts: readonly Verdict[], why: Why): string {
  const lines: string[] = [];
  for (const verdict of verdicts) {
    if (verdict.failures.length === 0) continue;
    lines.push(printableText(`FAIL ${verdict.suite}:${verdict.line}: ${verdict.test}`));
    for (const failure of verdict.failures) lines.push(indent(failure, '  '));
    const reason = why(verdict);
    if (reason !== '') lines.push(indent(reason, '    '));
    lines.push('');
  }
  const { passed, failed } = counts(verdicts);
  lines.push(`${passed} passed, ${failed} failed`);
  return `${lines.join('\n')}\n`;
}

function indent(text: string, by: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => by + printableText(line))
    .join('\n');
}

function renderTap(verdicts: readonly Verdict[], why: Why): string {
  const lines = ['TAP version 14', `1..${verdicts.length}`];
  for (const [index, verdict] of verdicts.entries()) {
    const { suite, test, line, failures } = verdict;
    const name = printableText(`${suite}: ${test}`.replace(/\s+/g, ' '));
    const title = name.replaceAll('\\', '\\\\').replaceAll('#', '\\#');
    lines.push(`${failures.length === 0 ? 'ok' : 'not ok'} ${index + 1} - ${title}`);
    if (failures.length === 0) continue;
    const reason = why(verdict);
    lines.push('  ---', '  message: |', indent(failures.join('\n'), '    '));
    if (reason !== '') lines.push('  why: |', indent(reason, '    '));
    lines.push(`  at: ${printableText(JSON.stringify(`${suite}:${line}`))}`, '  ...');
  }
  return `${lines.join('\n')}\n`;
}

function renderJunit(verdicts: readonly Verdict[], why: Why): string {
  const suites = groupBySuite(verdicts);
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${totals(verdicts)}>`];
  for (const [suite, cases] of suites) {
    lines.push(`  <testsuite name="${attribute(suite)}" ${totals(cases)}>`);
    for (const verdict of cases) lines.push(...testCase(verdict, why));
    lines.push('  </testsuite>');
  }
  lines.push('</testsuites>');
  return `${lines.join('\n')}\n`;
}

function testCase(verdict: Verdict, why: Why): readonly string[] {
  const { suite, test, line, failures, milliseconds } = verdict;
  const place = `file="${attribute(suite)}" line="${line}" time="${seconds(milliseconds)}"`;
  const head = `    <testcase classname="${attribute(suite)}" name="${attribute(test)}" ${place}`;
  if (failures.length === 0) return [`${head}/>`];
  const text = [...failures, why(verdict)].filter((part) => part !== '').join('\n');
  const failure = `<failure message="${attribute(failures[0]!)}">${xml(text)}</failure>`;
  return [`${head}>`, `      ${failure}`, '    </testcase>'];
}

function totals(verdicts: readonly Verdict[]): string {
  const spent = verdicts.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return `tests="${verdicts.length}" failures="${counts(verdicts).failed}" errors="0" time="${seconds(spent)}"`;
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(6);

function groupBySuite(verdicts: readonly Verdict[]): Map<string, Verdict[]> {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts) groups.set(verdict.suite, [...(groups.get(verdict.suite) ?? []), verdict]);
  return groups;
}

// XML 1.0 has no place for control characters and halves of characters, not even escaped.
const valid = (text: string): string =>
  text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g, '\ufffd');

const XML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A reader would make a line's end out of it.
  '\r': '&#13;',
};

/** For attributes, in which a reader makes blanks of lines' ends. */
const attribute = (text: string): string => xml(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');

const xml = (text: string): string => valid(text).replace(/[&<>"\r]/g, (char) => XML_ESCAPES[char]!);
