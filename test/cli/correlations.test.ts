// Correlations through the command as people run it: events of two sources in one alert, and what is said of state.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtCommand } from '../build.js';

const BIN = builtCommand();
const ARN = 'arn:aws:sts::111122223333:assumed-role/admin/mallory';

const RULES = `
- correlation: Role assumed, then secrets
  desc: d
  type: temporal_ordered
  rules:
    - {as: assumed, condition: ct.name = AssumeRole, source: aws_cloudtrail}
    - {as: read, condition: ka.verb = get and ka.target.resource = secrets}
  group-by: [identity]
  aliases:
    identity: {assumed: "json.value[/responseElements/assumedRoleUser/arn]", read: "jevt.value[/user/extra/arn/0]"}
  timespan: 10m
  output: "%corr.group read %ka.target.name with a role assumed at %corr.first (%corr.events)"
  priority: CRITICAL
  source: k8s_audit
`;

const audit = (id: string, time: string, arn: string, more: object = {}): string =>
  JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: id,
    stage: 'ResponseComplete',
    verb: 'get',
    user: { username: 'admin', extra: { arn: [arn] } },
    objectRef: { resource: 'secrets', namespace: 'shop', name: 'db' },
    responseStatus: { code: 200 },
    stageTimestamp: `2026-03-01T${time}.000000Z`,
    ...more,
  });

const trail = (id: string, time: string, arn: string) => ({
  eventVersion: '1.08',
  eventID: id,
  eventName: 'AssumeRole',
  eventSource: 'sts.amazonaws.com',
  eventType: 'AwsApiCall',
  eventTime: `2026-03-01T${time}Z`,
  awsRegion: 'us-east-1',
  recipientAccountId: '111122223333',
  responseElements: { assumedRoleUser: { arn } },
});

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-correlations-'));
  mkdirSync(join(folder, 'trail'));
  const records = [
    trail('ct-1', '12:00:00', ARN),
    trail('ct-2', '12:00:01', 'arn:other'),
    // Behind the events of the other source: no sequence.
    trail('ct-3', '12:09:00', 'arn:late'),
  ];
  writeFileSync(join(folder, 'trail/a.json'), JSON.stringify({ Records: records }));
  const events = [audit('a-1', '12:05:00', ARN), audit('a-2', '12:05:01', 'arn:late')];
  writeFileSync(join(folder, 'events.jsonl'), `${events.join('\n')}\n`);
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(
    join(folder, 'falco.yaml'),
    `load_plugins: [k8saudit, cloudtrail, json]
plugins:
  - {name: k8saudit, library_path: libk8saudit.so, open_params: events.jsonl}
  - {name: cloudtrail, library_path: libcloudtrail.so, open_params: trail}
  - {name: json, library_path: libjson.so}
stdout_output: {enabled: true}
json_output: true
log_stderr: true
log_syslog: false
engine: {kind: nodriver}
tsfalco: {correlation: {state: state.json}}
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(...more: readonly string[]) {
  const args = [BIN, '-c', 'falco.yaml', '--disable-source', 'syscall', '-r', 'rules.yaml', ...more];
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
}

test('a call to CloudTrail and a request of the same identity are one alert', () => {
  const { status, stdout, stderr } = run();
  expect(status, stderr).toBe(0);
  expect(stderr).not.toContain('No rule is enabled');
  const [first, ...others] = stdout.split('\n').filter((line) => line.startsWith('{'));
  expect(others).toEqual([]);
  expect(JSON.parse(first!)).toMatchObject({
    rule: 'Role assumed, then secrets',
    priority: 'Critical',
    time: '2026-03-01T12:05:00.000000000Z',
    correlation: { count: 2, distinct: 2, events: ['ct-1', 'a-1'], suppressed: 0 },
    output_fields: { 'ka.target.name': 'db', 'corr.group': [ARN] },
  });
});

test('they are listed with the rules', () => {
  expect(run('-L').stdout).toContain('Role assumed, then secrets');
  const { stdout } = run('-l', 'Role assumed, then secrets', '-o', 'json_output=true');
  expect(JSON.parse(stdout).correlations[0].details.sources).toEqual(['aws_cloudtrail', 'k8s_audit']);
});

test('state that cannot be read ends the run with a line that says why', () => {
  const { status, stderr } = run('-o', 'tsfalco.correlation.state=trail');
  expect(status).toBe(1);
  expect(stderr).toMatch(/Error: cannot read checkpoint trail: it is no regular file/);
});

test('alert: false on a rule and a correlation: both count, neither alerts, in a run and in scan', () => {
  const item = (kind: string, name: string, more: string): string =>
    `- ${kind}: ${name}\n  desc: d\n  output: "${name} %ka.user.name"\n  priority: NOTICE\n  source: k8s_audit\n${more}`;
  const counting = (step: string, more = ''): string =>
    `  type: event_count\n  rules: [${step}]\n  group-by: [ka.user.name]\n  timespan: 10m\n  suppress: 0\n  condition: {gte: 2}\n${more}`;
  const rules = [
    item('rule', 'Silent', '  condition: ka.verb = get\n  alert: false\n'),
    item('rule', 'Behind', '  condition: ka.verb = get and ka.target.name = db\n'),
    item('correlation', 'Pair', counting('Silent', '  alert: false\n')),
    item('correlation', 'Pairs', counting('Pair')),
  ];
  writeFileSync(join(folder, 'silent.yaml'), rules.join(''));
  const events = [1, 2, 3].map((n) => audit(`s-${n}`, `12:05:0${n}`, ARN));
  writeFileSync(join(folder, 'silent.jsonl'), `${events.join('\n')}\n`);
  const args = ['-o', 'plugins[0].open_params=silent.jsonl', '-o', 'tsfalco.correlation.state=silent.json'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      BIN,
      '-c',
      'falco.yaml',
      '--disable-source',
      'syscall',
      '--disable-source',
      'aws_cloudtrail',
      '-r',
      'silent.yaml',
      ...args,
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
  const alerts = stdout.split('\n').flatMap((line) => /"rule":"(\w+)"/.exec(line)?.[1] ?? []);
  expect(alerts.toSorted()).toEqual(['Behind', 'Behind', 'Behind', 'Pairs']);
  const scan = spawnSync(process.execPath, [BIN, 'scan', '-r', 'silent.yaml', 'silent.jsonl'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(scan.stdout.match(/\[\w+\]/g)?.toSorted()).toEqual(['[Behind]', '[Behind]', '[Behind]', '[Pairs]']);
});
