// tsfalco test: runs unit tests of rules (src/rule-test) and reports.

import type { Coverage } from '../../authoring/coverage.js';
import { payloadsOf } from '../../authoring/payloads.js';
import { runSuiteFile, type SuiteRun } from '../../authoring/suite-run.js';
import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import type { EventSources } from '../../plugins/event-sources.js';
import { printable } from '../../printable.js';
import { counts, REPORT_FORMATS, type ReportFormat, renderReport } from '../../rule-test/report.js';
import type { Verdict } from '../../rule-test/run.js';
import { SuiteError } from '../../rule-test/suite.js';
import { COMMAND_OPTIONS } from '../arguments/command-options.js';
import { loadWorkspace, misuse, readArguments, readFileBytes } from '../arguments/usage.js';
import { Failure, type Host } from '../host.js';
import { findSuites } from '../load/suites.js';
import { loadToolPlugins, PLUGIN_USAGE } from '../load/tool-plugins.js';
import { runWatching } from './watching.js';

const USAGE = `Usage: tsfalco test [--format text|tap|junit] [--filter TEXT] [--bail]
                    [--changed] [--since COMMIT] [--coverage] [--watch]
                    [-r RULES…] [--plugin PLUGIN…] [-c CONFIG] SUITE|FOLDER…

Runs the unit tests in the suites against the rules that each suite names (or
those of -r). A failed test says which part of the rule's condition decided.
--filter    only tests with TEXT in their name; case does not count
--bail      stop after the first suite with a failure
--changed   only suites that changed since the last commit, or whose rules or
            events did; --since COMMIT for another one than the last
--coverage  which rules, and which parts of their conditions, no test made true
            or false
--watch     run again after every change of a suite, its rules or its events
${PLUGIN_USAGE}
Exit status: 0 if all tests passed, 1 if one failed or could not be run, 2 if an
option cannot be read, or if there was nothing to run.
`;

interface TestOptions {
  readonly suites: readonly string[];
  readonly rules: readonly string[] | undefined;
  readonly format: ReportFormat;
  readonly covered: boolean;
  readonly filter: string | undefined;
  readonly bail: boolean;
  readonly sources: EventSources;
}

/** @returns 0 if all tests passed */
export async function test(argv: readonly string[], host: Host): Promise<number> {
  const { values, positionals } = readArguments({
    args: [...argv],
    allowPositionals: true,
    options: COMMAND_OPTIONS.test,
  });
  if (values.help === true) {
    await host.stdout.write(toBytes(USAGE));
    return 0;
  }
  if (positionals.length === 0) throw misuse('test needs at least one suite; see tsfalco test --help');
  const options: TestOptions = {
    suites: findSuites(positionals, values, host),
    rules: values.r,
    format: readFormat(values.format ?? 'text'),
    covered: values.coverage === true,
    filter: values.filter,
    bail: values.bail === true,
    sources: (await loadToolPlugins(host, values)).sources,
  };
  if (options.suites.length === 0) {
    host.error('no suite is touched by the changes');
    return 0;
  }
  if (values.watch !== true) return (await runOnce(options, host)).failed ? 1 : 0;
  await runWatching(host, async (changed) => {
    if (changed !== undefined) await host.stdout.write(toBytes(`\n${changed} has changed\n`));
    return (await runOnce(options, host)).read;
  });
  return 0;
}

function readFormat(text: string): ReportFormat {
  const format = REPORT_FORMATS.find((known) => known === text);
  if (format === undefined)
    throw misuse(`Invalid format '${text}'. Valid values are: ${REPORT_FORMATS.join(', ')}`);
  return format;
}

/** Runs all suites; one that cannot be read, or whose rules do not load, is told and keeps no other from running. */
async function runOnce(
  options: TestOptions,
  host: Host,
): Promise<{ readonly failed: boolean; readonly read: readonly string[] }> {
  const { suites, format, covered } = options;
  const read: string[] = [];
  const runs: SuiteRun[] = [];
  const verdicts: Verdict[] = [];
  let unreadable = 0;
  for (const path of suites) {
    if (options.bail && runs.some(({ verdicts: done }) => counts(done).failed > 0)) break;
    const run = runFile(path, options, host, read);
    if (typeof run === 'string') {
      host.error(`Error: ${run}`);
      // People have read it; servers count tests.
      if (format !== 'text') verdicts.push(unread(path, fromBytes(run)));
      unreadable++;
      if (options.bail) break;
      continue;
    }
    runs.push(run);
    verdicts.push(...run.verdicts);
  }
  if (options.filter !== undefined && verdicts.length === 0 && unreadable === 0)
    throw misuse(`no test has '${options.filter}' in its name`);
  const why = (verdict: Verdict): string =>
    runs.find((run) => run.verdicts.includes(verdict))?.why(verdict) ?? '';
  if (verdicts.length > 0 || runs.length > 0)
    await host.stdout.write(toBytes(renderReport(verdicts, format, why)));
  // Behind a report for machines it is a comment, or it would spoil the document.
  if (covered && format !== 'junit')
    for (const { suite, coverage } of runs)
      await host.stdout.write(coverageText(suite.file, coverage, format === 'tap' ? '# ' : ''));
  return { failed: counts(verdicts).failed > 0 || unreadable > 0, read };
}

/** The event of a file that holds one, whatever its form; other files as they are, for the suite to complain of. */
function oneEvent(bytes: ByteString, { others }: EventSources): ByteString {
  const found = payloadsOf(bytes, others);
  return found.length === 1 ? found[0]!.payload : bytes;
}

const unread = (suite: string, failure: string): Verdict => ({
  ...{ suite, test: 'the suite and its rules load', line: 1, event: '' },
  ...{ failures: [failure], missing: [], surplus: [], milliseconds: 0 },
});

/** A run, or why there is none, a byte string. */
function runFile(path: string, options: TestOptions, host: Host, read: string[]): SuiteRun | ByteString {
  read.push(path);
  try {
    return runSuiteFile(path, {
      rules: options.rules,
      covered: options.covered,
      filter: options.filter,
      readFile: (file) => {
        read.push(file);
        return readFileBytes(host, file);
      },
      readEvent: (file) => {
        read.push(file);
        return oneEvent(readFileBytes(host, file), options.sources);
      },
      loadRules: (paths, enable) => {
        read.push(...paths);
        return loadWorkspace(host, paths, { sources: options.sources, enable });
      },
    });
  } catch (error) {
    if (error instanceof SuiteError) return toBytes(error.message);
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

const LONGEST_CHECK = 120;

function coverageText(file: string, coverage: Coverage, lead: string): string {
  const { rules, neverMatched, checks, gaps } = coverage.report();
  const clipped = (text: string): string =>
    text.length > LONGEST_CHECK ? `${text.slice(0, LONGEST_CHECK)}...` : text;
  const lines = [
    `Coverage of ${toBytes(file)}: ${rules - neverMatched.length} of ${rules} rules matched, ${checks - new Set(gaps.map(({ rule, check }) => `${rule}\n${check}`)).size} of ${checks} checks were both true and false`,
  ];
  for (const rule of neverMatched) lines.push(`  never matched: ${printable(rule)}`);
  for (const { rule, check, never } of gaps)
    lines.push(`  never ${never ? 'true' : 'false'}: ${printable(clipped(check))}   (${printable(rule)})`);
  return lines.map((line) => `${lead}${line}\n`).join('');
}
