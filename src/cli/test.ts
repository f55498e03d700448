// tsfalco test: runs unit tests of rules (src/rule-test) and reports.

import { watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Coverage, createCoverage } from '../authoring/coverage.js';
import { explanationText } from '../authoring/explain-text.js';
import type { Workspace } from '../authoring/workspace.js';
import { fromBytes, toBytes } from '../bytes.js';
import { counts, REPORT_FORMATS, type ReportFormat, renderReport } from '../rule-test/report.js';
import { runSuite, type TestAlert, type Verdict } from '../rule-test/run.js';
import { readSuite, SuiteError } from '../rule-test/suite.js';
import { Failure, type Host } from './host.js';
import { loadWorkspace, readArguments, readFileBytes } from './usage.js';

const USAGE = `Usage: tsfalco test [--format text|tap|junit] [--coverage] [--watch] [-r RULES…] SUITE…

Runs the unit tests in the suites against the rules that each suite names (or those of -r).
A failed test says which part of the rule's condition decided. Exit status 1 if a test fails.
`;

/** @returns 0 if all tests passed */
export async function test(argv: readonly string[], host: Host): Promise<number> {
  const { values, positionals } = readArguments({
    args: [...argv],
    allowPositionals: true,
    options: {
      r: { type: 'string', short: 'r', multiple: true },
      format: { type: 'string' },
      coverage: { type: 'boolean' },
      watch: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    await host.stdout.write(toBytes(USAGE));
    return 0;
  }
  if (positionals.length === 0) throw new Failure('test needs at least one suite; see tsfalco test --help');
  const format = readFormat(values.format ?? 'text');
  const once = (): Promise<number> => runOnce(positionals, values.r, format, values.coverage === true, host);
  return values.watch === true ? watchAndRun(positionals, values.r ?? [], once, host) : once();
}

function readFormat(text: string): ReportFormat {
  const format = REPORT_FORMATS.find((known) => known === text);
  if (format === undefined)
    throw new Failure(toBytes(`Invalid format '${text}'. Valid values are: ${REPORT_FORMATS.join(', ')}`));
  return format;
}

interface Ran {
  readonly verdicts: readonly Verdict[];
  readonly why: (verdict: Verdict) => string;
}

async function runOnce(
  suites: readonly string[],
  rules: readonly string[] | undefined,
  format: ReportFormat,
  covered: boolean,
  host: Host,
): Promise<number> {
  const coverages: Coverage[] = [];
  const ran = suites.map((path) => runFile(path, rules, covered ? coverages : undefined, host));
  const verdicts = ran.flatMap((result) => result.verdicts);
  const why = (verdict: Verdict): string =>
    ran.find((result) => result.verdicts.includes(verdict))?.why(verdict) ?? '';
  await host.stdout.write(toBytes(renderReport(verdicts, format, why)));
  for (const coverage of coverages) await host.stdout.write(coverageText(coverage));
  return counts(verdicts).failed === 0 ? 0 : 1;
}

function runFile(
  path: string,
  rules: readonly string[] | undefined,
  coverages: Coverage[] | undefined,
  host: Host,
): Ran {
  const folder = dirname(path);
  const suite = suiteOf(path, host, folder);
  const workspace = loadWorkspace(host, rules ?? suite.rules.map((file) => join(folder, file)));
  const coverage = createCoverage(workspace.rules.map(({ info }) => info.name));
  coverages?.push(coverage);
  const evaluate = (event: string): TestAlert[] => evaluateEvent(workspace, event, coverages && coverage);
  return {
    verdicts: runSuite(suite, evaluate),
    why: ({ event, missing }) => explainMissing(workspace, event, missing),
  };
}

function suiteOf(path: string, host: Host, folder: string) {
  try {
    const readEvent = (name: string): string => fromBytes(readFileBytes(host, join(folder, name)));
    return readSuite(path, fromBytes(readFileBytes(host, path)), readEvent);
  } catch (error) {
    if (error instanceof SuiteError) throw new Failure(toBytes(error.message));
    throw error;
  }
}

// What keeps a test's event from being one is a fault of the test: it fails with the source's own words.
function evaluateEvent(workspace: Workspace, text: string, coverage: Coverage | undefined): TestAlert[] {
  const alerts: TestAlert[] = [];
  const faults: string[] = [];
  workspace.readEvents(
    toBytes(text),
    (event) => {
      for (const { rule, output } of workspace.matches(event))
        alerts.push({ rule: fromBytes(rule.info.name), output: fromBytes(output) });
      if (coverage !== undefined)
        for (const rule of workspace.rules) coverage.add(rule.info.name, workspace.explain(rule, event));
    },
    (fault) => faults.push(fault),
  );
  if (faults.length > 0)
    throw new Failure(`a test's event is no audit event: ${faults[0]!}: ${toBytes(text.slice(0, 200))}`);
  return alerts;
}

function explainMissing(workspace: Workspace, text: string, missing: readonly string[]): string {
  const trees: string[] = [];
  workspace.readEvents(
    toBytes(text),
    (event) => {
      for (const name of missing) {
        const rule = workspace.rules.find(({ info }) => info.name === toBytes(name));
        trees.push(
          rule === undefined
            ? `there is no enabled rule "${name}"`
            : fromBytes(explanationText(workspace.explain(rule, event))),
        );
      }
    },
    () => undefined,
  );
  return trees.join('\n');
}

function coverageText(coverage: Coverage): string {
  const { rules, neverMatched, checks, gaps } = coverage.report();
  const lines = [
    `Coverage: ${rules - neverMatched.length} of ${rules} rules matched, ${checks - gaps.length} of ${checks} checks were both true and false`,
  ];
  for (const rule of neverMatched) lines.push(`  never matched: ${rule}`);
  for (const { rule, check, never } of gaps)
    lines.push(`  never ${never ? 'true' : 'false'}: ${check}   (${rule})`);
  return `${lines.join('\n')}\n`;
}

const QUIET_MS = 100;

// Runs at once and after every change of a suite or rules file, until SIGINT.
async function watchAndRun(
  suites: readonly string[],
  rules: readonly string[],
  once: () => Promise<number>,
  host: Host,
): Promise<number> {
  const run = async (): Promise<void> => {
    try {
      await once();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      host.error(`Error: ${error.message}`);
    }
  };
  await run();
  let timer: NodeJS.Timeout | undefined;
  const folders = new Set(
    [...suites, ...rules].map((path) => dirname(path)).flatMap((folder) => [folder, dirname(folder)]),
  );
  const watchers = [...folders].map((folder) =>
    watch(folder, (_kind, name) => {
      if (name === null || !/\.ya?ml$|\.jsonl?$/.test(name)) return;
      clearTimeout(timer);
      timer = setTimeout(run, QUIET_MS);
    }),
  );
  await new Promise<void>((resolve) => host.onSignal('SIGINT', resolve));
  clearTimeout(timer);
  for (const watcher of watchers) watcher.close();
  return 0;
}
