// The built command, as people run it: every way in and out that it loads only when it is used. Under another Node, or from
// another folder, where NODE_UNDER_TEST and TSFALCO_UNDER_TEST say so (scripts/other-nodes.sh).

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEventGenerator } from '../../demo/endpoint/events.js';
import { startEndpoint } from '../../demo/endpoint/server.js';
import { createLogStore } from '../../demo/endpoint/store.js';
import { NO_TROUBLE } from '../../demo/endpoint/trouble.js';
import { createAuditWriter } from '../../demo/endpoint/writer.js';
import { builtCommand } from '../build.js';
import { freePort } from '../free-port.js';
import { CLUSTER, endpointEnv } from '../sources/cloudwatch/endpoint-run.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { NODE_UNDER_TEST: NODE = process.execPath, TSFALCO_UNDER_TEST: HOME = ROOT } = process.env;
const BIN = HOME === ROOT ? builtCommand() : join(HOME, 'bin/tsfalco.js');

const EVENT = JSON.stringify({
  kind: 'Event',
  auditID: 'a1',
  stage: 'ResponseComplete',
  verb: 'create',
  user: { username: 'mallory' },
  stageTimestamp: '2024-05-01T12:00:00.000000Z',
});
const RULES = `
- rule: By mallory
  desc: d
  condition: ka.verb = create and ka.user.name regex "mal+ory"
  output: Seen (%ka.user.name)
  priority: WARNING
  source: k8s_audit
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-built-'));
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(join(folder, 'events.jsonl'), `${EVENT}\n`);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A configuration that reads `openParams`, with further sections. */
function configure(openParams: string, more = ''): void {
  writeFileSync(
    join(folder, 'falco.yaml'),
    `load_plugins: [k8saudit, json]
plugins:
  - {name: k8saudit, library_path: libk8saudit.so, open_params: "${openParams}"}
  - {name: json, library_path: libjson.so}
log_syslog: false
stdout_output: {enabled: true}
${!more.includes('webserver:') ? 'webserver: {enabled: false}\n' : ''}${more}`,
  );
}

const RUN = ['-c', 'falco.yaml', '-r', 'rules.yaml', '--disable-source', 'syscall'];

function run(args: readonly string[], input = ''): { readonly code: number | null; readonly out: string } {
  const { status, stdout, stderr } = spawnSync(NODE, [BIN, ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
  });
  return { code: status, out: stdout + stderr };
}

const start = (args: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
  spawn(NODE, [BIN, ...args], { cwd: folder, env });

/** Sends again and again until an alert is out, ends the command with SIGTERM, and gives all that it wrote. */
async function untilAlert(command: ReturnType<typeof start>, send: () => unknown): Promise<string> {
  const faults = text(command.stderr);
  const sending = setInterval(send, 100);
  let out = '';
  for await (const data of command.stdout) {
    out += data;
    // A second signal would end it without its closing lines.
    if (command.killed || !out.includes('Seen (mallory)')) continue;
    clearInterval(sending);
    command.kill();
  }
  clearInterval(sending);
  return out + (await faults);
}

const LIVE_ALERTS = /: Warning Seen \(mallory\)\n[\s\S]*Events detected: [1-9]/;
const ONE_ALERT = /: Warning Seen \(mallory\)\n[\s\S]*Events detected: 1\n/;

test('no script of the command has an import(), which Node 20 refuses there', () => {
  const command = join(HOME, 'dist/command');
  const scripts = readdirSync(command).filter((name) => name.endsWith('.cjs'));
  expect(scripts.length).toBeGreaterThan(20);
  expect(scripts.filter((name) => /\bimport\(/.test(readFileSync(join(command, name), 'utf8')))).toEqual([]);
});

test('--version', () => {
  const { code, out } = run(['--version']);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^Falco version: \d/) });
});

test('a file, and a rule with `regex`', () => {
  configure('events.jsonl');
  expect(run(RUN)).toEqual({ code: 0, out: expect.stringMatching(ONE_ALERT) });
});

test('a gzip file', () => {
  writeFileSync(join(folder, 'events.jsonl.gz'), gzipSync(`${EVENT}\n`));
  configure('events.jsonl.gz');
  expect(run(RUN)).toEqual({ code: 0, out: expect.stringMatching(ONE_ALERT) });
});

test('a folder with a plain and a gzip file', () => {
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'logs/1.jsonl'), `${EVENT}\n`);
  writeFileSync(join(folder, 'logs/2.jsonl.gz'), gzipSync(`${EVENT}\n`));
  configure('logs');
  expect(run(RUN)).toEqual({ code: 0, out: expect.stringContaining('Events detected: 2\n') });
});

test('standard input', () => {
  configure('-');
  expect(run(RUN, `${EVENT}\n`)).toEqual({ code: 0, out: expect.stringMatching(ONE_ALERT) });
});

test('a file that grows', async () => {
  const file = join(folder, 'growing.jsonl');
  writeFileSync(file, '');
  configure(`file://${file}`);
  expect(await untilAlert(start(RUN), () => appendFileSync(file, `${EVENT}\n`))).toMatch(LIVE_ALERTS);
});

test.each([
  ['plain', {}, EVENT],
  ['gzip', { 'Content-Encoding': 'gzip' }, gzipSync(EVENT)],
])('the web hook, a %s body', async (_name, more, body) => {
  const url = `http://127.0.0.1:${await freePort()}/k8s-audit`;
  configure(url);
  const headers = { 'Content-Type': 'application/json', ...more };
  // Refused until it listens.
  const send = () => fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
  expect(await untilAlert(start(RUN), send)).toMatch(LIVE_ALERTS);
});

test('CloudWatch Logs', async () => {
  const store = createLogStore();
  const writer = createAuditWriter(store, CLUSTER, NO_TROUBLE);
  const endpoint = await startEndpoint({ store });
  try {
    writeFileSync(
      join(folder, 'falco.yaml'),
      `load_plugins: [k8saudit-eks, json]
plugins:
  - {name: k8saudit-eks, library_path: libk8saudit-eks.so, init_config: {region: us-east-1}, open_params: ${CLUSTER}}
  - {name: json, library_path: libjson.so}
log_syslog: false
stdout_output: {enabled: true}
webserver: {enabled: false}
`,
    );
    const env = { ...process.env, ...endpointEnv(endpoint.url) };
    const send = () => writer.write(EVENT, Date.now());
    expect(await untilAlert(start(RUN, env), send)).toMatch(LIVE_ALERTS);
  } finally {
    await endpoint.close();
  }
});

test('alerts by HTTP, into a file and to a program', async () => {
  const bodies: string[] = [];
  const receiver = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  try {
    configure(
      'events.jsonl',
      `http_output: {enabled: true, url: "http://127.0.0.1:${(receiver.address() as AddressInfo).port}/"}
file_output: {enabled: true, filename: alerts.txt}
program_output: {enabled: true, program: "cat > program.txt"}
`,
    );
    const command = start(RUN);
    const [code] = (await once(command, 'close')) as [number];
    expect(code).toBe(0);
    expect(bodies).toEqual([expect.stringContaining('Seen (mallory)')]);
    for (const name of ['alerts.txt', 'program.txt'])
      expect(readFileSync(join(folder, name), 'utf8')).toMatch(/Warning Seen \(mallory\)\n$/);
  } finally {
    receiver.close();
  }
});

test('metrics over HTTP', async () => {
  const file = join(folder, 'growing.jsonl');
  const port = await freePort();
  writeFileSync(file, '');
  configure(
    `file://${file}`,
    `metrics: {enabled: true, interval: 1h}
webserver: {enabled: true, listen_address: 127.0.0.1, listen_port: ${port}, prometheus_metrics_enabled: true}
`,
  );
  const command = start(RUN);
  let metrics = '';
  const ask = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
    metrics = (await answer?.text()) ?? metrics;
    if (metrics !== '') appendFileSync(file, `${EVENT}\n`);
  };
  expect(await untilAlert(command, ask)).toMatch(LIVE_ALERTS);
  expect(metrics).toContain('falcosecurity_falco_version_info');
});

test.each<readonly [string, readonly string[], string]>([
  ['repl', ['repl', '-r', 'rules.yaml', '-e', 'ka.user.name regex "m.*"', 'events.jsonl'], 'mallory'],
  ['explain', ['explain', '-r', 'rules.yaml', '--rule', 'By mallory', '--event', 'events.jsonl'], 'ka.verb'],
  ['lint', ['lint', 'rules.yaml'], ''],
  ['-V', ['-c', 'falco.yaml', '-V', 'rules.yaml'], 'rules.yaml: Ok'],
  ['-L', ['-c', 'falco.yaml', '-r', 'rules.yaml', '-L'], 'By mallory'],
  ['--list', ['-c', 'falco.yaml', '--list', 'k8s_audit'], 'ka.user.name'],
  ['--list-plugins', ['-c', 'falco.yaml', '--list-plugins'], 'k8saudit'],
  ['--plugin-info', ['-c', 'falco.yaml', '--plugin-info', 'k8saudit'], 'k8saudit'],
  ['--support', ['-c', 'falco.yaml', '-r', 'rules.yaml', '--support'], 'cmdline'],
  ['--config-schema', ['--config-schema'], '$schema'],
  ['--rule-schema', ['--rule-schema'], '$schema'],
  ['--help', ['--help'], 'Usage'],
])('%s', (_name, args, expected) => {
  configure('events.jsonl');
  const { code, out } = run(args);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(expected) });
});

test('a unit test of rules', () => {
  writeFileSync(
    join(folder, 'suite.yaml'),
    `rules: [rules.yaml]
tests:
  - test: is seen
    event: ${EVENT}
    includes: [By mallory]
`,
  );
  const { code, out } = run(['test', 'suite.yaml']);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('1 passed') });
});

test('threads', () => {
  // More than a run reads before it starts threads.
  const next = createEventGenerator({ averageSize: 1250, alerting: 0, seed: 7 });
  const block = Array.from({ length: 4000 }, () => next().message).join('\n');
  writeFileSync(join(folder, 'many.jsonl'), `${`${block}\n`.repeat(9)}${EVENT}\n`);
  configure('many.jsonl');
  const { code, out } = run([...RUN, '--threads', '1']);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(': Warning Seen (mallory)\n') });
  expect(out).toContain('Events detected: 1\n');
});
