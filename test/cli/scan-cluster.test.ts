// A look at a cluster's log group, by the built program as a process of its own, against the endpoint on loopback.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Trouble } from '../../demo/endpoint/trouble.js';
import { scan } from '../../src/cli/commands/scan.js';
import { openInputs } from '../../src/cli/logs/inputs.js';
import { createDrops } from '../../src/sources/drops.js';
import { payloadTexts } from '../../src/sources/files/lines.js';
import { builtCommand } from '../build.js';
import { CLUSTER, createStage, endpointEnv, type Stage } from '../sources/cloudwatch/endpoint-run.js';
import { hostFor } from './in-process.js';

const BIN = builtCommand();
const folder = mkdtempSync(join(tmpdir(), 'tsfalco-cluster-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MINUTE = 60_000;
let stage: Stage;
let ids: string[];

async function open(trouble: Partial<Trouble> = {}): Promise<void> {
  stage = await createStage(trouble);
  const now = Date.now();
  // Three hours back, every three minutes.
  ids = Array.from({ length: 60 }, (_, n) => stage.write(now - 178.5 * MINUTE + n * 3 * MINUTE));
}

beforeEach(() => open());
afterEach(() => stage.endpoint.close());

/** The endpoint; but what begins behind a time has no answer before refuse(), and is refused then. */
async function refusingBehind(time: number, behind: string) {
  let refuse = (): void => {};
  const isTime = new Promise<void>((resolve) => {
    refuse = resolve;
  });
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const { startTime = 0 } = JSON.parse(body.toString()) as { readonly startTime?: number };
    // The first call asks for what comes from now on, to see whether it may.
    if (startTime <= time || startTime > time + 59 * MINUTE) {
      const { status, headers, data } = await forwarded(behind, request.headers, body);
      response.writeHead(status, headers).end(data);
      return;
    }
    await isTime;
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(DENIED);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, refuse, close };
}

const DENIED =
  '{"__type":"AccessDeniedException","Message":"User is not authorized to perform: logs:FilterLogEvents"}';

async function forwarded(url: string, headers: IncomingHttpHeaders, body: Buffer) {
  const call = httpRequest(url, { method: 'POST', headers });
  call.end(body);
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  const data = Buffer.concat(await answer.toArray());
  return { status: answer.statusCode ?? 500, headers: answer.headers, data };
}

/** Of what the machine has, the process gets nothing but the way to Node. */
async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = endpointEnv(stage.endpoint.url),
) {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: folder,
    env: { PATH, HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { status, stdout, stderr };
}

const idsOf = (lines: string): string[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { auditID: string }).auditID);

describe('--cluster', () => {
  test('reads the last hour, or what --from and --to say', async () => {
    expect(idsOf((await run(['export', '--cluster', CLUSTER])).stdout)).toEqual(ids.slice(40));
    const { status, stdout, stderr } = await run([
      'export',
      '--cluster',
      CLUSTER,
      '--from',
      '2h',
      '--to',
      '1h',
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(idsOf(stdout)).toEqual(ids.slice(20, 40));
  });

  test('serves every command', async () => {
    const cluster = ['--cluster', CLUSTER, '--from', '4h'];
    const scanned = await run(['scan', ...cluster]);
    expect(scanned).toMatchObject({ status: 0, stderr: '' });
    expect(scanned.stdout).toMatch(/ in 60 events of my-cluster \([\d.]+ s, /);
    expect((await run(['stats', ...cluster])).stdout).toMatch(/\n60 events, \d+ rows, my-cluster\n$/);
    const drawn = await run(['report', '-o', 'r.html', ...cluster]);
    expect(drawn).toMatchObject({ status: 0, stderr: expect.stringMatching(/^60 events: r\.html/) });
  });

  test('exits with 1 where --fail-on says so', async () => {
    const all = ['scan', '--cluster', CLUSTER, '--from', '4h'];
    const { stdout } = await run([...all, '--format', 'csv']);
    const worst = stdout.includes(',Warning,') ? 'warning' : 'debug';
    expect(stdout.split('\r\n').length).toBeGreaterThan(2);
    expect((await run([...all, '--fail-on', worst])).status).toBe(1);
    expect((await run([...all, '--fail-on', 'emergency'])).status).toBe(0);
  });

  test('loses and repeats nothing where the service throttles, breaks off and hides', async () => {
    await stage.endpoint.close();
    await open({ throttled: 0.2, resets: 0.1, emptyPages: 0.2, repeats: 0.3 });
    const { status, stdout } = await run(['export', '--cluster', CLUSTER, '--from', '4h']);
    expect(status).toBe(0);
    expect(idsOf(stdout).toSorted()).toEqual(ids.toSorted());
  });

  test('gives what was found where the service refuses on the way, and tells of it by the exit status', async () => {
    const { url, refuse, close } = await refusingBehind(Date.now() - 60 * MINUTE, stage.endpoint.url);
    const said: string[] = [];
    const host = { ...hostFor(endpointEnv(url)), error: (line: string) => void said.push(line) };
    const inputs = openInputs(host, 'scan', [], { cluster: CLUSTER, from: '4h' });
    const found: string[] = [];
    for await (const { payload } of inputs.payloads(createDrops(), { marks: () => undefined })) {
      found.push(...payloadTexts(payload));
      refuse();
    }
    await close();
    expect(found.length).toBeGreaterThan(0);
    expect(ids).toEqual(expect.arrayContaining(idsOf(found.join('\n'))));
    expect(inputs.status()).toBe(2);
    expect(inputs.stopped()).toBe(true);
    expect(said).toEqual([
      expect.stringMatching(/^Error: access denied: allow the IAM action logs:FilterLogEvents /),
    ]);
  });

  test('leaves no line of progress behind on a terminal', async () => {
    const shown: string[] = [];
    const host = {
      ...hostFor(endpointEnv(stage.endpoint.url)),
      progress: (line: string) => void shown.push(line),
    };
    expect(await scan(['--cluster', CLUSTER, '--from', '4h'], host)).toBe(0);
    expect(shown.at(-1)).toBe('');
  });

  const env = (more: Readonly<Record<string, string>>) => more;
  test.each([
    ['no credentials', env({ AWS_REGION: 'us-east-1' }), 'no AWS credentials: set AWS_ACCESS_KEY_ID and '],
    ['no region', env({}), 'no AWS region: give --region, or set AWS_REGION, or region in the AWS profile'],
  ])('%s: one line', async (_what, given, message) => {
    for (const command of ['scan', 'stats', 'export']) {
      const { status, stdout, stderr } = await run([command, '--cluster', CLUSTER], given);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain(`Error: ${message}`);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
  });

  test('a log group that is missing, a span without events: one line', async () => {
    const missing = await run(['scan', '--cluster', 'elsewhere', '--from', '2h']);
    expect(missing).toMatchObject({ status: 2, stdout: '' });
    expect(missing.stderr).toMatch(
      /^Error: log group \/aws\/eks\/elsewhere\/cluster does not exist in region us-east-1: .*\n$/,
    );
    expect(await run(['scan', '--cluster', CLUSTER, '--from', '9h', '--to', '8h'])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'Error: There are no events in my-cluster\n',
    });
  });
});
