// Our rules: they load without a word, their suites pass, every rule has an event that it finds and one that it leaves
// alone, and all have the same form.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tagged } from '../../scripts/docs/coverage.js';
import { PUBLIC_LISTS } from '../../scripts/docs/public-lists.js';
import { RULES_FILES, readRules } from '../../scripts/docs/read-rules.js';
import { MICROSOFT, MITRE, OWASP, POD_SECURITY, RBAC } from '../../scripts/docs/rule-maps.js';
import { TUNING } from '../../scripts/docs/rules-text.js';
import { runSuiteFile } from '../../src/authoring/suite-run.js';
import { openWorkspace } from '../../src/authoring/workspace.js';
import { loadOurRules, loadRules, matches, open, RULES, readFile } from './open-rules.js';

/** Those of k8s_audit, in the order of a folder. */
const FOLDER_ORDER = [
  'aks_audit_rules.yaml',
  'dummy.yaml',
  'eks_audit_rules.yaml',
  'gke_audit_rules.yaml',
  'k8s_audit_rules.yaml',
  'k8s_correlation_rules.yaml',
];
/** Rules of other logs, which are ignored with a warning where their plugin is not loaded (other-logs.test.ts). */
const OTHER_LOGS = ['cloudtrail_rules.yaml', 'github_rules.yaml', 'okta_rules.yaml'];

test.each([
  [['k8s_audit_rules.yaml']],
  [['eks_audit_rules.yaml']],
  [['gke_audit_rules.yaml']],
  [['aks_audit_rules.yaml']],
  [['k8s_audit_rules.yaml', 'eks_audit_rules.yaml']],
  [['k8s_audit_rules.yaml', 'gke_audit_rules.yaml']],
  [['aks_audit_rules.yaml', 'k8s_audit_rules.yaml']],
  [['dummy.yaml']],
  [FOLDER_ORDER],
])('%j load without errors and warnings', (names) => {
  const { results } = open(names.map((name) => join(RULES, name)));
  expect(results).toHaveLength(names.length);
  expect(results.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
});

test('`-r rules/` loads all there is', () => {
  expect(
    readdirSync(RULES)
      .filter((name) => name.endsWith('.yaml'))
      .sort(),
  ).toEqual([...FOLDER_ORDER, ...OTHER_LOGS].sort());
});

test.each(['eks_audit_rules.yaml', 'gke_audit_rules.yaml', 'aks_audit_rules.yaml'])(
  'what %s says again is what the first file says',
  (again) => {
    const [first, second] = ['k8s_audit_rules.yaml', again].map((name) =>
      itemsOf(readFile(join(RULES, name))),
    ) as [ReadonlyMap<string, string>, ReadonlyMap<string, string>];
    const repeated = [...second.keys()].filter((name) => first.has(name));
    expect(repeated.length).toBeGreaterThan(10);
    for (const name of repeated) expect(second.get(name), name).toBe(first.get(name));
  },
);

/** Texts of lists and macros, by name. */
function itemsOf(text: string): ReadonlyMap<string, string> {
  const items = text.split(/^(?=- )/m).map((item) => item.replace(/\n*(?:#.*\n*)*$/, ''));
  return new Map(
    items.flatMap((item) => {
      const name = /^- (?:list|macro): (\S+)/.exec(item)?.[1];
      return name === undefined ? [] : [[name, item] as const];
    }),
  );
}

describe.each(RULES_FILES)('%s', (name) => {
  const path = join(RULES, 'tests', name);
  const { suite, verdicts, why } = runSuiteFile(path, { covered: false, readFile, loadRules });

  test.each(verdicts.map((verdict) => [verdict.test, verdict] as const))('%s', (_test, verdict) => {
    expect(verdict.failures, why(verdict)).toEqual([]);
  });

  const own = readRules(name);
  const found = new Set(
    suite.tests.flatMap(({ expect: exactly, includes }) =>
      [...(exactly ?? []), ...includes].map(({ rule }) => rule),
    ),
  );
  // A test that expects exactly some rules leaves all others alone, but says so of none.
  const leftAlone = new Set(suite.tests.flatMap(({ excludes }) => excludes));

  test('has rules', () => expect(own.length).toBeGreaterThan(3));

  test.each(own.map((rule) => [rule.name, rule] as const))('%s has tests and the form of all', (rule, it) => {
    expect({ found: found.has(rule) || ELSEWHERE.has(rule), leftAlone: leftAlone.has(rule) }).toEqual({
      found: true,
      leftAlone: true,
    });
    // What an attacker gains, and what to do.
    expect(it.description.split(/[.:;] /).length, it.description).toBeGreaterThan(1);
    expect(it.description.length).toBeGreaterThan(80);
    for (const part of ['%ka.user.name', '%ka.verb', ...WHERE_FROM]) expect(it.output).toContain(part);
    expect(it.output).toMatch(/%ka\.(target\.|uri)|resourceAttributes/);
    // What secrets and ConfigMaps hold is not for alerts.
    expect(it.output).not.toMatch(/requestObject\/data|configmap\.obj|obj\b/);
    expect(it.tags).toContain('k8s');
    expect(it.tags.some((tag) => /^T1\d{3}(\.\d{3})?$/.test(tag))).toBe(true);
    expect(it.exceptions).toBeGreaterThan(0);
  });

  test('the most urgent rules come first, for those who want one alert an event', () => {
    const order = own.map(({ priority }) => PRIORITIES.indexOf(priority));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });
});

// Suites write events anew, so that none can hold an escape that JSON does not need: pod-security.test.ts has it.
const ELSEWHERE = new Set(['Escaped Letters In Patch']);
const PRIORITIES = ['CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO'];
const WHERE_FROM = ['%jevt.value[/sourceIPs]', '%ka.useragent', '%ka.auditid', '%ka.cluster.name'];

describe('docs/rules.md', () => {
  const names = new Set(RULES_FILES.flatMap(readRules).map(({ name }) => name));
  const maps = { MITRE, MICROSOFT, OWASP, POD_SECURITY, RBAC, ...PUBLIC_LISTS };

  test.each(Object.entries(maps))('%s names rules that exist', (_name, entries) => {
    expect(entries.flatMap(({ rules = [] }) => rules).filter((rule) => !names.has(rule))).toEqual([]);
  });

  test('every entry of every map has a rule, or says why not', () => {
    const all = RULES_FILES.flatMap(readRules);
    const byTag = [tagged(MITRE, all, (id) => id), tagged(OWASP, all, (id) => `OWASP_${id}`)].flat();
    const bare = [
      ...byTag,
      ...MICROSOFT,
      ...POD_SECURITY,
      ...RBAC,
      ...Object.values(PUBLIC_LISTS).flat(),
    ].filter(({ rules = [], note }) => rules.length === 0 && note === undefined);
    expect(bare).toEqual([]);
  });

  test('its example of tuning loads behind the rules, and does what it says', () => {
    const example = /```yaml\n([\s\S]*?)```/.exec(TUNING)![1]!;
    const files = RULES_FILES.map((name) => ({ name, content: readFile(join(RULES, name)) }));
    const { workspace, results } = openWorkspace([...files, { name: 'own.yaml', content: example }]);
    expect(results.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
    const hook = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      auditID: 'x',
      stage: 'ResponseComplete',
      verb: 'update',
      user: { username: 'system:serviceaccount:cert-manager:cert-manager-cainjector' },
      objectRef: { resource: 'validatingwebhookconfigurations', name: 'cert-manager-webhook' },
      responseStatus: { code: 200 },
      stageTimestamp: '2026-02-03T16:07:42.045023Z',
    };
    expect(matches(loadOurRules(), hook)).toEqual(['Admission Webhook Changed']);
    expect(matches(workspace!, hook)).toEqual([]);
  });
});

test('the dummy rule prints what it is known for', () => {
  const workspace = loadRules([join(RULES, 'dummy.yaml')]);
  const event = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: '0f1e2d3c-0000-4000-8000-000000000001',
    stage: 'ResponseComplete',
    verb: 'get',
    requestURI: '/api/v1/namespaces/kube-system/configmaps/eks-certificates-controller',
    user: { username: 'eks:certificate-controller' },
    objectRef: { resource: 'configmaps', namespace: 'kube-system', name: 'eks-certificates-controller' },
    stageTimestamp: '2026-02-03T16:07:42.045023Z',
  };
  const lines: string[] = [];
  workspace.readEvents(
    JSON.stringify(event),
    (read) => lines.push(...workspace.matches(read).map(({ output }) => output)),
    (fault) => lines.push(fault),
  );
  expect(lines).toEqual([
    'user=eks:certificate-controller verb=get target=eks-certificates-controller target.namespace=kube-system resource=configmaps',
  ]);
});
