// Attacks, each with honest senders beside it: `node bench/hostile.mjs [seconds] [name …]`, after `npm run bench:build`.
// Out: a table of what was sent, what honest senders and probes got, and the peak of memory. An attack is an entry of one
// of the lists in bench/hostile/: a name, what it sends, and a function that attacks until its time is over.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentiles, post, STOCK, start, statusOf, temporaryFolder, until } from './command.mjs';
import { BODIES } from './hostile/bodies.mjs';
import { CONNECTIONS } from './hostile/connections.mjs';

/**
 * name; row: of the table in the project's threat list; sent: what, for people; secure: over TLS; slow: alerts are read at
 * 64 KiB a second; yaml: more of falco.yaml; attack(target, going): target has port, health and secure.
 */
const ATTACKS = [...CONNECTIONS, ...BODIES];

const EVENT =
  '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"1","stage":"ResponseComplete","verb":"delete","user":{"username":"honest"},"stageTimestamp":"2026-11-30T00:00:00.000001Z"}';
const LIST = `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[${Array(20).fill(EVENT).join(',')}]}`;

/** A sender with a connection of its own each time, one that keeps it, and a probe: what they got, and how late. */
async function honest({ port, health, secure }, going) {
  const [answers, probes, delays] = [{}, {}, []];
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const note = async (counts, asking) => {
    const begin = performance.now();
    const got = await asking.catch(({ code }) => code);
    counts[got] = (counts[got] ?? 0) + 1;
    delays.push(performance.now() - begin);
  };
  const sender = async (with_, body) => {
    for (; going(); await sleep(100)) await note(answers, post(port, with_, Buffer.from(body), { secure }));
  };
  const prober = async () => {
    for (; going(); await sleep(500)) await note(probes, probe(health));
  };
  await Promise.all([sender(false, EVENT), sender(secure ? false : agent, LIST), prober()]);
  agent.destroy();
  return { answers, probes, ...percentiles(delays) };
}

function probe(port) {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/healthz', agent: false }, (response) =>
      response.resume().on('end', () => resolve(response.statusCode)),
    ).on('error', reject);
  });
}

function certificateIn(path) {
  const [key, cert, pem] = ['key', 'crt', 'pem'].map((end) => path(`server.${end}`));
  const make = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  execFileSync('openssl', [...make, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  writeFileSync(pem, readFileSync(key, 'latin1') + readFileSync(cert, 'latin1'));
  return pem;
}

/** Reads 64 KiB a second. */
async function readSlowly(stream, going) {
  for (; going(); await sleep(100)) stream.read(6554) ?? stream.read();
  stream.resume();
}

async function run({ name, row, sent, secure = false, slow = false, yaml = '', attack }, seconds) {
  const { path, remove } = temporaryFolder();
  try {
    const certificate = secure ? certificateIn(path) : '';
    const target = await start(path, STOCK, { yaml, certificate, piped: slow });
    // The attack is under way before honest senders come.
    const going = until(seconds + 2);
    const attacking = attack(target, going);
    const reading = slow ? readSlowly(target.child.stdout, going) : undefined;
    await sleep(2000);
    const found = await honest(target, going);
    const outcome = await attacking;
    await reading;
    const peak = Math.round(statusOf(target.child.pid, 'VmHWM'));
    target.child.kill('SIGTERM');
    const exit = await target.exit;
    return { row, name, sent, outcome, ...found, peakMB: peak, exit, log: linesOf(path('log')) };
  } finally {
    remove();
  }
}

/** Log lines of the plugin by their first words. */
function linesOf(file) {
  return (readFileSync(file, 'latin1').match(/\[k8saudit\] .*$/gm) ?? []).map((line) => line.slice(11, 90));
}

function cells({ row, name, sent, outcome, answers, probes, p99ms, peakMB, exit }) {
  const counts = (of) =>
    Object.entries(of)
      .map(([status, count]) => `${status} × ${count}`)
      .join(', ');
  return [
    row,
    name,
    sent,
    counts(outcome ?? {}),
    counts(answers),
    counts(probes),
    `${p99ms} ms`,
    `${peakMB} MB`,
    exit,
  ];
}

const [seconds = '10', ...names] = process.argv.slice(2);
const chosen = ATTACKS.filter(({ name }) => names.length === 0 || names.includes(name));
if (chosen.length === 0 || !(Number(seconds) > 0)) {
  console.error(
    `node bench/hostile.mjs [seconds] [name …]; names: ${ATTACKS.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}
console.log(
  '| row | attack | sent | attackers got | honest senders got | probes got | p99 | peak RSS | exit |',
);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const attack of chosen) {
  const found = await run(attack, Number(seconds));
  console.log(`| ${cells(found).join(' | ')} |`);
  if (process.env.LOG) for (const line of found.log) console.log(`    ${line}`);
}
process.exit();
