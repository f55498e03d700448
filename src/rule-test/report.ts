// Verdicts → text for people, TAP version 14, or JUnit XML.

import type { Verdict } from './run.js';

export type ReportFormat = 'text' | 'tap' | 'junit';

export const REPORT_FORMATS: readonly ReportFormat[] = ['text', 'tap', 'junit'];

/**
 * Renders verdicts.
 * @param why explains for one verdict why a rule did not match; lines that follow the failure in the text form
 */
export function renderReport(
  verdicts: readonly Verdict[],
  format: ReportFormat,
  why: (verdict: Verdict) => string,
): string {
  switch (format) {
    case 'text':
      return renderText(verdicts, why);
    case 'tap':
      return renderTap(verdicts);
    case 'junit':
      return renderJunit(verdicts);
  }
}

export function counts(verdicts: readonly Verdict[]): { readonly passed: number; readonly failed: number } {
  const failed = verdicts.filter(({ failures }) => failures.length > 0).length;
  return { passed: verdicts.length - failed, failed };
}

function renderText(verdicts: readonly Verdict[], why: (verdict: Verdict) => string): string {
  const lines: string[] = [];
  for (const verdict of verdicts) {
    if (verdict.failures.length === 0) continue;
    lines.push(`FAIL ${verdict.suite}: ${verdict.test}`);
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
    .map((line) => by + line)
    .join('\n');
}

function renderTap(verdicts: readonly Verdict[]): string {
  const lines = ['TAP version 14', `1..${verdicts.length}`];
  for (const [index, { suite, test, failures }] of verdicts.entries()) {
    const title = `${suite}: ${test}`.replaceAll('\\', '\\\\').replaceAll('#', '\\#');
    lines.push(`${failures.length === 0 ? 'ok' : 'not ok'} ${index + 1} - ${title}`);
    if (failures.length > 0)
      lines.push('  ---', '  message: |', indent(failures.join('\n'), '    '), '  ...');
  }
  return `${lines.join('\n')}\n`;
}

function renderJunit(verdicts: readonly Verdict[]): string {
  const suites = groupBySuite(verdicts);
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>'];
  for (const [suite, cases] of suites) {
    lines.push(
      `  <testsuite name="${xml(suite)}" tests="${cases.length}" failures="${counts(cases).failed}">`,
    );
    for (const { test, failures, milliseconds } of cases) {
      const head = `    <testcase classname="${xml(suite)}" name="${xml(test)}" time="${(milliseconds / 1000).toFixed(6)}"`;
      if (failures.length === 0) lines.push(`${head}/>`);
      else lines.push(`${head}>`, `      <failure>${xml(failures.join('\n'))}</failure>`, '    </testcase>');
    }
    lines.push('  </testsuite>');
  }
  lines.push('</testsuites>');
  return `${lines.join('\n')}\n`;
}

function groupBySuite(verdicts: readonly Verdict[]): Map<string, Verdict[]> {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts) groups.set(verdict.suite, [...(groups.get(verdict.suite) ?? []), verdict]);
  return groups;
}

const XML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

// Control characters have no place in XML 1.0, not even escaped.
function xml(text: string): string {
  return text
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, '\ufffd')
    .replace(/[&<>"]/g, (char) => XML_ESCAPES[char] ?? char);
}
