// tsfalco doctor on set-ups that are well and on others, with real files, ports, receivers, and an endpoint of
// CloudWatch Logs on loopback.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { doctor } from '../../src/cli/commands/doctor.js';
import { check, ok } from '../../src/cli/doctor/checks.js';
import { lineText } from '../../src/cli/doctor/report.js';
import { CLUSTER, createStage, endpointEnv, type Stage } from '../sources/cloudwatch/endpoint-run.js';
import { runInProcess } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rules = join(folder, 'rules.yaml');
writeFileSync(
  rules,
  '- rule: R\n  desc: d\n  condition: ka.verb = get\n  output: o\n  priority: INFO\n  source: k8s_audit\n',
);
writeFileSync(join(folder, 'events.jsonl'), '');

/** Names of what fits in one line: `ok    events         …` → `ok events`. */
const marks = (out: string): readonly string[] =>
  out.split('\n').flatMap((line) => {
    const found = /^(ok|warn|FAIL) +(\S+(?: \S+)?)/.exec(line.slice(0, 21));
    return found === null ? [] : [`${found[1]} ${found[2]}`];
  });

async function run(
  config: string,
  { args = [], env = {} }: { readonly args?: readonly string[]; readonly env?: Record<string, string> } = {},
) {
  const file = join(folder, 'falco.yaml');
  writeFileSync(file, `rules_files: [${rules}]\nengine: {kind: nodriver}\nlog_syslog: false\n${config}`);
  const running = runInProcess((host) => doctor(['-c', file, ...args], host), env);
  const exit = await running.exit;
  const out = running.out();
  for (const line of out.split('\n'))
    expect(line.length).toBeLessThanOrEqual(Math.max(80, folder.length + 60));
  return { exit, out, text: out.replaceAll(/\n {21}(?: {3})?/g, ' '), marks: marks(out) };
}

const audit = (openParams: string, init = '{}'): string =>
  `plugins: [{name: k8saudit, library_path: libk8saudit.so, init_config: ${init}, open_params: "${openParams}"}]\n`;
const STDOUT = 'stdout_output: {enabled: true}\n';
const FILE = audit(join(folder, 'events.jsonl'));

describe('a set-up that is well', () => {
  it('ends with 0', async () => {
    const output = join(folder, 'alerts.txt');
    const {
      exit,
      marks: found,
      out,
    } = await run(
      `${FILE}${STDOUT}file_output: {enabled: true, filename: ${output}}\nwebserver: {enabled: true, listen_port: 0}\n`,
    );
    expect(found).toEqual([
      'ok configuration',
      'ok rules',
      'ok events',
      'ok file output',
      'ok stdout output',
      'ok web server',
    ]);
    expect([exit, out.endsWith('\nAll is well.\n')]).toEqual([0, true]);
  });
});

describe('what is wrong is said, with what to do', () => {
  it.each([
    ['no output', FILE, 'FAIL outputs', 'none is enabled'],
    ['rules that do not load', `${FILE}${STDOUT}rules: []\n`, 'FAIL rules', 'LOAD_ERR_COMPILE_CONDITION'],
    [
      'a plugin that does not start',
      audit('x', '{maxEventSize: x}') + STDOUT,
      'FAIL plugins',
      '<root>[maxEventSize]',
    ],
    ['no plugin with events', STDOUT, 'FAIL sources', 'load k8saudit or k8saudit-eks in load_plugins'],
    [
      'events that are not there',
      audit('/nope.jsonl') + STDOUT,
      'FAIL events',
      'there is no file or folder /nope.jsonl',
    ],
    [
      'a web hook without a port',
      audit('http://127.0.0.1/x') + STDOUT,
      'FAIL web hook',
      'the URL names no port',
    ],
    [
      'a web hook without its certificate',
      audit('https://127.0.0.1:0/x', '{sslCertificate: /nope.pem}') + STDOUT,
      'FAIL web hook',
      '/nope.pem',
    ],
    [
      'a file that cannot be written',
      `${FILE}file_output: {enabled: true, filename: /proc/nope/a}\n`,
      'FAIL file output',
      '-> see to /proc/nope',
    ],
    [
      'a receiver that is away',
      `${FILE}http_output: {enabled: true, url: "http://127.0.0.1:1/x"}\n`,
      'FAIL http output',
      '127.0.0.1:1: connection refused',
    ],
    [
      'an address of another machine',
      `${FILE}${STDOUT}webserver: {enabled: true, listen_address: 203.0.113.9}\n`,
      'FAIL web server',
      'this machine has no such address',
    ],
  ])('%s', async (what, config, mark, text) => {
    const broken = what === 'rules that do not load';
    const bad = join(folder, 'bad.yaml');
    writeFileSync(bad, readFileSync(rules, 'utf8').replace('= get', '='));
    const { exit, marks: found, text: said } = await run(config, broken ? { args: ['-r', bad] } : {});
    expect(found).toContain(mark);
    expect(said).toContain(text);
    expect(exit).toBe(2);
  });

  it('a configuration that does not load', async () => {
    const { exit, text } = await run('log_level: loud\n');
    expect([exit, text]).toEqual([2, 'FAIL  configuration  Unknown log level loud\n\n1 failed.\n']);
  });

  it.each([
    ['a key without effect', 'json_ouput: true\n', 'warn configuration', "did you mean 'json_output'?"],
    [
      'a program that is not there',
      'program_output: {enabled: true, program: nosuchprogram x}\n',
      'warn program output',
      'no program nosuchprogram',
    ],
    ['no rules', 'rules: [{disable: {rule: "*"}}]\n', 'warn rules', 'No rule is enabled'],
  ])('%s is a warning, exit code 1', async (_what, config, mark, text) => {
    const { exit, marks: found, text: said } = await run(FILE + STDOUT + config, { env: { PATH: '/bin' } });
    expect([exit, found]).toEqual([1, expect.arrayContaining([mark])]);
    expect(said).toContain(text);
  });

  it('a proxy that is away, where one stands before the receiver', async () => {
    const env = { http_proxy: 'http://127.0.0.1:1' };
    const config = `${FILE}http_output: {enabled: true, url: "http://receiver.example/x"}\n`;
    expect((await run(config, { env })).text).toContain('127.0.0.1:1 (the proxy): connection refused');
  });

  it('a port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { exit, text } = await run(
      `${FILE}${STDOUT}webserver: {enabled: true, listen_address: 127.0.0.1, listen_port: ${port}}\n`,
    );
    expect(exit).toBe(1);
    expect(text).toContain(`127.0.0.1:${port} is in use -> fine if tsfalco runs already`);
  });

  it('a web hook that everyone may send to', async () => {
    const { exit, text } = await run(audit('http://:0/k8s-audit') + STDOUT);
    expect(exit).toBe(1);
    expect(text).toContain('whoever reaches the port may send events');
    expect(await run(audit('http://127.0.0.1:0/k8s-audit') + STDOUT)).toMatchObject({ exit: 0 });
  });
});

describe('--send', () => {
  async function receiver(status: number) {
    const got: string[] = [];
    const server = createHttpServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        got.push(body);
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return { got, config: `http_output: {enabled: true, url: "http://127.0.0.1:${port}/secret-path"}\n` };
  }

  it('sends a test alert to every output', async () => {
    const { got, config } = await receiver(200);
    const file = join(folder, 'sent.txt');
    const more = `json_output: true\nfile_output: {enabled: true, filename: ${file}}\n`;
    const { exit, text } = await run(FILE + config + more, { args: ['--send'] });
    expect(exit).toBe(0);
    expect(text.split('has taken a test alert')).toHaveLength(3);
    for (const sent of [...got, readFileSync(file, 'utf8')])
      expect(JSON.parse(sent)).toMatchObject({ rule: 'tsfalco doctor: test alert', priority: 'Notice' });
    expect(got).toHaveLength(1);
  });

  it('says that a receiver refuses it', async () => {
    const { config } = await receiver(500);
    const { exit, marks: found, out } = await run(FILE + config, { args: ['--send'] });
    expect([exit, found.at(-1)]).toEqual([2, 'FAIL http output']);
    expect(out).not.toContain('secret-path');
  });

  it('sends nothing without it', async () => {
    const { got, config } = await receiver(200);
    expect(await run(FILE + config)).toMatchObject({ exit: 0 });
    expect(got).toEqual([]);
  });
});

describe('an EKS cluster', () => {
  let stage: Stage | undefined;
  afterEach(async () => stage?.endpoint.close());

  const eks = (cluster: string, init = ''): string =>
    `plugins: [{name: k8saudit-eks, library_path: libk8saudit-eks.so, init_config: {region: us-east-1${init}}, open_params: ${cluster}}]\n${STDOUT}`;
  const HOUR = 3_600_000;

  async function runOn(config: string, ages: readonly number[]) {
    stage = await createStage();
    for (const age of ages) stage.write(Date.now() - age);
    return run(config, { env: endpointEnv(stage.endpoint.url) });
  }

  it('that is read by someone who may, and writes events', async () => {
    const {
      exit,
      text,
      marks: found,
    } = await runOn(eks(CLUSTER, `, checkpoint: ${join(folder, 'new/ck')}`), [4000]);
    expect(found).toEqual(
      ['configuration', 'rules', 'identity', 'log group', 'audit events', 'checkpoint', 'stdout output'].map(
        (name) => `ok ${name}`,
      ),
    );
    expect(text).toMatch(/identity +arn:aws:\S+, region us-east-1\n/);
    expect(text).toContain('/aws/eks/my-cluster/cluster may be read (logs:FilterLogEvents)');
    expect(text).toMatch(/the newest is \d+ s old; 1 audit stream in the last 10 min/);
    expect(exit).toBe(0);
  });

  it.each([
    ['has been quiet for hours', [3 * HOUR], /the newest is 3 h old; 1 audit stream in the last 24 h/],
    ['has no audit events at all', [30 * HOUR], /none in the last 24 h/],
  ])('that %s is a warning: the log type audit may be off', async (_what, ages, text) => {
    const { exit, text: said } = await runOn(eks(CLUSTER), ages);
    expect(exit).toBe(1);
    expect(said).toMatch(text);
    expect(said).toContain('its log type audit is off: aws eks update-cluster-config --name my-cluster');
  });

  it('that has no log group fails', async () => {
    const { exit, text } = await runOn(eks('other'), [4000]);
    expect(exit).toBe(2);
    expect(text).toMatch(/FAIL +log group +log group \/aws\/eks\/other\/cluster does not exist/);
  });

  it('without a region, or with settings that are wrong, fails', async () => {
    const none = await run(eks(CLUSTER).replace('region: us-east-1', ''), {
      env: { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_CONFIG_FILE: '/nope', HOME: folder },
    });
    expect(none.text).toContain('no AWS region');
    const wrong = await run(eks(CLUSTER, ', lateness: soon'));
    expect(wrong.text).toContain('lateness must be a number of at least 0, not soon');
    expect([none.exit, wrong.exit]).toEqual([2, 2]);
  });

  it('that cannot be reached shows no secret', async () => {
    const env = {
      ...endpointEnv('http://127.0.0.1:1'),
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'verysecret',
    };
    const { exit, out } = await run(eks(CLUSTER), { env });
    expect(exit).toBe(2);
    expect(out).toContain('connection refused');
    expect(out).not.toMatch(/AKIAEXAMPLE|verysecret/);
  });

  it('whose checkpoint cannot be made fails', async () => {
    const { exit, text } = await runOn(eks(CLUSTER, ', checkpoint: /proc/x/ck'), [4000]);
    expect(exit).toBe(2);
    expect(text).toMatch(/FAIL +checkpoint +\/proc\/x\/ck cannot be written/);
  });
});

it('waits for nothing without end', async () => {
  let told = false;
  const never = (signal: AbortSignal) =>
    new Promise<never>(() => {
      signal.addEventListener('abort', () => {
        told = true;
      });
    });
  expect(await check('x', never, 20)).toEqual({
    name: 'x',
    grade: 'failure',
    text: 'no answer within 0.02 s',
  });
  expect(told).toBe(true);
  expect(await check('x', () => ok('fine'))).toMatchObject({ grade: 'ok' });
});

it('prints what others have written without control characters', () => {
  expect(lineText({ name: 'x', grade: 'ok', text: 'a\x1b[2Jb' })).toBe('ok    x              a\\u001b[2Jb\n');
});

it('called wrongly ends with 2', async () => {
  const running = runInProcess((host) => doctor(['--nope'], host), {});
  await expect(running.exit).rejects.toMatchObject({ exitCode: 2 });
});
