// Replicas that share their place in S3, with the real SDK against moto.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runFalco } from '../../src/cli/app.js';
import { objectPlace } from '../../src/sources/checkpoint/object-client.js';
import { createS3Client } from '../../src/sources/checkpoint/s3-client.js';
import { builtCommand } from '../build.js';
import { type InProcess, runInProcess } from '../cli/in-process.js';
import { type Moto, startMoto } from './moto-server.js';

const RULES = fileURLToPath(new URL('../../rules/dummy.yaml', import.meta.url));
const CLUSTER = 'shared';
const NEVER = new AbortController().signal;

let moto: Moto;
let folder: string;

beforeAll(async () => {
  moto = await startMoto();
  await fetch(`${moto.url}/places`, { method: 'PUT' });
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-s3-'));
}, 600_000);

afterAll(async () => {
  await moto?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

const keys = (): Record<string, string> => ({
  AWS_ENDPOINT_URL: moto.url,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

function writeConfig(checkpoint: string): string {
  const path = join(folder, `${checkpoint.replace(/\W/g, '-')}.yaml`);
  writeFileSync(
    path,
    `plugins:
  - name: k8saudit-eks
    library_path: libk8saudit-eks.so
    init_config: {region: us-east-1, shift: 60, polling_interval: 1, checkpoint: "${checkpoint}"}
    open_params: ${CLUSTER}
load_plugins: [k8saudit-eks]
stdout_output: {enabled: true}
webserver: {enabled: false}
`,
  );
  return path;
}

const start = (checkpoint: string): InProcess =>
  runInProcess((host) => runFalco(['-c', writeConfig(checkpoint), '-r', RULES], host), keys());

async function putEvent(id: string, time: string, cluster = CLUSTER): Promise<void> {
  const objectRef = { resource: 'configmaps', namespace: 'kube-system', name: 'a', apiVersion: 'v1' };
  const message = JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: id,
    stage: 'ResponseComplete',
    verb: 'get',
    user: { username: 'u' },
    objectRef,
    stageTimestamp: `2024-04-16T${time}Z`,
  });
  const stream = 'kube-apiserver-audit-1';
  await moto.put(`/aws/eks/${cluster}/cluster`, [{ stream, timestamp: Date.now(), message }]);
}

const shows = (run: InProcess, text: string): Promise<void> => expect.poll(run.out).toContain(text);

describe('a checkpoint in S3', () => {
  it('lets one replica read while the other stands by, which goes on where the first one ended', async () => {
    await putEvent('1', '16:00:01');
    const one = start('s3://places/shared');
    await shows(one, '16:00:01');
    const two = start('s3://places/shared');
    await putEvent('2', '16:00:02');
    await shows(one, '16:00:02');
    one.interrupt();
    expect(await one.exit).toBe(0);
    await putEvent('3', '16:00:03');
    await shows(two, '16:00:03');
    two.interrupt();
    expect(await two.exit).toBe(0);
    expect(`${one.out()}${two.out()}`.match(/^16:00:0\d/gm)).toEqual(['16:00:01', '16:00:02', '16:00:03']);
  });

  it('keeps what correlations of several clusters have counted, whatever their order in the next run', async () => {
    const pair = join(folder, 'pair.yaml');
    const item = (kind: string, more: string): string =>
      `- ${kind}\n  desc: d\n  priority: NOTICE\n  source: k8s_audit\n${more}`;
    writeFileSync(
      pair,
      item('rule: Seen', '  condition: ka.verb = get\n  output: "seen %ka.auditid"\n') +
        item(
          'correlation: Pair',
          '  type: event_count\n  rules: [Seen]\n  timespan: 10m\n  condition: {gte: 2}\n  output: "pair %corr.events"\n',
        ),
    );
    const startOn = (...clusters: readonly string[]): InProcess => {
      const config = join(folder, `${clusters.join('-')}.yaml`);
      const single = readFileSync(writeConfig('s3://places/several'), 'utf8');
      writeFileSync(
        config,
        `${single.replace(`open_params: ${CLUSTER}`, `open_params: '${JSON.stringify(clusters)}'`)}tsfalco: {correlation: {lateness: 0}}\n`,
      );
      return runInProcess((host) => runFalco(['-c', config, '-r', pair], host), keys());
    };
    await putEvent('l-1', '16:00:01', 'left');
    await putEvent('r-0', '12:00:00', 'right');
    const before = startOn('left', 'right');
    await shows(before, 'seen l-1');
    await shows(before, 'seen r-0');
    before.interrupt();
    expect(await before.exit).toBe(0);
    await putEvent('r-1', '16:00:02', 'right');
    const after = startOn('right', 'left');
    await shows(after, 'pair l-1 r-1');
    after.interrupt();
    expect(await after.exit).toBe(0);
    expect(`${before.out()}${after.out()}`.match(/pair .*/g)).toEqual(['pair l-1 r-1']);
  });

  it('is written only over the content that it replaces', async () => {
    const client = createS3Client({
      bucket: 'places',
      key: 'fence',
      region: 'us-east-1',
      profile: undefined,
      env: keys(),
    });
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    expect(await client.get(undefined, NEVER)).toBeUndefined();
    const first = await client.put(bytes('1'), undefined, NEVER);
    expect(await client.put(bytes('2'), undefined, NEVER)).toBeUndefined();
    expect(await client.get(first, NEVER)).toBe('same');
    const second = await client.put(bytes('3'), first, NEVER);
    expect(await client.put(bytes('4'), first, NEVER)).toBeUndefined();
    expect(await client.get(first, NEVER)).toMatchObject({ bytes: bytes('3'), tag: second });
    await client.remove(NEVER);
    expect(await client.put(bytes('5'), second, NEVER)).toBeUndefined();
    client.close();
  });

  it('says what to do where there is no such bucket', async () => {
    const run = start('s3://elsewhere/place');
    expect(await run.exit).toBe(1);
    expect(run.err()).toMatch(/^Error: there is no bucket elsewhere$/m);
  });

  it('says which package it needs where that is not installed', () => {
    const hook = join(folder, 'without-s3.cjs');
    writeFileSync(
      hook,
      `const Module = require('node:module');
const resolve = Module._resolveFilename;
Module._resolveFilename = function (name, ...rest) {
  if (name === '@aws-sdk/client-s3') throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
  return resolve.call(this, name, ...rest);
};`,
    );
    const args = ['--require', hook, builtCommand(), '-c', writeConfig('s3://places/other'), '-r', RULES];
    const run = spawnSync(process.execPath, args, { env: { ...process.env, ...keys() }, encoding: 'utf8' });
    expect(run.stderr).toContain(
      'Error: checkpoint s3://places/other needs the package @aws-sdk/client-s3, which is not installed: npm install @aws-sdk/client-s3',
    );
    expect(run.status).toBe(1);
  });
});

it('only what begins with s3: is taken for an object', () => {
  expect(objectPlace('/var/lib/place')).toBeUndefined();
  expect(objectPlace('s3-places/a')).toBeUndefined();
  expect(objectPlace('s3://b/a/b')).toEqual({ bucket: 'b', key: 'a/b' });
  expect(objectPlace('s3://b')).toEqual({ bucket: '', key: '' });
  expect(objectPlace('s3://b/')).toEqual({ bucket: '', key: '' });
});
