// Unit tests of rules (docs/authoring.md) for programs.

import { runSuiteFile } from '../authoring/suite-run.js';
import { openWorkspace } from '../authoring/workspace.js';
import { toBytes } from '../bytes.js';
import { createEventSources } from '../plugins/event-sources.js';
import { DEFAULT_PLUGINS } from '../plugins/field-table.js';
import type { Plugin } from '../plugins/plugin.js';
import { toReport } from './diagnostic.js';
import { type RulesText, toFiles } from './rules-text.js';

export interface TestOptions {
  /** The rules to test, in place of those that the suite names. */
  readonly rules: string | readonly RulesText[];
  /** The text of an event file that a test names. Default: there are none. */
  readonly readFile?: (path: string) => string;
  /** Plugins whose event sources the rules and events are of, beside Kubernetes audit events. */
  readonly plugins?: readonly Plugin[];
  /** Name of the suite in messages. Default: `suite`. */
  readonly name?: string;
}

export interface TestResult {
  readonly test: string;
  /** Where it stands in the suite, from 1. */
  readonly line: number;
  /** Empty: passed. */
  readonly failures: readonly string[];
  /** Trees of the conditions that came out otherwise than expected. */
  readonly why: string;
}

/**
 * Runs a suite of tests.
 * @param suite YAML text
 * @throws SuiteError with the line where the suite is wrong; Error with Falco's report where the rules do not load
 */
export function testRules(suite: string, options: TestOptions): readonly TestResult[] {
  const { rules, readFile, plugins = [], name = 'suite' } = options;
  const sources = createEventSources({
    plugins: [...DEFAULT_PLUGINS, ...plugins],
    taker: plugins.find(({ source, marks }) => source !== undefined && marks === undefined),
  });
  const { verdicts, why } = runSuiteFile(name, {
    rules: [],
    covered: false,
    readFile(path) {
      if (path === name) return toBytes(suite);
      if (readFile === undefined) throw new Error(`${name}: there is no way to read ${path}`);
      return toBytes(readFile(path));
    },
    loadRules(_paths, enable) {
      const { workspace, results } = openWorkspace(toFiles(rules), { sources, enable });
      if (workspace === undefined) throw new Error(toReport(results));
      return workspace;
    },
  });
  return verdicts.map((verdict) => ({
    test: verdict.test,
    line: verdict.line,
    failures: verdict.failures,
    why: verdict.failures.length > 0 ? why(verdict) : '',
  }));
}
