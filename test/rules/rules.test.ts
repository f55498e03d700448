// Our rules: they load without a word, their suites pass, and every rule has an event that it finds and one that it
// leaves alone.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runSuiteFile } from '../../src/authoring/suite-run.js';
import { openWorkspace } from '../../src/authoring/workspace.js';
import { type ByteString, toBytes } from '../../src/bytes.js';

const RULES = join(import.meta.dirname, '../../rules');
const readFile = (path: string): ByteString => readFileSync(path, 'latin1');

function open(paths: readonly string[], enable: readonly ByteString[] = []) {
  return openWorkspace(
    paths.map((path) => ({ name: toBytes(path), content: readFile(path) })),
    { enable },
  );
}

function loadRules(paths: readonly string[], enable: readonly ByteString[]) {
  const { workspace, results } = open(paths, enable);
  if (workspace === undefined) throw new Error(JSON.stringify(results));
  return workspace;
}

test.each([[['k8s_audit_rules.yaml']], [['k8s_audit_rules.yaml', 'eks_audit_rules.yaml']], [['dummy.yaml']]])(
  '%j load without errors and warnings',
  (names) => {
    const { results } = open(names.map((name) => join(RULES, name)));
    expect(results).toHaveLength(names.length);
    expect(results.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  },
);

describe.each(['k8s_audit_rules.yaml', 'eks_audit_rules.yaml'])('%s', (name) => {
  const path = join(RULES, 'tests', name);
  const { suite, verdicts, why } = runSuiteFile(path, { covered: false, readFile, loadRules });

  test.each(verdicts.map((verdict) => [verdict.test, verdict] as const))('%s', (_test, verdict) => {
    expect(verdict.failures, why(verdict)).toEqual([]);
  });

  const own = [...readFile(join(RULES, name)).matchAll(/^- rule: (.+)$/gm)].map((match) => match[1]!);
  const found = new Set(
    suite.tests.flatMap(({ expect: exactly, includes }) =>
      [...(exactly ?? []), ...includes].map(({ rule }) => rule),
    ),
  );
  const leftAlone = new Set(suite.tests.flatMap(({ excludes }) => excludes));

  test('has rules', () => expect(own.length).toBeGreaterThan(10));
  test.each(own)('%s has a positive and a negative test', (rule) => {
    expect({ found: found.has(rule), leftAlone: leftAlone.has(rule) }).toEqual({
      found: true,
      leftAlone: true,
    });
  });
});

test('the dummy rule prints what it is known for', () => {
  const workspace = loadRules([join(RULES, 'dummy.yaml')], []);
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
