// Two replicas on one checkpoint in S3, killed and stopped in turn: `node bench/replicas.mjs [events] [kills]`, after
// `npm run bench:build`. moto plays S3, the embedded endpoint CloudWatch; each replica is the built command in a process of
// its own, every event gives one alert with its audit id. Printed: events missed and repeated, what a leader wrote that was
// stopped (SIGSTOP) and had lost its lease when it woke up, and how long takeovers took.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEventGenerator } from '../.bench/demo/endpoint/events.js';
import { startEndpoint } from '../.bench/demo/endpoint/server.js';
import { createLogStore } from '../.bench/demo/endpoint/store.js';
import { ALL_TROUBLE, NO_TROUBLE } from '../.bench/demo/endpoint/trouble.js';
import { createAuditWriter } from '../.bench/demo/endpoint/writer.js';
import { startMoto } from './moto.mjs';

const CLUSTER = 'bench';
const BIN = new URL('../bin/tsfalco.js', import.meta.url).pathname;
const RULE = `- rule: every event
  desc: one alert for each
  condition: ka.verb exists
  output: id=%ka.auditid.
  priority: NOTICE
  source: k8s_audit
`;
const CONFIG = `plugins:
  - name: k8saudit-eks
    library_path: libk8saudit-eks.so
    init_config:
      region: us-east-1
      shift: 2
      polling_interval: 1
      lateness: 10
      requests_per_second: 50
      checkpoint: s3://replicas/place
    open_params: ${CLUSTER}
load_plugins: [k8saudit-eks]
log_stderr: true
stdout_output: {enabled: true}
webserver: {enabled: false}
`;
const [events = 20_000, kills = 20] = process.argv.slice(2).map(Number);
/** So that events come until the last kill: a takeover and what lies between two of them takes some seconds. */
const PER_SECOND = Math.max(20, events / (kills * 9));
const folder = mkdtempSync(join(tmpdir(), 'tsfalco-replicas-'));
const config = join(folder, 'falco.yaml');
const rules = join(folder, 'rules.yaml');
writeFileSync(config, CONFIG);
writeFileSync(rules, RULE);

const counts = new Map();
const visible = new Map();
const takeovers = [];
let afterLoss = 0;
let vacantSince;

function start(env) {
  const child = spawn(process.execPath, [BIN, '-c', config, '-r', rules], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const replica = {
    child,
    log: [],
    leads: false,
    woken: false,
    exit: new Promise((resolve) => child.once('exit', resolve)),
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const id = /id=([^.]+)\./.exec(line)?.[1];
    if (id === undefined) return;
    counts.set(id, (counts.get(id) ?? 0) + 1);
    if (replica.woken) afterLoss++;
    if (!replica.leads && vacantSince !== undefined) takeovers.push((Date.now() - vacantSince) / 1000);
    replica.leads = true;
  });
  createInterface({ input: child.stderr }).on('line', (line) => replica.log.push(line));
  return replica;
}

async function until(what, seconds) {
  for (let tries = seconds * 20; tries > 0; tries--) {
    if (what()) return true;
    await sleep(50);
  }
  return false;
}

const moto = await startMoto();
await fetch(`${moto.url}/replicas`, { method: 'PUT' });
const store = createLogStore();
const trouble = { ...NO_TROUBLE, ...ALL_TROUBLE, rotation: 7000 };
const endpoint = await startEndpoint({ store, trouble });
const writer = createAuditWriter(store, CLUSTER, trouble);
const next = createEventGenerator({ seed: 3 });
const env = {
  ...process.env,
  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint.url,
  AWS_ENDPOINT_URL_S3: moto.url,
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
};

async function write() {
  const begin = Date.now();
  for (let written = 0; written < events; ) {
    const due = Math.min(events, ((Date.now() - begin) / 1000) * PER_SECOND);
    for (; written < due; written++) {
      const time = Math.floor(begin + (written / PER_SECOND) * 1000);
      const { message } = next(time);
      visible.set(/"auditID":"([^"]+)"/.exec(message)[1], writer.write(message, time));
    }
    await sleep(10);
  }
}

// The leader is killed, every fourth time stopped instead until the other one leads, and then woken up.
let killed = 0;
let stopped = 0;
let replicas = [start(env), start(env)];
async function trample() {
  while (killed + stopped < kills) {
    if (!(await until(() => replicas.some(({ leads }) => leads), 30))) break;
    await sleep(500 + Math.random() * 1500);
    const leader = replicas.find(({ leads }) => leads);
    const other = replicas.find((each) => each !== leader);
    const stop = (killed + stopped) % 4 === 3;
    vacantSince = Date.now();
    leader.child.kill(stop ? 'SIGSTOP' : 'SIGKILL');
    if (stop) {
      stopped++;
      if (!(await until(() => other.leads, 60))) throw new Error('nobody took over');
      leader.woken = true;
      leader.child.kill('SIGCONT');
    } else killed++;
    await leader.exit;
    if (leader.log.length > 0 && stop) console.error(leader.log.at(-1));
    replicas = [other, start(env)];
  }
}

let failed = false;
try {
  // The first start begins two seconds before itself: what came sooner is nobody's.
  const reads = ({ log }) => log.some((line) => line.includes('reading log group'));
  if (!(await until(() => replicas.some(reads), 60))) throw new Error('nobody reads');
  await Promise.all([write(), trample()]);
  await until(() => counts.size >= visible.size, 90);
  await sleep(3000);
  const ids = [...visible.keys()];
  const missing = ids.filter((id) => !counts.has(id));
  if (missing.length > 0) console.error(`missing: number ${missing.map((id) => ids.indexOf(id)).join(', ')}`);
  const missed = missing.length;
  const repeated = [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
  takeovers.sort((a, b) => a - b);
  const [fastest, slowest] = [takeovers[0], takeovers.at(-1)];
  const result = {
    events: visible.size,
    killed,
    stopped,
    missed,
    repeated,
    afterLoss,
    takeoverSeconds: [fastest, slowest],
  };
  console.log(JSON.stringify(result));
  failed = missed > 0 || afterLoss > 0;
} finally {
  for (const { child } of replicas) child.kill('SIGKILL');
  moto.child.kill();
  await endpoint.close();
  rmSync(folder, { recursive: true });
}
process.exit(failed ? 1 : 0);
