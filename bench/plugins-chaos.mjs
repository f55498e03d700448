// Sources of plugins under kill -9, clean stops and the troubles of their services: `node bench/plugins-chaos.mjs [name…]`,
// after `npm run build`. The built command runs against a stand-in for each service, as a process; each event gives one alert
// with its identity, on standard output. Out: a table; the exit status is 1 where an event is missing or a secret was printed.
// Clients of the services and a broker library are installed into .bench/clients; Pub/Sub needs Go, S3 and SQS moto.

import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBucket, startQueue } from './chaos/cloudtrail.mjs';
import { startEventHub } from './chaos/event-hub.mjs';
import { startGithub } from './chaos/github.mjs';
import { startOkta } from './chaos/okta.mjs';
import { startOvh } from './chaos/ovh.mjs';
import { startPubsub } from './chaos/pubsub.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const EVENTS = Number(process.env.EVENTS ?? 2000);
const KILLS = Number(process.env.KILLS ?? 5);
const STOPS = 2;
const PORTION = 20;
const MOST_WAIT_MS = 180_000;
const CLIENTS = ['@google-cloud/pubsub@5.3.1', '@azure/event-hubs@6.0.4', 'rhea@3.0.5'];
const SERVICES = {
  pubsub: startPubsub,
  'event-hub': startEventHub,
  ovh: startOvh,
  bucket: startBucket,
  queue: startQueue,
  github: startGithub,
  okta: startOkta,
};

function installClients() {
  const folder = join(ROOT, '.bench/clients');
  if (existsSync(join(folder, 'node_modules'))) return;
  execFileSync('npm', ['install', '--prefix', folder, '--no-save', ...CLIENTS], { stdio: 'inherit' });
}

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

function configure(folder, { name, source, id, open_params, init_config }, webPort) {
  const rules = `- rule: every event
  desc: one alert for each
  condition: evt.time exists and not ${id} in ("")
  output: id=%${id}.
  priority: NOTICE
  source: ${source}
`;
  writeFileSync(join(folder, 'rules.yaml'), rules);
  const config = {
    load_plugins: [name],
    plugins: [{ name, library_path: `lib${name}.so`, open_params, init_config }],
    rules_files: [join(folder, 'rules.yaml')],
    log_stderr: true,
    log_level: 'info',
    log_syslog: false,
    stdout_output: { enabled: true },
    webserver: {
      enabled: true,
      listen_port: webPort,
      listen_address: '127.0.0.1',
      prometheus_metrics_enabled: true,
    },
    metrics: { enabled: true, interval: '1h', output_rule: false },
  };
  writeFileSync(join(folder, 'falco.yaml'), JSON.stringify(config));
  return join(folder, 'falco.yaml');
}

/** The command, again and again; what it has alerted on. */
function createRunner(folder, service, webPort) {
  const seen = new Map();
  const config = configure(folder, service, webPort);
  let child;
  let over;
  let text = '';
  return {
    seen,
    start() {
      const env = { ...process.env, ...service.env, NODE_PATH: join(ROOT, '.bench/clients/node_modules') };
      child = spawn(process.execPath, [join(ROOT, 'bin/tsfalco.js'), '-c', config], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env,
      });
      const lines = createInterface({ input: child.stdout }).on('line', (line) => {
        const id = /id=(.*)\.$/.exec(line)?.[1];
        if (id !== undefined) seen.set(id, (seen.get(id) ?? 0) + 1);
      });
      child.stderr.on('data', (chunk) => {
        text += chunk;
        appendFileSync(join(folder, 'log'), chunk);
      });
      over = Promise.all([
        new Promise((done) => child.on('exit', done)),
        new Promise((done) => lines.on('close', done)),
      ]).then(([code]) => code);
    },
    isRunning: () => child.exitCode === null && child.signalCode === null,
    end(signal) {
      child.kill(signal);
      return over;
    },
    log: () => text,
    metrics: async () =>
      (await fetch(`http://127.0.0.1:${webPort}/tsfalco/metrics`).then(
        (answer) => answer.text(),
        () => '',
      )) ?? '',
  };
}

const idsOf = (prefix, count) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** Puts events while something is done to the command; waits until they are all seen, or nothing has come for long. */
async function phase(service, runner, prefix, disturb) {
  const ids = idsOf(prefix, EVENTS);
  let isPut = false;
  const putting = (async () => {
    for (let at = 0; at < ids.length; at += PORTION) {
      await service.put(ids.slice(at, at + PORTION));
      await sleep(8000 / (EVENTS / PORTION));
    }
    isPut = true;
  })();
  await disturb(() => isPut);
  await putting;
  let last = -1;
  let news = performance.now();
  const patience = service.keepsNothing ? 8000 : MOST_WAIT_MS;
  for (;;) {
    const count = ids.filter((id) => runner.seen.has(id)).length;
    if (count === ids.length) break;
    if (count > last) news = performance.now();
    else if (performance.now() - news > patience) break;
    last = count;
    await sleep(200);
  }
  const missing = ids.filter((id) => !runner.seen.has(id)).length;
  const repeated = ids.reduce((sum, id) => sum + Math.max(0, (runner.seen.get(id) ?? 0) - 1), 0);
  return { missing, repeated };
}

async function untilNews({ seen }) {
  const before = seen.size;
  const began = performance.now();
  while (seen.size === before && performance.now() - began < 20_000) await sleep(20);
}

async function kill(runner) {
  for (let i = 0; i < KILLS; i++) {
    await untilNews(runner);
    await sleep(Math.random() * 500);
    await runner.end('SIGKILL');
    runner.start();
  }
}

async function stop(runner) {
  for (let i = 0; i < STOPS; i++) {
    await untilNews(runner);
    await sleep(300);
    const code = await runner.end('SIGTERM');
    if (code !== 0) console.log(`a stop ended with ${code}`);
    runner.start();
  }
}

async function trouble(service, runner) {
  for (const [name, happen] of Object.entries(service.troubles)) {
    await untilNews(runner);
    appendFileSync(join(runner.folder, 'log'), `--- ${name}\n`);
    await happen();
    await sleep(1000);
  }
  await service.poison();
}

async function settled(service) {
  const began = performance.now();
  let left = (await service.left?.()) ?? 0;
  for (; left > 0 && performance.now() - began < 60_000; await sleep(500)) left = await service.left();
  return left;
}

async function run(name) {
  const folder = mkdtempSync(join(tmpdir(), `tsfalco-chaos-${name}-`));
  const service = await SERVICES[name]({ root: ROOT, folder, port: await freePort() });
  const runner = { ...createRunner(folder, service, await freePort()), folder };
  const row = { source: service.title ?? service.name, events: EVENTS };
  try {
    runner.start();
    const killed = await phase(service, runner, 'k', () => kill(runner));
    const stopped = await phase(service, runner, 's', () => stop(runner));
    const troubled = await phase(service, runner, 't', () => trouble(service, runner));
    const left = await settled(service);
    await sleep(3000);
    const survived = runner.isRunning();
    const metrics = await runner.metrics();
    const code = await runner.end('SIGTERM');
    const leaked = service.secrets.filter(
      (secret) => runner.log().includes(secret) || metrics.includes(secret),
    );
    Object.assign(row, {
      [`${KILLS} kill -9`]: text(killed),
      [`${STOPS} stops`]: text(stopped),
      trouble: text(troubled),
      left,
      dropped: [...metrics.matchAll(/tsfalco_dropped_events_total\{.*reason="(\w+)".*\} (\d+)/g)]
        .filter(([, , count]) => count !== '0')
        .map(([, reason, count]) => `${count} ${reason}`)
        .join(', '),
    });
    const lost = killed.missing + stopped.missing + troubled.missing;
    const ok =
      survived && code === 0 && leaked.length === 0 && (service.keepsNothing || lost === 0) && left === 0;
    if (!ok)
      console.log(
        `${name}: survived ${survived}, exit ${code}, secrets printed ${leaked.length}: ${folder}/log`,
      );
    else if (process.env.KEEP === undefined) rmSync(folder, { recursive: true, force: true });
    else console.log(folder);
    if (process.env.METRICS) console.log(metrics);
    return { row, ok };
  } finally {
    service.stop();
    if (runner.isRunning()) await runner.end('SIGKILL');
  }
}

const text = ({ missing, repeated }) => `${missing} missing, ${repeated} twice`;

installClients();
const wanted = process.argv.slice(2);
const results = [];
for (const name of wanted.length > 0 ? wanted : Object.keys(SERVICES)) results.push(await run(name));
console.table(results.map(({ row }) => row));
process.exit(results.every(({ ok }) => ok) ? 0 : 1);
