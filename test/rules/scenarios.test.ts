// Attacks as they are described in public, step by step: each step is found by the rules that its scenario names, and
// every tactic has a scenario.

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RULES_FILES, readRules } from '../../scripts/docs/read-rules.js';
import { runSuiteFile } from '../../src/authoring/suite-run.js';
import type { Workspace } from '../../src/authoring/workspace.js';
import { loadOurRules, loadRules, RULES, readFile } from './open-rules.js';

const FOLDER = join(RULES, 'tests/scenarios');
const runs = readdirSync(FOLDER).map((file) => ({
  file,
  run: runSuiteFile(join(FOLDER, file), { covered: false, readFile, loadRules }),
}));

// MITRE ATT&CK for containers, Microsoft's matrix (collection), and reconnaissance, which anonymous requests show.
test('every tactic has a scenario', () => {
  expect(runs.map(({ file }) => basename(file, '.yaml')).sort()).toEqual([
    'collection',
    'credential-access',
    'defense-evasion',
    'discovery',
    'execution',
    'impact',
    'initial-access',
    'lateral-movement',
    'persistence',
    'privilege-escalation',
    'reconnaissance',
  ]);
});

describe.each(runs.map(({ file, run }) => [file, run] as const))('%s', (_file, { verdicts, suite, why }) => {
  test.each(verdicts.map((verdict) => [verdict.test, verdict] as const))('%s', (_test, verdict) => {
    expect(verdict.failures, why(verdict)).toEqual([]);
  });
  test('every step names a rule', () => {
    for (const { name, includes } of suite.tests) expect(includes, name).not.toEqual([]);
  });
});

test('every rule at WARNING and above that is not a matter of taste is part of a scenario', () => {
  const named = new Set(
    runs.flatMap(({ run }) => run.suite.tests.flatMap(({ includes }) => includes.map(({ rule }) => rule))),
  );
  const loud = RULES_FILES.flatMap(readRules).filter(({ priority }) =>
    ['CRITICAL', 'ERROR', 'WARNING'].includes(priority),
  );
  // These are found by their own suites; no public report that we know of builds on them.
  const alone = new Set([
    'Binding To Anonymous',
    'Binding To Masters Group',
    'Credentials In ConfigMap',
    'Escaped Letters In Patch',
    'Long-Lived Token Secret Created',
    'Request Body Cut',
    'SELinux Options Changed',
    'System Role Modified',
    'Unmasked Proc Mount',
    'EKS System Workload Changed',
    'GKE Service Agent Used By Interactive Client',
    'GKE Managed Namespace Changed',
    'AKS Local Administrator Changed Something',
    'AKS DNS Customized',
  ]);
  expect(loud.map(({ name }) => name).filter((name) => !named.has(name) && !alone.has(name))).toEqual([]);
});

test('one alert an event is enough: the first is as urgent as any of its file', () => {
  const workspace = loadOurRules();
  const late: string[] = [];
  for (const { run } of runs) {
    for (const { name, event } of run.suite.tests) {
      const all = priorities(workspace, event);
      // The second file's rules come behind all of the first's.
      const found = all.filter(({ rule }) => rule.startsWith('EKS ') === all[0]!.rule.startsWith('EKS '));
      if (found[0]!.priority > Math.min(...found.map(({ priority }) => priority))) {
        late.push(`${name}: ${found.map(({ rule }) => rule).join(', ')}`);
      }
    }
  }
  expect(late).toEqual([]);
});

function priorities(workspace: Workspace, event: string) {
  const found: { readonly rule: string; readonly priority: number }[] = [];
  workspace.readEvents(
    event,
    (read) =>
      found.push(
        ...workspace
          .matches(read)
          .map(({ rule: { info } }) => ({ rule: info.name, priority: info.priority })),
      ),
    (fault) => {
      throw new Error(fault);
    },
  );
  return found;
}
