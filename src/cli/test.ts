// tsfalco test: runs unit tests of rules (src/rule-test) and reports.

import { watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Coverage } from '../authoring/coverage.js';
import { runSuiteFile, type SuiteRun } from '../authoring/suite-run.js';
import { toBytes } from '../bytes.js';
import { counts, REPORT_FORMATS, type ReportFormat, renderReport } from '../rule-test/report.js';
import type { Verdict } from '../rule-test/run.js';
import { SuiteError } from '../rule-test/suite.js';
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

async function runOnce(
  suites: readonly string[],
  rules: readonly string[] | undefined,
  format: ReportFormat,
  covered: boolean,
  host: Host,
): Promise<number> {
  const runs = suites.map((path) => runFile(path, rules, covered, host));
  const verdicts = runs.flatMap((run) => run.verdicts);
  const why = (verdict: Verdict): string =>
    runs.find((run) => run.verdicts.includes(verdict))?.why(verdict) ?? '';
  await host.stdout.write(toBytes(renderReport(verdicts, format, why)));
  // Behind a report for machines it is a comment, or it would spoil the document.
  if (covered && format !== 'junit')
    for (const { suite, coverage } of runs)
      await host.stdout.write(coverageText(suite.file, coverage, format === 'tap' ? '# ' : ''));
  return counts(verdicts).failed === 0 ? 0 : 1;
}

function runFile(path: string, rules: readonly string[] | undefined, covered: boolean, host: Host): SuiteRun {
  try {
    return runSuiteFile(path, {
      rules,
      covered,
      readFile: (file) => readFileBytes(host, file),
      loadRules: (paths, enable) => loadWorkspace(host, paths, enable),
    });
  } catch (error) {
    if (error instanceof SuiteError) throw new Failure(toBytes(error.message));
    throw error;
  }
}

function coverageText(file: string, coverage: Coverage, lead: string): string {
  const { rules, neverMatched, checks, gaps } = coverage.report();
  const lines = [
    `Coverage of ${toBytes(file)}: ${rules - neverMatched.length} of ${rules} rules matched, ${checks - gaps.length} of ${checks} checks were both true and false`,
  ];
  for (const rule of neverMatched) lines.push(`  never matched: ${rule}`);
  for (const { rule, check, never } of gaps)
    lines.push(`  never ${never ? 'true' : 'false'}: ${check}   (${rule})`);
  return lines.map((line) => `${lead}${line}\n`).join('');
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
