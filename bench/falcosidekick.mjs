// A real receiver that is stopped and started while alerts come: falcosidekick on loopback, its webhook output to a server
// of ours. Counts what arrives there. Run: node bench/falcosidekick.mjs PATH_OF_FALCOSIDEKICK [ALERTS [STOPS]]
// Build it from its sources (https://github.com/falcosecurity/falcosidekick) with `go build .`.
//
// falcosidekick answers before it passes an alert on, and passes several on at a time: what it has accepted and not yet
// passed on is lost with it when it is killed, and may change places. So it is stopped when it has passed on what it
// has, and while it is away the next alerts come; `middle` as the fourth argument stops it at any moment instead.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const [, , sidekickPath, alerts = '2000', stops = '5', moment = 'idle'] = process.argv;
if (sidekickPath === undefined) {
  console.error('Usage: node bench/falcosidekick.mjs PATH_OF_FALCOSIDEKICK [ALERTS [STOPS [middle]]]');
  process.exit(2);
}
const total = Number(alerts);
const rounds = Number(stops);
const folder = mkdtempSync(join(tmpdir(), 'tsfalco-sidekick-'));
const program = join(import.meta.dirname, '../bin/tsfalco.js');
const until = async (condition) => {
  while (!condition()) await sleep(20);
};

const got = [];
const receiver = createServer((request, response) => {
  let body = '';
  request.on('data', (data) => (body += data));
  request.on('end', () => {
    const id = /id=(\d+)/.exec(body)?.[1];
    if (id !== undefined) got.push(Number(id));
    response.end();
  });
});
receiver.listen(0, '127.0.0.1');
await once(receiver, 'listening');

async function freePort() {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const accepted = [];
const port = await freePort();
async function startSidekick() {
  const env = {
    PATH: process.env.PATH,
    LISTENADDRESS: '127.0.0.1',
    LISTENPORT: String(port),
    DEBUG: 'true',
    WEBHOOK_ADDRESS: `http://127.0.0.1:${receiver.address().port}/`,
  };
  const child = spawn(sidekickPath, [], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  // What it says of each alert as it comes in.
  const hear = (line) => {
    const id = /Falco's payload.*?id=(\d+)/.exec(line)?.[1];
    if (id !== undefined) accepted.push(Number(id));
  };
  for (const output of [child.stdout, child.stderr]) createInterface({ input: output }).on('line', hear);
  return child;
}
async function stopSidekick(child) {
  child.kill('SIGTERM');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

const events = join(folder, 'audit.log');
writeFileSync(events, '');
writeFileSync(
  join(folder, 'rules.yaml'),
  `- rule: Every event
  desc: d
  condition: ka.verb = get
  output: id=%ka.auditid
  priority: WARNING
  source: k8s_audit
`,
);
writeFileSync(
  join(folder, 'falco.yaml'),
  `rules_files: [${folder}/rules.yaml]
engine: {kind: nodriver}
load_plugins: [k8saudit, json]
plugins:
  - {name: k8saudit, library_path: libk8saudit.so, init_config: "", open_params: "file://${events}"}
  - {name: json, library_path: libjson.so, init_config: ""}
json_output: true
stdout_output: {enabled: true}
http_output: {enabled: true, url: "http://127.0.0.1:${port}/"}
webserver: {enabled: false}
log_stderr: true
log_syslog: false
`,
);
const eventText = (id) =>
  `${JSON.stringify({ kind: 'Event', apiVersion: 'audit.k8s.io/v1', auditID: String(id), stage: 'ResponseComplete', verb: id < 0 ? 'list' : 'get', user: { username: 'a' }, stageTimestamp: new Date().toISOString().replace('Z', '000Z') })}\n`;

const tsfalco = spawn(process.execPath, [
  program,
  '-c',
  join(folder, 'falco.yaml'),
  '--disable-source',
  'syscall',
]);
let log = '';
tsfalco.stdout.resume();
tsfalco.stderr.on('data', (data) => (log += data));

let sidekick = await startSidekick();
// It follows the file from its end, whenever that is.
for (let id = 1_000_000; got.length === 0; id++) {
  appendFileSync(events, eventText(id));
  await sleep(100);
}
await sleep(1000);
const before = got.length;
const begun = performance.now();
const each = Math.ceil(total / rounds);
let sent = 0;
for (let round = 0; round < rounds; round++) {
  if (moment === 'idle') await until(() => got.length >= before + sent);
  const stopped = moment === 'idle' ? stopSidekick(sidekick) : sleep(50).then(() => stopSidekick(sidekick));
  if (moment === 'idle') await stopped;
  for (let n = 0; n < each && sent < total; n++) appendFileSync(events, eventText(sent++));
  await stopped;
  await sleep(1500);
  sidekick = await startSidekick();
}
await Promise.race([until(() => got.length >= before + total), sleep(60_000)]);
await sleep(500);
const seconds = (performance.now() - begun) / 1000;
tsfalco.kill('SIGTERM');
await once(tsfalco, 'exit');
await stopSidekick(sidekick);
receiver.close();
rmSync(folder, { recursive: true });

const ours = got.filter((id) => id < 1_000_000);
const missing = total - new Set(ours).size;
const outOfOrder = (ids) => ids.filter((id, n) => n > 0 && id < ids[n - 1]).length;
const taken = accepted.filter((id) => id < 1_000_000);
console.log(
  log
    .split('\n')
    .filter((line) => /http:|lost|libcurl/.test(line))
    .join('\n'),
);
console.log(
  `${total} alerts, ${rounds} stops (${moment}): ${new Set(ours).size} arrived, ${missing} missing, ${ours.length - new Set(ours).size} twice; falcosidekick took ${taken.length}, ${outOfOrder(taken)} out of order, and passed ${outOfOrder(ours)} on out of order; ${seconds.toFixed(1)} s`,
);
process.exit(missing === 0 ? 0 : 1);
