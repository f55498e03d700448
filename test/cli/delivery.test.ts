// Alerts to a receiver that is away: a run over a file, and a followed file with a checkpoint that is stopped meanwhile.

import { appendFileSync, closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runFalco } from '../../src/cli/app.js';
import { createLog } from '../../src/log.js';
import { temporaryFolder, until as waitFor } from '../outputs/helpers.js';
import { startReceiver } from '../outputs/receiver.js';
import { type InProcess, runInProcess } from './in-process.js';

// Loading the program takes its time where much else runs.
const LONG_MS = 120_000;
const until = (condition: () => boolean): Promise<void> => waitFor(condition, LONG_MS);

const RULES = `- rule: Secret read
  desc: d
  condition: ka.target.resource=secrets
  output: "%ka.user.name read %ka.target.name"
  priority: WARNING
  source: k8s_audit
`;

const event = (name: string): string =>
  `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"${name}","stage":"ResponseComplete","verb":"get","user":{"username":"dev-one"},"objectRef":{"resource":"secrets","namespace":"shop","name":"${name}"},"stageTimestamp":"2026-05-01T10:00:00.500000Z"}\n`;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Run extends InProcess {
  readonly log: () => string;
}

/** The command over some events, with an http output at a port. */
function start(
  folder: string,
  port: number,
  source: { readonly open: string; readonly init: string },
  more = 'webserver: {enabled: false}\n',
): Run {
  const config = `rules_files: [${folder}/rules.yaml]
engine: {kind: nodriver}
load_plugins: [k8saudit, json]
plugins:
  - {name: k8saudit, library_path: libk8saudit.so, init_config: ${source.init}, open_params: "${source.open}"}
  - {name: json, library_path: libjson.so, init_config: ""}
stdout_output: {enabled: true}
http_output: {enabled: true, url: "http://127.0.0.1:${port}/"}
log_stderr: true
log_syslog: false
${more}`;
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(join(folder, 'falco.yaml'), config);
  const path = join(folder, 'log');
  const fd = openSync(path, 'w');
  onTestFinished(() => closeSync(fd));
  const argv = ['-c', join(folder, 'falco.yaml'), '--disable-source', 'syscall'];
  const run = runInProcess(
    (host) => runFalco(argv, { ...host, openLog: async (settings) => createLog(settings, { fd }) }),
    {},
  );
  return { ...run, log: () => readFileSync(path, 'latin1') };
}

test(
  'a receiver that comes back gets the alert (failures/03)',
  async () => {
    const folder = temporaryFolder();
    const receiver = await startReceiver();
    await receiver.stop();
    writeFileSync(join(folder, 'events.jsonl'), event('db'));
    const run = start(folder, receiver.port, { open: `${folder}/events.jsonl`, init: '""' });
    await until(() => run.log().includes('http: trying again for 10 s at most'));
    await receiver.start();
    expect(await run.exit).toBe(0);
    expect(receiver.got.map((line) => line.slice(-15))).toEqual(['dev-one read db']);
    expect(run.out()).toContain('Secret read: 1');
    expect(run.log()).not.toContain('lost');
  },
  LONG_MS,
);

test(
  'a stop during an outage says what was not delivered, and the next start delivers it',
  async () => {
    const folder = temporaryFolder();
    const receiver = await startReceiver();
    const path = join(folder, 'audit.log');
    const source = { open: `file://${path}`, init: `{checkpoint: ${folder}/place}` };
    writeFileSync(path, '');
    const first = start(folder, receiver.port, source);
    // It begins at the end of the file, whenever that is.
    let sent = 0;
    const sending = setInterval(() => appendFileSync(path, event(`early-${sent++}`)), 20);
    onTestFinished(() => clearInterval(sending));
    await until(() => receiver.got.length > 0);
    clearInterval(sending);
    await until(() => receiver.got.at(-1)?.endsWith(`early-${sent - 1}`) === true);
    await receiver.stop();
    appendFileSync(path, event('one') + event('two'));
    await until(() => first.log().includes('http: trying again for 300 s at most'));
    first.interrupt();
    expect(await first.exit).toBe(0);
    expect(first.log()).toContain(
      'http: not delivered before the end of the run: it was still being tried (alert lost: "Secret read" of 10:00:00.500000000)',
    );
    expect(first.log()).toContain('http: 2 alerts lost: 2 stopped');
    const before = receiver.got.length;
    await receiver.start();
    const second = start(folder, receiver.port, source);
    await until(() => receiver.got.length === before + 2);
    second.interrupt();
    expect(await second.exit).toBe(0);
    expect(receiver.got.slice(before).map((line) => line.slice(-16).trim())).toEqual([
      'dev-one read one',
      'dev-one read two',
    ]);
  },
  LONG_MS,
);

test(
  'what is lost shows at /tsfalco/metrics, by output and reason',
  async () => {
    const receiver = await startReceiver();
    receiver.script.push((response) => void response.writeHead(413).end());
    const [hook, web] = [await freePort(), await freePort()];
    const run = start(
      temporaryFolder(),
      receiver.port,
      { open: `http://127.0.0.1:${hook}/k8s-audit`, init: '""' },
      `webserver: {enabled: true, listen_address: 127.0.0.1, listen_port: ${web}, prometheus_metrics_enabled: true}
metrics: {enabled: true, interval: 1h}
`,
    );
    const headers = { 'Content-Type': 'application/json' };
    const post = (body: string): Promise<Response | undefined> =>
      fetch(`http://127.0.0.1:${hook}/k8s-audit`, { method: 'POST', headers, body }).catch(() => undefined);
    await expect.poll(() => post('[]')).toMatchObject({ status: 200 });
    await post(`[${event('one')},${event('two')}]`);
    await until(() => receiver.got.length === 1);
    const page = await (await fetch(`http://127.0.0.1:${web}/tsfalco/metrics`)).text();
    expect(page).toContain('\ntsfalco_alerts_lost_total{output="http",reason="status"} 1\n');
    run.interrupt();
    expect(await run.exit).toBe(0);
    expect(run.log()).toContain(
      'http: the receiver answered 413 Payload Too Large (alert lost: "Secret read" of 10:00:00.500000000)',
    );
    expect(run.log()).toContain('http: 1 alert lost: 1 status\n');
  },
  LONG_MS,
);
