// Our correlations: they load without a word, their sequences are found, and ordinary traffic has none at WARNING or above.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createTraffic } from '../../bench/traffic/traffic.js';
import { createCorrelationRun } from '../../src/authoring/correlate.js';
import { runSuiteFile } from '../../src/authoring/suite-run.js';
import { fromBytes, toBytes } from '../../src/bytes.js';
import { loadRules, open, RULES, readFile } from './open-rules.js';

const FILES = ['k8s_audit_rules.yaml', 'k8s_correlation_rules.yaml'].map((name) => join(RULES, name));
const WARNING = 4;

test('they load without errors and warnings', () => {
  const { results } = open(FILES);
  expect(results.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
});

const path = join(RULES, 'tests/k8s_correlation_rules.yaml');
const { suite, verdicts, why } = runSuiteFile(path, { covered: false, readFile, loadRules });

describe('sequences', () => {
  test.each(verdicts.map((verdict) => [verdict.test, verdict] as const))('%s', (_test, verdict) => {
    expect(verdict.failures, why(verdict)).toEqual([]);
  });

  test('there is one for each correlation', () => {
    const found = new Set(
      suite.tests.flatMap(({ expect: exactly }) => (exactly ?? []).map(({ rule }) => rule)),
    );
    const all = loadRules(FILES, ['Node Heartbeat Absent']).correlations.map(({ info }) => info.name);
    expect(all.length).toBeGreaterThanOrEqual(15);
    expect(all.filter((name) => !found.has(name))).toEqual([]);
  });
});

function recorded(name: string): readonly string[] {
  const file = join(import.meta.dirname, 'recorded', name);
  return gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
}

function alerts(texts: Iterable<string>): readonly string[] {
  const workspace = loadRules(FILES);
  const loud = workspace.correlations.filter(({ info }) => info.priority <= WARNING);
  const names = new Set(loud.map(({ info }) => info.name));
  const run = createCorrelationRun(workspace.rules, workspace.correlations);
  let events = 0;
  for (const text of texts) {
    events++;
    workspace.readEvents(toBytes(text), run.take, (fault) => expect.fail(fault));
  }
  expect(events).toBeGreaterThan(500);
  return run
    .finish()
    .flatMap(({ name, output }) => (names.has(name) ? [fromBytes(`${name}: ${output}`)] : []));
}

// In their own order and at their own times, as a real API server wrote them.
test('attacks on a real API server are found as what they are together', () => {
  const workspace = loadRules(FILES);
  const run = createCorrelationRun(workspace.rules, workspace.correlations);
  for (const text of recorded('attacks.jsonl.gz'))
    workspace.readEvents(toBytes(text), run.take, (fault) => expect.fail(fault));
  expect(run.finish().map(({ name }) => name)).toEqual([
    'Exec Refused Many Times',
    'Kubelet Reached Then Secrets',
    'Certificate Requested And Approved By One',
    'Traces Removed After Use',
    'Watching Stopped Then Changes',
    'Anonymous Probe Then Use',
    'Pod Security Relaxed Then Privileged Pod',
  ]);
});

describe('nothing at WARNING or above', () => {
  test('comes of a cluster with the usual add-ons, a pipeline and a team', () => {
    const next = createTraffic(7);
    expect(alerts(Array.from({ length: 10_000 }, next))).toEqual([]);
  });

  test('comes of the ordinary life of a real API server', () => {
    expect(alerts(recorded('ordinary.jsonl.gz'))).toEqual([]);
  });
});
