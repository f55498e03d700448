// Our rules on events that a real API server wrote (recorded/README.md): each step of an attack has the alert that is made
// for it, what is harmless or refused has none that says otherwise, and ordinary life is quiet.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { RULES_FILES, readRules } from '../../scripts/docs/read-rules.js';
import { loadAsFalco, loadOurRules, matches, RULES, readFile } from './open-rules.js';

const FOLDER = join(import.meta.dirname, 'recorded');
const linesOf = (name: string): readonly string[] =>
  gunzipSync(readFileSync(join(FOLDER, name)))
    .toString('utf8')
    .split('\n')
    .filter(Boolean);

const workspace = loadOurRules();
const WARNING = new Set(
  RULES_FILES.flatMap(readRules)
    .filter(({ priority }) => !['NOTICE', 'INFO'].includes(priority))
    .map(({ name }) => name),
);
const attacks = linesOf('attacks.jsonl.gz');
const steps = readFileSync(join(FOLDER, 'attacks.index.tsv'), 'utf8')
  .split('\n')
  .slice(1)
  .filter(Boolean)
  .map((line) => {
    const [step = '', lines = '', policy = '', rule = ''] = line.split('\t');
    const [from = 0, to = from] = lines.split('-').map(Number);
    return { step: `${step} (${policy})`, rule, events: lines === '-' ? [] : attacks.slice(from - 1, to) };
  });

// What is in no log, or was refused, or is not told from what is harmless by any single event.
const HOLES: ReadonlyMap<string, string> = new Map([
  ['anon-bind-ssa-yaml (eks)', 'YAML is in no log'],
  ['ds-yaml-ssa (all)', 'YAML is in no log'],
  ['anon-probe (eks)', 'it was allowed: Anonymous Request Allowed'],
  ['imp-refused (eks)', 'Impersonation Refused'],
  ['imp-masters-refused (eks)', 'Impersonation Refused: the log does not say whom they wanted to be'],
  ['host-path-dots (eks)', 'the API server refuses ..'],
  ['token-secret (eks)', 'EKS logs no bodies of secrets'],
  ['cm-creds (eks)', 'EKS logs no bodies of ConfigMaps'],
  ['ev-core (eks)', 'EKS does not log it'],
  ['eks-node-refused (eks)', 'nothing was logged'],
  ['mass-del (eks)', 'pods deleted one by one'],
  ['psa-put (all)', 'what a PUT leaves out'],
  ['pad-pod (eks+truncate)', 'Request Body Cut'],
  ['pad-crb (eks+truncate)', 'Request Body Cut'],
]);

const unexpected = new Set(['-', '(harmless)', '(no alert)']);
const alertsOf = (events: readonly string[]): readonly string[] =>
  events.flatMap((event) => matches(workspace, event));
const stepOf = (name: string) => steps.find(({ step }) => step === name)!;

describe('attacks', () => {
  test.each(
    steps
      .filter(({ rule }) => !unexpected.has(rule))
      .map(({ step, rule, events }) => [step, rule, events] as const),
  )('%s: %s', (step, rule, events) => {
    const hole = HOLES.get(step);
    if (hole === undefined) expect(alertsOf(events)).toContain(rule);
    else expect(alertsOf(events)).not.toContain(rule);
  });

  test.each([
    'exec-nopod (eks)',
    'node-metrics (eks)',
    'kubelet-sa-pods (eks)',
    'dry-run (eks)',
    'eviction (eks)',
    'binding (eks)',
  ])('%s is no matter for an alert', (step) => {
    expect(alertsOf(stepOf(step).events)).toEqual([]);
  });

  test.each([
    ['pad-pod (eks+truncate)', 'Request Body Cut'],
    ['pad-crb (eks+truncate)', 'Request Body Cut'],
    ['imp-refused (eks)', 'Impersonation Refused'],
    ['anon-delete (eks)', 'Anonymous Change Allowed'],
  ])('%s: at least %s', (step, rule) => {
    expect(alertsOf(stepOf(step).events)).toContain(rule);
  });
});

test.each(['exec-refused (eks)', 'exec-refused-spdy (eks)', 'exec-refused-curl (eks)', 'pf-refused (eks)'])(
  '%s: a refusal is told once, and not as done',
  (step) => {
    const alerts = alertsOf(stepOf(step).events);
    expect(alerts.filter((name) => name === 'Exec Refused')).toHaveLength(1);
    expect(alerts.filter((name) => /Exec Or Attach|Suspicious Command|Port Forward To/.test(name))).toEqual(
      [],
    );
  },
);

test('a role made by server-side apply is no default role that was changed', () => {
  expect(alertsOf(stepOf('disguised-ssa (eks)').events)).toEqual(['Disguised RBAC Object']);
});

test('ordinary life warns of a DaemonSet that mounts its nodes, and of a scanner', () => {
  const warnings = linesOf('ordinary.jsonl.gz').flatMap((event) =>
    matches(workspace, event).filter((name) => WARNING.has(name)),
  );
  expect(warnings.toSorted()).toEqual([
    'Attack Tool User Agent',
    'Pod In Host Namespace',
    'Sensitive Host Path Mounted',
  ]);
});

test('no rule reads a field at which a real Falco ended on the event of an ordinary rollback', () => {
  const texts = RULES_FILES.map((file) => readFile(join(RULES, file)));
  expect(texts.some((text) => /volume_type(?!s)/.test(text))).toBe(false);
  const event = readFileSync(join(FOLDER, 'falco-crash.jsonl'), 'utf8');
  expect(matches(workspace, event)).toContain('Unusual Volume Type');
});

test('Falco, which searches texts instead, finds all of it, and in three patches what was there before', () => {
  const falco = loadAsFalco();
  const extra: string[] = [];
  for (const event of [...attacks, ...linesOf('ordinary.jsonl.gz')]) {
    const here = matches(workspace, event);
    const there = matches(falco, event);
    expect(there).toEqual(expect.arrayContaining([...here]));
    extra.push(...there.filter((name) => !here.includes(name)));
  }
  expect(extra.toSorted()).toEqual([
    'Dangerous Capability Added',
    'Probe To Another Host',
    'Unsafe Sysctl',
    'Unusual Volume Type',
    'Wildcard Role',
  ]);
});
