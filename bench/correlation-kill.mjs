// Holds correlations against kill -9: `node bench/correlation-kill.mjs [seconds] [file|s3] [clusters]`, after
// `npm run bench:build`; `s3`: with the checkpoint, and the state with it, in S3 (moto's); clusters: their events take turns,
// and one state has them all.
// The command reads a CloudWatch Logs endpoint with every trouble at once and is killed every few seconds; then the same
// events are read from a file, in one undisturbed run. Both have to give the same alerts; the endpoint runs here.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../.bench/demo/endpoint/random.js';
import { startEndpoint } from '../.bench/demo/endpoint/server.js';
import { createLogStore } from '../.bench/demo/endpoint/store.js';
import { ALL_TROUBLE } from '../.bench/demo/endpoint/trouble.js';
import { createAuditWriter } from '../.bench/demo/endpoint/writer.js';
import { startMoto } from './moto.mjs';

const [seconds = '60', kind = 'file', count = '1'] = process.argv.slice(2);
const CLUSTERS = Array.from({ length: Number(count) }, (_, i) => `bench-${i}`);
const BIN = new URL('../bin/tsfalco.js', import.meta.url).pathname;
const PER_SECOND = 200;
/** No event comes later than this: the troubles' own are of 8 s. */
const LATENESS = 10;
const folder = mkdtempSync(join(tmpdir(), 'tsfalco-correlation-'));

// One of each type, over so few users that windows of all kinds fill, overlap and are suppressed.
const RULES = `
- rule: every event
  desc: one alert for each
  condition: ka.verb exists
  output: id=%ka.auditid.
  priority: NOTICE
  source: k8s_audit
- correlation: Count
  desc: many events of a user
  type: event_count
  rules: [{as: event, condition: ka.verb exists and ka.user.name startswith user}]
  group-by: [ka.user.name]
  timespan: 2s
  condition: {gte: 25}
  output: "%corr.group %corr.count %corr.first %corr.last %corr.events %corr.suppressed"
  priority: ERROR
  suppress: 1s
- correlation: Values
  desc: many namespaces of a user
  type: value_count
  rules: [{as: event, condition: ka.verb = list}]
  group-by: [ka.user.name]
  timespan: 5s
  condition: {gte: 12, field: ka.target.namespace}
  output: "%corr.group %corr.count %corr.distinct %corr.first %corr.last %corr.events %corr.suppressed"
  priority: ERROR
  suppress: 0
- correlation: Order
  desc: four verbs of a user one after the other
  type: temporal_ordered
  rules:
    - {as: a, condition: ka.verb = get and ka.target.namespace = n1}
    - {as: b, condition: ka.verb = create and ka.target.namespace = n2}
    - {as: c, condition: ka.verb = patch and ka.target.namespace = n3}
    - {as: d, condition: ka.verb = delete and ka.target.namespace = n4}
  group-by: [ka.user.name]
  timespan: 20s
  output: "%corr.group %corr.first %corr.last %corr.events %corr.suppressed"
  priority: ERROR
- correlation: Any order
  desc: three things of a user
  type: temporal
  rules:
    - {as: a, condition: ka.verb = get and ka.target.namespace = n5}
    - {as: b, condition: ka.verb = create and ka.target.namespace = n6}
    - {as: c, condition: ka.verb = delete and ka.target.namespace = n7}
  group-by: [ka.user.name]
  timespan: 3s
  output: "%corr.group %corr.count %corr.first %corr.last %corr.events %corr.suppressed"
  priority: ERROR
- correlation: Silent
  desc: a user deletes nothing any more
  type: absence
  rules: [{as: event, condition: ka.verb = delete}]
  group-by: [ka.user.name]
  timespan: 2s
  output: "%corr.group %corr.last %corr.events"
  priority: ERROR
- correlation: Twice
  desc: two alerts of another correlation
  type: event_count
  rules: [Any order]
  timespan: 10s
  condition: {gte: 3}
  output: "%corr.count %corr.first %corr.last %corr.events %corr.suppressed"
  priority: ERROR
`;

const SETTINGS = `
log_stderr: true
stdout_output: {enabled: true}
webserver: {enabled: false}
tsfalco: {correlation: {lateness: ${LATENESS}s}}
`;

function writeFiles(checkpoint) {
  const file = (name, text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const rules = file('rules.yaml', RULES);
  const init = `{region: us-east-1, shift: 2, polling_interval: 1, lateness: ${LATENESS}, requests_per_second: 50, checkpoint: "${checkpoint}", clusters: [${CLUSTERS.slice(1)}]}`;
  const live = `{name: k8saudit-eks, library_path: libk8saudit-eks.so, open_params: ${CLUSTERS[0]}, init_config: ${init}}`;
  const events = join(folder, 'events.jsonl');
  const plain = `{name: k8saudit, library_path: libk8saudit.so, open_params: "${events}"}`;
  const config = (plugin, name) => `plugins:\n  - ${plugin}\nload_plugins: [${name}]${SETTINGS}`;
  return {
    events,
    live: ['-c', file('live.yaml', config(live, 'k8saudit-eks')), '-r', rules],
    plain: ['-c', file('plain.yaml', config(plain, 'k8saudit')), '-r', rules],
  };
}

function start(args, urls, { alerts, ids }) {
  const env = {
    ...process.env,
    TZ: 'UTC',
    ...urls,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_REGION: 'us-east-1',
  };
  const child = spawn(process.execPath, [BIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (/^\d\d:\d\d:\d\d\.\d{9}: Error /.test(line)) alerts.set(line, (alerts.get(line) ?? 0) + 1);
    const id = /id=([^.]+)\./.exec(line)?.[1];
    if (id !== undefined) ids.add(id);
  });
  const log = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const exit = new Promise((resolve) => child.once('close', resolve));
  return { child, exit, log };
}

const VERBS = ['get', 'get', 'get', 'list', 'list', 'create', 'patch', 'delete', 'watch'];

function createEvents(random) {
  const hex = (length) => random.hex(length);
  const micros = () => String(random.integer(1000)).padStart(3, '0');
  return (time, verb = random.pick(VERBS), user = `user-${random.integer(12)}`) => {
    const stamp = `${new Date(time).toISOString().slice(0, -1)}${micros()}Z`;
    return JSON.stringify({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`,
      stage: 'ResponseComplete',
      requestURI: '/api/v1/pods',
      verb,
      user: { username: user },
      sourceIPs: ['10.0.0.1'],
      objectRef: {
        resource: 'pods',
        namespace: `n${random.integer(20)}`,
        name: `p-${hex(5)}`,
        apiVersion: 'v1',
      },
      responseStatus: { code: 200 },
      requestReceivedTimestamp: stamp,
      stageTimestamp: stamp,
    });
  };
}

/** Time of an alert, to be compared with ISO times of the same day. */
const timeOf = (line) => line.slice(0, 12);

async function disturbed({ live }, seconds, s3) {
  const store = createLogStore();
  const trouble = { ...ALL_TROUBLE, rotation: 7000 };
  const endpoint = await startEndpoint({ store, trouble });
  const urls = { AWS_ENDPOINT_URL: endpoint.url, ...s3 };
  const writers = CLUSTERS.map((cluster) => createAuditWriter(store, cluster, trouble));
  const next = createEvents(createRandom(11));
  const lines = [];
  const write = (time, ...rest) => {
    const line = next(time, ...rest);
    lines.push(line);
    writers[lines.length % writers.length].write(line, time);
  };
  const found = { alerts: new Map(), ids: new Set() };
  const logs = [];
  let running = start(live, urls, found);
  await sleep(4000);
  let [kills, stops, over] = [0, 0, false];
  const killing = (async () => {
    while (!over) {
      await sleep(2500 + Math.random() * 3500);
      // Every third one is told to stop, as by an update.
      const stopped = (kills + stops) % 3 === 2;
      running.child.kill(stopped ? 'SIGTERM' : 'SIGKILL');
      await running.exit;
      if (stopped) stops++;
      else kills++;
      logs.push(...running.log);
      running = start(live, urls, found);
    }
  })();
  const begin = Date.now();
  for (let written = 0; written < PER_SECOND * seconds; ) {
    const due = Math.min(PER_SECOND * seconds, ((Date.now() - begin) / 1000) * PER_SECOND);
    for (; written < due; written++) write(Math.floor(begin + (written / PER_SECOND) * 1000));
    await sleep(10);
  }
  const last = Date.now();
  over = true;
  // Behind the last event that counts time goes on, until all that could still come has been waited for.
  while (Date.now() - last < (4 * LATENESS + 20) * 1000) {
    write(Date.now(), 'watch', 'nobody');
    await sleep(200);
  }
  await killing;
  await sleep(5000);
  running.child.kill('SIGINT');
  await running.exit;
  logs.push(...running.log);
  const calls = endpoint.calls().FilterLogEvents;
  await endpoint.close();
  const to = new Date(last + 1000).toISOString().slice(11, 23);
  return { ...found, lines, kills, stops, calls, to, logs };
}

async function undisturbed({ plain, events }, lines) {
  writeFileSync(events, lines.map((line) => `${line}\n`).join(''));
  const found = { alerts: new Map(), ids: new Set() };
  const { exit, log } = start(plain, {}, found);
  await exit;
  return { ...found, log };
}

const moto = kind === 's3' ? await startMoto() : undefined;
try {
  if (moto !== undefined) await fetch(`${moto.url}/places`, { method: 'PUT' });
  const files = writeFiles(moto === undefined ? join(folder, 'checkpoint') : 's3://places/bench');
  const found = await disturbed(files, Number(seconds), moto && { AWS_ENDPOINT_URL_S3: moto.url });
  const wanted = await undisturbed(files, found.lines);
  // What happens behind the last event is for the run that ends to decide.
  const within = ({ alerts }) => [...alerts.keys()].filter((line) => timeOf(line) <= found.to);
  const [all, got] = [within(wanted), within(found)];
  const missing = all.filter((line) => !found.alerts.has(line));
  const extra = got.filter((line) => !wanted.alerts.has(line));
  const lost = found.lines.filter(
    (line) => !line.includes('nobody') && !found.ids.has(/"auditID":"([^"]+)"/.exec(line)[1]),
  );
  console.log(
    JSON.stringify({
      events: found.lines.length,
      kills: found.kills,
      stops: found.stops,
      calls: found.calls,
      missedEvents: lost.length,
      alerts: all.length,
      missing: missing.length,
      extra: extra.length,
      cameAgain: [...found.alerts.values()].reduce((sum, count) => sum + count - 1, 0),
    }),
  );
  for (const line of lost.slice(0, 3)) console.log('lost:', line);
  for (const line of missing.slice(0, 3)) console.log('missing:', line);
  for (const line of extra.slice(0, 3)) console.log('extra:', line);
  for (const line of [...found.logs, ...wanted.log]
    .filter((line) => /orrelation|Error/.test(line))
    .filter((line) => !line.includes('schema validation'))
    .slice(-8))
    console.log(line);
  if (lost.length + missing.length + extra.length > 0) process.exitCode = 1;
} finally {
  moto?.child.kill();
  rmSync(folder, { recursive: true });
}
