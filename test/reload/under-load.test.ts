// The whole program, built: rules change again and again while events arrive. None may be lost or evaluated twice.
// TSFALCO_RELOADS sets how often (10 if not given).

import { spawn } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { builtCommand } from '../build.js';
import { temporaryFolder, until } from '../outputs/helpers.js';

const RELOADS = Number(process.env['TSFALCO_RELOADS'] ?? 10);
const PROGRAM = builtCommand();

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const rules = (version: number) => `- rule: Rule
  desc: d
  condition: ka.verb=create
  output: v${version} id=%ka.auditid
  priority: NOTICE
  source: k8s_audit
`;

const event = (id: number) =>
  `{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"id-${id}","stage":"ResponseComplete","verb":"create","user":{"username":"a"},"stageTimestamp":"2024-05-01T12:00:00.000000Z"}`;

function post(port: number, agent: Agent, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port, path: '/k8s-audit', method: 'POST', agent },
      (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      },
    );
    call.setHeader('Content-Type', 'application/json');
    call.on('error', reject).end(body);
  });
}

test(
  'reloads under load lose nothing and double nothing',
  async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    const config = `engine: {kind: nodriver}
load_plugins: [k8saudit, json]
plugins:
  - {name: k8saudit, library_path: libk8saudit.so, init_config: "", open_params: "http://127.0.0.1:${port}/k8s-audit"}
  - {name: json, library_path: libjson.so, init_config: ""}
stdout_output: {enabled: true}
log_stderr: true
log_syslog: false
`;
    writeFileSync(join(folder, 'falco.yaml'), config);
    writeFileSync(join(folder, 'rules.yaml'), rules(0));
    const args = [PROGRAM, '-c', 'falco.yaml', '-r', 'rules.yaml', '--disable-source', 'syscall'];
    const child = spawn(process.execPath, args, { cwd: folder });
    onTestFinished(() => void child.kill('SIGKILL'));
    let out = '';
    let log = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      log += text;
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    await until(() => log.includes("Opening 'k8s_audit'"), 20_000);

    const statuses = new Set<number | undefined>();
    let sent = 0;
    let sending = true;
    const sender = (async () => {
      for (let first = true; sending; first = false) {
        try {
          statuses.add(
            await post(port, agent, `[${Array.from({ length: 5 }, (_, n) => event(sent + n)).join(',')}]`),
          );
          sent += 5;
        } catch (error) {
          // Only before the first answer, while the port is not open yet.
          if (!first && sent > 0) throw error;
        }
      }
    })();
    const restarts = () => log.split('SIGHUP received, restarting...').length - 1;
    for (let n = 1; n <= RELOADS; n++) {
      const next = join(folder, 'next');
      writeFileSync(next, rules(n));
      renameSync(next, join(folder, 'rules.yaml'));
      await until(() => restarts() === n && out.includes(`Notice v${n} `), 20_000);
    }
    sending = false;
    await sender;
    child.kill('SIGTERM');
    expect(await ended).toBe(0);

    const ids = [...out.matchAll(/id=id-(\d+)$/gm)].map(([, id]) => Number(id));
    const counted = [...out.matchAll(/^Events detected: (\d+)$/gm)].map(([, count]) => Number(count));
    expect([...statuses]).toEqual([200]);
    expect(ids).toHaveLength(sent);
    expect(new Set(ids).size).toBe(sent);
    expect(counted).toHaveLength(RELOADS + 1);
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(sent);
    expect(readFileSync(join(folder, 'rules.yaml'), 'utf8')).toBe(rules(RELOADS));
  },
  60_000 + RELOADS * 5000,
);
