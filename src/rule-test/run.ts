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
  /** Where the test stands in the suite, from 1. */
  readonly line: number;
  readonly event: string;
  readonly source?: string | undefined;
  readonly sequence?: readonly string[] | undefined;
  /** Empty: passed. One line each. */
  readonly failures: readonly string[];
  /** Rules that were expected and did not match, to explain. */
  readonly missing: readonly string[];
  /** Rules that matched and should not have, to explain. */
  readonly surplus: readonly string[];
  readonly milliseconds: number;
}

/** What a suite runs against. */
export interface Subject {
  /** All matches of an event (rule_matching all), or why it is no event; and why it may meet fewer than it seems. */
  evaluate(
    event: string,
    source: string | undefined,
  ): {
    readonly alerts: readonly TestAlert[];
    readonly faults: readonly string[];
    readonly notes?: readonly string[];
  };
  /** Alerts of correlations of events one after the other, or why one is no event. */
  correlate(events: readonly string[]): {
    readonly alerts: readonly TestAlert[];
    readonly faults: readonly string[];
  };
  /** Whether there is such a rule or correlation and it is enabled. */
  hasRule(name: string): boolean;
}

/** Runs a suite. */
export function runSuite(suite: Suite, subject: Subject): Verdict[] {
  return suite.tests.map((test) => {
    const started = performance.now();
    const { sequence } = test;
    const {
      alerts,
      faults,
      notes = [],
    } = sequence === undefined
      ? subject.evaluate(test.event, test.source)
      : { ...subject.correlate(sequence), notes: [] };
    const judged = judge(test, alerts);
    // A name that no rule has would be excluded for ever.
    const unknown = test.excludes.filter((name) => !subject.hasRule(name));
    const failures = [
      ...faults.map((fault) => `its event cannot be read: ${fault}`),
      ...judged.failures,
      // That nothing matches such an event proves nothing.
      ...(judged.missing.length > 0 || alerts.length === 0 ? notes : []),
      ...unknown.map((name) => `"${name}" should not match, and there is no enabled rule of that name`),
    ];
    const { missing } = judged;
    const milliseconds = performance.now() - started;
    return {
      suite: suite.file,
      test: test.name,
      line: test.line,
      event: test.event,
      source: test.source,
      sequence,
      failures,
      missing,
      surplus: judged.surplus,
      milliseconds,
    };
  });
}

function judge(
  test: RuleTest,
  alerts: readonly TestAlert[],
): Pick<Verdict, 'failures' | 'missing' | 'surplus'> {
  const failures: string[] = [];
  const missing: string[] = [];
  const surplus: string[] = [];
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
      surplus.push(rule);
      failures.push(`"${rule}" should not match and does: ${output}`);
    }
  }
  return { failures, missing, surplus };
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
