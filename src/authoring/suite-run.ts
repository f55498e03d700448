// Suite file → verdicts, with the reasons for what failed: reads the suite, loads the rules it names, runs every test.
// The command and our own tests of our rules both come here.

import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import type { Event } from '../event.js';
import { runSuite, type Subject, type TestAlert, type Verdict } from '../rule-test/run.js';
import { readSuite, type Suite, SuiteError } from '../rule-test/suite.js';
import { suggest } from '../suggest.js';
import { type CorrelationRun, createCorrelationRun } from './correlate.js';
import { type Coverage, createCoverage } from './coverage.js';
import { explanationText } from './explain-text.js';
import { pathBeside } from './path-beside.js';
import type { Workspace } from './workspace.js';

export interface SuiteRun {
  readonly suite: Suite;
  readonly workspace: Workspace;
  readonly verdicts: readonly Verdict[];
  /** Filled if it was asked for. */
  readonly coverage: Coverage;
  /** Why the rules that a verdict is about did or did not match, as trees. */
  why(verdict: Verdict): string;
}

export interface SuiteRunOptions {
  /** Rules files instead of those that the suite names. */
  readonly rules?: readonly string[] | undefined;
  /** Only tests with this in their name; case does not count. */
  readonly filter?: string | undefined;
  /** Note which checks the tests made true and false. */
  readonly covered: boolean;
  readonly readFile: (path: string) => ByteString;
  /** Reads the file of a test's event. If left out: as any other. */
  readonly readEvent?: (path: string) => ByteString;
  readonly loadRules: (paths: readonly string[], enable: readonly ByteString[]) => Workspace;
}

/** Runs one suite file. @throws SuiteError, and what the given functions throw */
export function runSuiteFile(path: string, options: SuiteRunOptions): SuiteRun {
  const beside = (file: string): string => pathBeside(path, file);
  const readText = (file: string): string => fromBytes(options.readFile(file));
  const { readEvent = options.readFile } = options;
  const suite = readSuite(path, readText(path), (event) => fromBytes(readEvent(beside(event))));
  if (options.rules === undefined && suite.rules.length === 0)
    throw new SuiteError(`${path}: names no rules; write \`rules: [FILE]\`, or give them with -r`);
  const workspace = options.loadRules(options.rules ?? suite.rules.map(beside), suite.enable.map(toBytes));
  checkSourceNames(suite, workspace);
  for (const name of suite.enable)
    if (!hasRule(workspace, name))
      throw new SuiteError(`${path}: enable: there is no rule "${name}"${hint(workspace, name)}`);
  const all = [...workspace.rules, ...workspace.correlations];
  const coverage = createCoverage(all.map(({ info }) => info.name));
  const subject = createSubject(workspace, options.covered ? coverage : undefined);
  return {
    suite,
    workspace,
    verdicts: runSuite({ ...suite, tests: suite.tests.filter(wanted(options.filter)) }, subject),
    coverage,
    why: ({ event, source, sequence, missing, surplus }) => {
      const names = [...missing, ...surplus];
      if (sequence === undefined) return explainFailures(workspace, event, source, names);
      const run = runSequence(workspace, sequence, () => undefined);
      return names.map(run.met).join('\n');
    },
  };
}

function checkSourceNames({ file, tests }: Suite, { sources: { names } }: Workspace): void {
  for (const { source, line } of tests) {
    if (source === undefined || names.includes(source)) continue;
    const near = suggest(source, names);
    const meant = near === undefined ? `there are: ${names.join(', ')}` : `did you mean "${near}"?`;
    throw new SuiteError(`${file}:${line}: no plugin brings the event source "${source}"; ${meant}`);
  }
}

const wanted =
  (filter: string | undefined) =>
  ({ name }: { readonly name: string }): boolean =>
    filter === undefined || name.toLowerCase().includes(filter.toLowerCase());

function createSubject(workspace: Workspace, coverage: Coverage | undefined): Subject {
  return {
    evaluate(text, source) {
      const alerts: TestAlert[] = [];
      const faults: string[] = [];
      const notes: string[] = [];
      workspace.readEvents(
        workspace.sources.tell(toBytes(text), source),
        (event) => {
          const lacking = workspace.sources.lacking(event);
          if (lacking !== undefined) notes.push(lacking);
          for (const { rule, output } of workspace.matches(event))
            alerts.push({ rule: fromBytes(rule.info.name), output: fromBytes(output) });
          if (coverage !== undefined)
            for (const rule of workspace.rules) coverage.add(rule.info.name, workspace.explain(rule, event));
        },
        (fault) => faults.push(fromBytes(fault)),
      );
      return { alerts, faults, notes };
    },
    correlate(texts) {
      const faults: string[] = [];
      const run = runSequence(workspace, texts, (fault) => faults.push(fault));
      const found = run.finish();
      for (const { name } of found) coverage?.fired(name);
      const alerts = found.map(
        ({ name, output }): TestAlert => ({ rule: fromBytes(name), output: fromBytes(output) }),
      );
      return { alerts, faults };
    },
    hasRule: (name) => hasRule(workspace, name),
  };
}

function hasRule({ rules, correlations }: Workspace, name: string): boolean {
  return [...rules, ...correlations].some(({ info }) => info.name === toBytes(name));
}

function runSequence(
  { rules, correlations, readEvents }: Workspace,
  texts: readonly string[],
  report: (fault: string) => void,
): CorrelationRun {
  const run = createCorrelationRun(rules, correlations);
  for (const text of texts) readEvents(toBytes(text), run.take, (fault) => report(fromBytes(fault)));
  return run;
}

function explainFailures(
  workspace: Workspace,
  text: string,
  source: string | undefined,
  rules: readonly string[],
): string {
  const trees: string[] = [];
  workspace.readEvents(
    workspace.sources.tell(toBytes(text), source),
    (event) => {
      for (const name of rules) trees.push(...explainFailure(workspace, event, name, rules.length > 1));
    },
    // What is no event is among the failures already.
    () => undefined,
  );
  return trees.join('\n');
}

function explainFailure(
  workspace: Workspace,
  event: Event,
  name: string,
  several: boolean,
): readonly string[] {
  const rule = workspace.rules.find(({ info }) => info.name === toBytes(name));
  if (rule !== undefined && rule.info.source !== event.source)
    return [`"${name}" is for events of ${rule.info.source}, and this one is of ${event.source}`];
  if (rule === undefined) return [`there is no enabled rule "${name}"${hint(workspace, name)}`];
  const tree = fromBytes(explanationText(workspace.explain(rule, event)));
  return several ? [`"${name}":`, tree] : [tree];
}

function hint({ rules }: Workspace, name: string): string {
  const near = suggest(
    name,
    rules.map(({ info }) => fromBytes(info.name)),
  );
  return near === undefined ? '' : `; did you mean "${near}"?`;
}
