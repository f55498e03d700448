// Our rules for CloudTrail, Okta and GitHub: each is alerted by what it is for, and by nothing that only looks like it. Events
// come as captured payloads, the way users try rules on yesterday's.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runFalco } from '../../src/cli/app.js';
import { runInProcess } from '../cli/in-process.js';
import { RULES } from './open-rules.js';

type Json = Readonly<Record<string, unknown>>;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'other-logs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Names of the rules that each captured line alerts, by its number. */
async function alertsOf(
  plugin: string,
  captured: readonly object[],
): Promise<readonly (readonly string[])[]> {
  const replay = join(folder, `${plugin}.jsonl`);
  writeFileSync(replay, captured.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const config = join(folder, `${plugin}.yaml`);
  const rules = join(RULES, `${plugin}_rules.yaml`);
  const plugins = [plugin, 'json'].map((name) => ({
    name,
    library_path: `lib${name}.so`,
    ...(name === plugin && { open_params: `replay:${replay}`, init_config: { organization: 'acme' } }),
  }));
  const all = {
    rules_files: [rules],
    load_plugins: [plugin, 'json'],
    plugins,
    json_output: true,
    rule_matching: 'all',
    priority: 'debug',
    webserver: { enabled: false },
    log_stderr: false,
    log_syslog: false,
    stdout_output: { enabled: true },
    append_output: [{ match: {}, extra_fields: ['evt.num'] }],
  };
  writeFileSync(config, JSON.stringify(all));
  const run = runInProcess((host) => runFalco(['-c', config, '--disable-source', 'syscall'], host), {});
  expect(await run.exit, run.err()).toBe(0);
  const alerts = run
    .out()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { rule: string; output_fields: Json });
  return captured.map((_, i) =>
    alerts.filter(({ output_fields: fields }) => fields['evt.num'] === i + 1).map(({ rule }) => rule),
  );
}

const rulesOf = (plugin: string): readonly string[] =>
  [...readFileSync(join(RULES, `${plugin}_rules.yaml`), 'utf8').matchAll(/^- rule: (.*)$/gm)].map(
    ([, name]) => name!,
  );

/** What is done, and the rules that say so. */
type Case = readonly [event: Json, ...rules: readonly string[]];

async function check(
  plugin: string,
  cases: readonly Case[],
  capture: (event: Json) => object,
): Promise<void> {
  const got = await alertsOf(
    plugin,
    cases.map(([event]) => capture(event)),
  );
  expect(got).toEqual(cases.map(([, ...rules]) => rules));
  expect(new Set(cases.flatMap(([, ...rules]) => rules))).toEqual(new Set(rulesOf(plugin)));
}

const call = (
  eventSource: string,
  eventName: string,
  requestParameters: Json = {},
  more: Json = {},
): Json => ({
  eventTime: '2026-03-01T10:00:00Z',
  eventType: 'AwsApiCall',
  eventSource: `${eventSource}.amazonaws.com`,
  eventName,
  awsRegion: 'eu-west-1',
  sourceIPAddress: '203.0.113.7',
  userIdentity: { type: 'IAMUser', userName: 'eve', arn: 'arn:aws:iam::1:user/eve' },
  requestParameters,
  ...more,
});

const POLICY = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKS';
const logging = (enabled: boolean): Json => ({
  name: 'c',
  logging: { clusterLogging: [{ types: ['audit'], enabled }] },
});
const endpoint = (publicAccessCidrs?: readonly string[]): Json => ({
  name: 'c',
  resourcesVpcConfig: { endpointPublicAccess: true, ...(publicAccessCidrs && { publicAccessCidrs }) },
});
const login = (MFAUsed: string, type: string, more: Json = {}): Json =>
  call(
    'signin',
    'ConsoleLogin',
    {},
    {
      userIdentity: { type, userName: 'eve' },
      responseElements: { ConsoleLogin: 'Success' },
      additionalEventData: { MFAUsed },
      ...more,
    },
  );

const CLOUDTRAIL: readonly Case[] = [
  [call('eks', 'CreateAccessEntry', { name: 'c', principalArn: 'x' }), 'EKS Access Entry Set'],
  [call('eks', 'UpdateAccessEntry'), 'EKS Access Entry Set'],
  [call('eks', 'CreateAccessEntry', {}, { errorCode: 'AccessDenied' })],
  [call('eks', 'ListAccessEntries')],
  [
    call('eks', 'AssociateAccessPolicy', { policyArn: `${POLICY}ClusterAdminPolicy` }),
    'EKS Cluster Admin Given',
  ],
  [call('eks', 'AssociateAccessPolicy', { policyArn: `${POLICY}ViewPolicy` }), 'EKS Access Policy Given'],
  [call('eks', 'UpdateClusterConfig', logging(false)), 'EKS Logging Switched Off'],
  [call('eks', 'UpdateClusterConfig', logging(true))],
  [
    call('eks', 'UpdateClusterConfig', endpoint(['10.0.0.0/8', '0.0.0.0/0'])),
    'EKS Endpoint Opened To Internet',
  ],
  [call('eks', 'UpdateClusterConfig', endpoint()), 'EKS Endpoint Opened To Internet'],
  [call('eks', 'UpdateClusterConfig', endpoint(['10.0.0.0/8']))],
  [call('eks', 'DisassociateIdentityProviderConfig'), 'EKS Identity Provider Changed'],
  [call('eks', 'DeleteCluster'), 'EKS Cluster Deleted'],
  [call('cloudtrail', 'StopLogging', { name: 't' }), 'CloudTrail Switched Off'],
  [call('cloudtrail', 'StartLogging', { name: 't' })],
  [call('guardduty', 'UpdateDetector', { enable: false }), 'GuardDuty Switched Off'],
  [call('guardduty', 'UpdateDetector', { enable: true })],
  [call('s3', 'ListBuckets', {}, { userIdentity: { type: 'Root' } }), 'Root User Active'],
  [login('No', 'IAMUser'), 'Console Login Without Second Factor'],
  [login('Yes', 'IAMUser')],
  [login('No', 'IAMUser', { responseElements: { ConsoleLogin: 'Failure' } })],
  [
    call('iam', 'AttachUserPolicy', { policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
    'Administrator Policy Attached',
  ],
  [call('iam', 'AttachUserPolicy', { policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })],
  [call('iam', 'CreateAccessKey', { userName: 'bob' }), 'IAM Access Key Created'],
];

const entry = (eventType: string, result = 'SUCCESS', seconds = 0): Json => ({
  uuid: `${eventType}-${seconds}`,
  published: `2026-03-01T10:00:${String(seconds).padStart(2, '0')}.000Z`,
  eventType,
  actor: { id: '1', type: 'User', alternateId: 'eve@example.com' },
  outcome: { result },
});
const DENY = 'user.mfa.okta_verify.deny_push';

const OKTA: readonly Case[] = [
  [entry('user.account.privilege.grant'), 'Okta Administrator Made'],
  [entry('user.account.privilege.grant', 'FAILURE')],
  [entry('user.mfa.factor.reset_all'), 'Okta Second Factors Reset'],
  [entry('policy.rule.deactivate'), 'Okta Policy Weakened'],
  [entry('policy.rule.activate')],
  [entry('system.api_token.create'), 'Okta API Token Created'],
  [entry('system.idp.lifecycle.create'), 'Okta Identity Provider Added'],
  [entry('user.session.impersonation.initiate'), 'Okta Support Impersonation'],
  [entry('system.log_stream.lifecycle.delete'), 'Okta Log Stream Switched Off'],
  [entry('user.account.report_suspicious_activity_by_enduser'), 'Okta User Reports Activity'],
  ...[1, 2, 3, 4].map((seconds): Case => [entry(DENY, 'FAILURE', seconds)]),
  [entry(DENY, 'FAILURE', 5), 'Okta Push Fatigue'],
  [entry('user.session.start')],
];

const delivery = (type: string, body: Json): Json => ({
  type,
  contentType: 'application/json',
  body: JSON.stringify({
    sender: { login: 'eve' },
    repository: { html_url: 'https://github.com/a/b' },
    ...body,
  }),
});
const SECRETS = { files: [{ name: 'f', matches: [{ line: 1, desc: 'slack' }] }] };

const GITHUB: readonly Case[] = [
  [delivery('repository', { action: 'publicized' }), 'GitHub Repository Made Public'],
  [delivery('repository', { action: 'privatized' })],
  [delivery('branch_protection_rule', { action: 'deleted' }), 'GitHub Branch Protection Removed'],
  [delivery('branch_protection_rule', { action: 'created' })],
  [delivery('deploy_key', { action: 'created' }), 'GitHub Deploy Key Added'],
  [
    delivery('member', { action: 'added', changes: { permission: { to: 'admin' } } }),
    'GitHub Administrator Added',
  ],
  [delivery('member', { action: 'added', changes: { permission: { to: 'read' } } })],
  [delivery('meta', { action: 'deleted' }), 'GitHub Hook Deleted'],
  [delivery('push', SECRETS), 'GitHub Secret Pushed'],
  [delivery('push', { files: [{ name: 'f', matches: null }] })],
  [
    delivery('workflow_run', { workflow_miner_detections: { matches: [{ line: 1, type: 'xmrig' }] } }),
    'GitHub Miner In Workflow',
  ],
];

describe('our rules', () => {
  it('for CloudTrail', () =>
    check('cloudtrail', CLOUDTRAIL, (event) => ({ file: JSON.stringify({ Records: [event] }) })));
  it('for Okta', () => check('okta', OKTA, (event) => ({ entry: JSON.stringify(event) })));
  it('for GitHub', () => check('github', GITHUB, (event) => event));
});
