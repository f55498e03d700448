// The scenario that the product exists for, against moto: boto3 puts events, the real source polls, the rule alerts.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runFalco } from '../../src/cli/app.js';
import { type InProcess, runInProcess } from '../cli/in-process.js';
import { type Moto, startMoto } from './moto-server.js';

const RULES = fileURLToPath(new URL('../../rules/dummy.yaml', import.meta.url));
const CLUSTER = 'my-cluster';
const GROUP = `/aws/eks/${CLUSTER}/cluster`;

let moto: Moto;
let folder: string;

beforeAll(async () => {
  moto = await startMoto();
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-moto-'));
  // A fresh machine has to fetch moto first.
}, 600_000);

afterAll(async () => {
  await moto?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

function auditEvent(id: string, verb: string, stamp: string): string {
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: id,
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/kube-system/configmaps/eks-certificates-controller',
    verb,
    user: { username: 'eks:certificate-controller', groups: ['system:authenticated'] },
    sourceIPs: ['10.0.0.1'],
    objectRef: {
      resource: 'configmaps',
      namespace: 'kube-system',
      name: 'eks-certificates-controller',
      apiVersion: 'v1',
    },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: stamp,
    stageTimestamp: stamp,
  });
}

function start(config: string, env: Record<string, string>): InProcess {
  return runInProcess((host) => runFalco(['-c', config, '-r', RULES], host), env);
}

function writeConfig(name: string, init: string): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    `plugins:
  - name: k8saudit-eks
    library_path: libk8saudit-eks.so
    init_config:
      region: "us-east-1"
      shift: 10
      polling_interval: 1
      use_async: false
      buffer_size: 500
${init}    open_params: "${CLUSTER}"
  - name: json
    library_path: libjson.so
    init_config: ""
load_plugins: [k8saudit-eks, json]
stdout_output:
  enabled: true
webserver:
  enabled: false
`,
  );
  return path;
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition).toBe(true);
}

describe('against moto', () => {
  it('alerts on events that boto3 puts, once each, and counts them at the end', async () => {
    const now = Date.now();
    const audit = 'kube-apiserver-audit-71976ca11bea5d3083393f7d32dab75b';
    await moto.put(GROUP, [
      {
        stream: audit,
        timestamp: now - 2000,
        message: auditEvent('1', 'get', '2024-04-16T16:07:42.045023Z'),
      },
      {
        stream: audit,
        timestamp: now - 1500,
        message: auditEvent('2', 'watch', '2024-04-16T16:07:43.045023Z'),
      },
      {
        stream: 'kube-apiserver-71976ca11bea5d3083393f7d32dab75b',
        timestamp: now - 1000,
        message: 'I0416 not an audit event',
      },
    ]);
    const env = { AWS_ENDPOINT_URL: moto.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    // Where to begin is said, since boto3 may take its time on a busy machine.
    const from = `      from: "${new Date(now - 60_000).toISOString()}"\n`;
    const run = start(writeConfig('falco.yaml', from), env);
    await until(() => run.out().includes('16:07:42'));
    await moto.put(GROUP, [
      {
        stream: `${audit.slice(0, -1)}c`,
        timestamp: Date.now(),
        message: auditEvent('3', 'delete', '2024-04-16T16:07:44.5Z'),
      },
    ]);
    await until(() => run.out().includes('16:07:44'));
    // What two more polls bring must not repeat anything.
    for (const [id, second] of [
      ['4', 45],
      ['5', 46],
    ] as const) {
      await moto.put(GROUP, [
        {
          stream: audit,
          timestamp: Date.now(),
          message: auditEvent(id, 'update', `2024-04-16T16:07:${second}.5Z`),
        },
      ]);
      await until(() => run.out().includes(`16:07:${second}`));
    }
    run.interrupt();
    expect(await run.exit).toBe(0);
    const rest = 'target=eks-certificates-controller target.namespace=kube-system resource=configmaps';
    expect(run.out()).toBe(
      `16:07:42.045023000: Warning user=eks:certificate-controller verb=get ${rest}\n` +
        `16:07:44.500000000: Warning user=eks:certificate-controller verb=delete ${rest}\n` +
        `16:07:45.500000000: Warning user=eks:certificate-controller verb=update ${rest}\n` +
        `16:07:46.500000000: Warning user=eks:certificate-controller verb=update ${rest}\n` +
        'Events detected: 4\nRule counts by severity:\n   WARNING: 4\nTriggered rules by rule name:\n   Dummy rule: 4\n',
    );
  });

  it('takes on a role with an external id', async () => {
    const env = { AWS_ENDPOINT_URL: moto.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    // The SDK asks the token service at the place that the environment names.
    process.env['AWS_ENDPOINT_URL'] = moto.url;
    try {
      await moto.put(GROUP, [
        {
          stream: 'kube-apiserver-audit-2',
          timestamp: Date.now(),
          message: auditEvent('4', 'update', '2024-04-16T16:08:00Z'),
        },
      ]);
      const role = '      role_arn: "arn:aws:iam::123456789012:role/reader"\n      external_id: "x-1"\n';
      const run = start(writeConfig('role.yaml', role), env);
      await until(() => run.out().includes('16:08:00'));
      run.interrupt();
      expect(await run.exit).toBe(0);
    } finally {
      delete process.env['AWS_ENDPOINT_URL'];
    }
  });

  it('says what to do where the log group is missing, and ends', async () => {
    const env = { AWS_ENDPOINT_URL: moto.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    const config = writeConfig('missing.yaml', '');
    const { readFileSync } = await import('node:fs');
    writeFileSync(
      config,
      readFileSync(config, 'utf8').replace(`open_params: "${CLUSTER}"`, 'open_params: "elsewhere"'),
    );
    const run = start(config, env);
    expect(await run.exit).toBe(1);
    expect(run.err()).toMatch(
      /Error: log group \/aws\/eks\/elsewhere\/cluster does not exist in region us-east-1: check/,
    );
    expect(run.err()).not.toMatch(/\n\s+at /);
  });
});
