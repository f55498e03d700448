// Suite → verdicts: evaluates every test's event and compares. Knows no rules; it is given a function that does.

import type { Expectation, RuleTest, Suite } from './suite.js';

/** One alert as far as tests look at it. */
export interface TestAlert {
  readonly rule: string;
  /** The message without time and priority. */
  readonly output: string;
}

export interface Verdict {
  readonly suite: string;
  readonly test: string;
  readonly event: string;
  /** Empty: passed. One line each. */
  readonly failures: readonly string[];
  /** Rules that were expected and did not match, to explain. */
  readonly missing: readonly string[];
  readonly milliseconds: number;
}

/** Runs a suite. `evaluate` gives all matches of an event (rule_matching all), or throws with a line for people. */
export function runSuite(suite: Suite, evaluate: (event: string) => readonly TestAlert[]): Verdict[] {
  return suite.tests.map((test) => {
    const started = performance.now();
    const { failures, missing } = judge(test, evaluate(test.event));
    const milliseconds = performance.now() - started;
    return { suite: suite.file, test: test.name, event: test.event, failures, missing, milliseconds };
  });
}

function judge(test: RuleTest, alerts: readonly TestAlert[]): Pick<Verdict, 'failures' | 'missing'> {
  const failures: string[] = [];
  const missing: string[] = [];
  for (const wanted of [...(test.expect ?? []), ...test.includes]) {
    const alert = alerts.find(({ rule }) => rule === wanted.rule);
    if (alert === undefined) {
      missing.push(wanted.rule);
      failures.push(`"${wanted.rule}" should match and does not`);
    } else failures.push(...outputFailures(wanted, alert));
  }
  const allowed = test.expect && new Set(test.expect.map(({ rule }) => rule));
  for (const { rule, output } of alerts) {
    const excluded = test.excludes.includes(rule);
    if (
      excluded ||
      (allowed !== undefined && !allowed.has(rule) && !test.includes.some((wanted) => wanted.rule === rule))
    ) {
      failures.push(`"${rule}" should not match and does: ${output}`);
    }
  }
  return { failures, missing };
}

function outputFailures(wanted: Expectation, alert: TestAlert): string[] {
  const failures: string[] = [];
  if (wanted.output !== undefined && wanted.output !== alert.output) {
    failures.push(`"${wanted.rule}" prints: ${alert.output}\n  expected:  ${wanted.output}`);
  }
  for (const part of wanted.outputContains) {
    if (!alert.output.includes(part))
      failures.push(`"${wanted.rule}" prints: ${alert.output}\n  which lacks: ${part}`);
  }
  return failures;
}
