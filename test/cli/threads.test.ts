// A backlog evaluated on threads: the same alerts in the same order, the same counts, the same complaints.

import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEventGenerator } from '../../demo/endpoint/events.js';
import { builtCommand } from '../build.js';

const BIN = builtCommand();
const RULES = fileURLToPath(new URL('../../rules/k8s_audit_rules.yaml', import.meta.url));
/** More than a run reads before it starts threads. */
const BYTES = 48 * 1024 * 1024;

let folder = '';
let events = 0;
let blocks = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-threads-'));
  const next = createEventGenerator({ averageSize: 1250, alerting: 0.1, seed: 7 });
  const block = Array.from({ length: 4000 }, () => next().message);
  block.splice(1000, 0, '{"kind":"Event"', '{"kind":"Other"}');
  const text = Buffer.from(`${block.join('\n')}\n`);
  const file = openSync(join(folder, 'events.jsonl'), 'w');
  for (let written = 0; written < BYTES; written += text.length) {
    writeSync(file, text);
    events += 4000;
    blocks++;
  }
  closeSync(file);
  writeFileSync(
    join(folder, 'falco.yaml'),
    `load_plugins: [k8saudit, json]
plugins:
  - {name: k8saudit, library_path: libk8saudit.so, open_params: events.jsonl}
  - {name: json, library_path: libjson.so}
stdout_output: {enabled: true}
json_output: true
log_stderr: true
log_syslog: false
rule_matching: all
engine: {kind: nodriver}
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(threads: string, ...more: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      BIN,
      '-c',
      'falco.yaml',
      '--disable-source',
      'syscall',
      '-r',
      RULES,
      '-v',
      '--threads',
      threads,
      ...more,
    ],
    { cwd: folder, encoding: 'latin1', maxBuffer: 1 << 30 },
  );
  return {
    status,
    stdout,
    seen: /Captured Events: (\d+)/.exec(stderr)?.[1],
    dropped: /k8s_audit: \d+ dropped:.*/.exec(stderr)?.[0],
    complaints: stderr.split('\n').filter((line) => line.includes('[k8saudit]')).length,
  };
}

test('on one, two and three threads', () => {
  const expected = run('1');
  expect(expected.status).toBe(0);
  expect(expected.seen).toBe(`${events}`);
  expect(expected.stdout.split('\n').length).toBeGreaterThan(100);
  expect(expected.complaints).toBeGreaterThan(10);
  expect(expected.dropped).toBe(
    `k8s_audit: ${2 * blocks} dropped: ${blocks} not JSON, ${blocks} no audit event`,
  );
  for (const threads of ['2', '3']) {
    const found = run(threads);
    expect(found.stdout === expected.stdout).toBe(true);
    expect(found).toEqual(expected);
  }
});

const CORRELATIONS = `
- correlation: Often
  desc: d
  type: event_count
  rules: [{as: asked, condition: ka.verb = get and ka.user.name exists}]
  group-by: [ka.user.name]
  timespan: 20s
  condition: {gte: 3}
  suppress: 5s
  output: "%corr.group %corr.count %corr.first %corr.last %corr.events %corr.suppressed"
  priority: NOTICE
  source: k8s_audit
- correlation: In order
  desc: d
  type: temporal_ordered
  rules: [{as: a, condition: ka.verb = get}, {as: b, condition: ka.verb = create}, {as: c, condition: ka.verb = patch}]
  group-by: [ka.target.namespace]
  timespan: 30s
  output: "%corr.group %corr.first %corr.last %corr.events"
  priority: NOTICE
  source: k8s_audit
`;

test('correlations find the same, each event once', () => {
  writeFileSync(join(folder, 'correlations.yaml'), CORRELATIONS);
  const lines = (threads: string): readonly string[] => {
    const found = run(threads, '-r', 'correlations.yaml', '-o', 'rules[].disable.tag=k8s');
    expect(found.status).toBe(0);
    return found.stdout.split('\n').filter((line) => line.startsWith('{"correlation":'));
  };
  const alone = lines('1');
  expect(alone.length).toBeGreaterThan(50);
  // They stand between the alerts of other batches.
  expect(lines('3').toSorted()).toEqual(alone.toSorted());
});

test('an output that numbers events is written by one thread', () => {
  const more = ['-o', 'append_output[]={"extra_output": "%evt.num"}'];
  const found = run('3', ...more);
  expect(found.status).toBe(0);
  expect(found.stdout === run('1', ...more).stdout).toBe(true);
});
