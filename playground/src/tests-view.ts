// A suite → verdicts as a list, failed ones first, with the reasons.

import { type RulesText, SuiteError, type TestResult, testRules } from '../../src/core.js';
import { el, shown, shownLines } from './dom.js';
import { PLUGINS } from './sources.js';

export interface SuiteOutcome {
  readonly passed: number;
  readonly failed: number;
  /** Why the suite does not run. */
  readonly fault?: string;
  readonly results: readonly TestResult[];
}

/** @param suite empty: there is none */
export function runTests(suite: string, rules: readonly RulesText[]): SuiteOutcome {
  if (suite.trim() === '') return { passed: 0, failed: 0, results: [] };
  try {
    const results = testRules(suite, { rules, name: 'tests', plugins: PLUGINS });
    const failed = results.filter(({ failures }) => failures.length > 0).length;
    return { passed: results.length - failed, failed, results };
  } catch (error) {
    if (error instanceof SuiteError) return { passed: 0, failed: 0, results: [], fault: error.message };
    // The rules do not load, or a test names a file, which a page does not have.
    if (error instanceof Error) return { passed: 0, failed: 0, results: [], fault: error.message };
    throw error;
  }
}

export function showTests(panel: HTMLElement, { results, fault }: SuiteOutcome): void {
  if (fault !== undefined) {
    panel.replaceChildren(el('p', {}, 'The tests do not run:'), el('pre', {}, shownLines(fault)));
    return;
  }
  if (results.length === 0) {
    const hint = 'There are no tests yet. Open an alert and make one of it, or write them under Tests.';
    panel.replaceChildren(el('p', { class: 'note' }, hint));
    return;
  }
  const failed = results.filter(({ failures }) => failures.length > 0);
  const passed = results.filter(({ failures }) => failures.length === 0);
  panel.replaceChildren(el('ul', { class: 'verdicts' }, ...[...failed, ...passed].map(verdict)));
}

function verdict({ test, line, failures, why }: TestResult): HTMLElement {
  const good = failures.length === 0;
  return el(
    'li',
    {},
    el('span', { class: good ? 'good' : 'worst' }, good ? 'passed' : 'failed'),
    ` ${shown(test)} `,
    el('span', { class: 'quiet' }, `line ${line}`),
    ...failures.map((failure) => el('p', { class: 'failure' }, shown(failure))),
    ...(why === '' ? [] : [el('pre', { tabindex: '0', 'aria-label': 'Why' }, shownLines(why))]),
  );
}
