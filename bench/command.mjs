// The command in a process of its own, for measuring it from outside: started with a web hook and a health web server on
// ports of their own, looked at through /proc.

import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const BIN = new URL('../bin/tsfalco.js', import.meta.url).pathname;
export const STOCK = new URL('../rules/k8s_audit_rules.yaml', import.meta.url).pathname;

/** A folder that is removed at the end: paths in it, and its end. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'tsfalco-bench-'));
  return { path: (name) => join(folder, name), remove: () => rmSync(folder, { recursive: true }) };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * @param path makes paths in a temporary folder; alerts go to `out` there, the log to `log`
 * @param more `yaml`: more of falco.yaml; `certificate`: for https; `piped`: whether alerts go to a pipe, `child.stdout`
 */
export async function start(path, rules, { yaml = '', certificate = '', piped = false } = {}) {
  const [port, health] = [await freePort(), await freePort()];
  const scheme = certificate === '' ? 'http' : 'https';
  writeFileSync(
    path('falco.yaml'),
    `plugins:
  - {name: k8saudit, library_path: libk8saudit.so, open_params: "${scheme}://127.0.0.1:${port}/k8s-audit", init_config: {sslCertificate: "${certificate}"}}
  - {name: json, library_path: libjson.so}
stdout_output: {enabled: true}
metrics: {enabled: true, interval: 1h}
webserver: {enabled: true, listen_address: 127.0.0.1, listen_port: ${health}, prometheus_metrics_enabled: true}
log_stderr: true
log_syslog: false
${yaml}
`,
  );
  const [out, log] = [piped ? 'pipe' : openSync(path('out'), 'w'), openSync(path('log'), 'w')];
  const child = spawn(process.execPath, [BIN, '-c', path('falco.yaml'), '-r', rules], {
    stdio: ['ignore', out, log],
  });
  const exit = new Promise((resolve) => child.once('exit', resolve));
  while (!(await reachable(port))) await sleep(20);
  return { child, exit, port, health, secure: certificate !== '' };
}

function reachable(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** The status of the answer. */
export function post(port, agent, body, more = {}) {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length, ...more.headers };
    const to = { host: '127.0.0.1', port, path: '/k8s-audit', method: 'POST', agent, headers };
    (more.secure ? secureRequest : request)({ ...to, rejectUnauthorized: false }, (response) =>
      response.resume().on('end', () => resolve(response.statusCode)),
    )
      .on('error', reject)
      .end(body);
  });
}

/** MB of a value in /proc/pid/status. */
export function statusOf(pid, name) {
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

/** Seconds of processor time. */
export function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

export function percentiles(delays) {
  delays.sort((a, b) => a - b);
  const at = (share) => +(delays[Math.floor(delays.length * share)] ?? 0).toFixed(1);
  return { p50ms: at(0.5), p99ms: at(0.99), maxMs: +(delays.at(-1) ?? 0).toFixed(1) };
}

/** Whether so many seconds are not over yet. */
export function until(seconds) {
  const end = performance.now() + seconds * 1000;
  return () => performance.now() < end;
}
