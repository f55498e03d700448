// Measures the whole way from an event's being visible at a CloudWatch Logs endpoint to its alert on standard output:
// `node bench/cloudwatch.mjs trouble|kill|late|live|latency|catchup|memory [seconds or events]`, after `npm run bench:build`.
// The endpoint with who writes to it, and the command, run in processes of their own; every event gives one alert with its
// audit id.
// `cost` and `own` measure processor time beside JSON.parse: they are bench/cost.mjs and `npm run bench -- --only own`.

import { fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createEventGenerator } from '../.bench/demo/endpoint/events.js';
import { startEndpoint } from '../.bench/demo/endpoint/server.js';
import { createLogStore } from '../.bench/demo/endpoint/store.js';
import { ALL_TROUBLE, NO_TROUBLE } from '../.bench/demo/endpoint/trouble.js';
import { createAuditWriter } from '../.bench/demo/endpoint/writer.js';

const CLUSTER = 'bench';
const BIN = new URL('../bin/tsfalco.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'tsfalco-bench-'));

function writeFiles(init) {
  const keys = Object.entries(init).map(([key, value]) => `      ${key}: ${value}\n`);
  const config = join(folder, 'falco.yaml');
  writeFileSync(
    config,
    `plugins:
  - name: k8saudit-eks
    library_path: libk8saudit-eks.so
    init_config:
      region: "us-east-1"
${keys.join('')}    open_params: "${CLUSTER}"
load_plugins: [k8saudit-eks]
log_stderr: true
stdout_output: {enabled: true}
webserver: {enabled: false}
`,
  );
  const rules = join(folder, 'rules.yaml');
  writeFileSync(
    rules,
    `- rule: every event
  desc: one alert for each
  condition: ka.verb exists
  output: id=%ka.auditid.
  priority: NOTICE
  source: k8s_audit
`,
  );
  return ['-c', config, '-r', rules];
}

function start(args, url, onId) {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_REGION: 'us-east-1',
  };
  const child = spawn(process.execPath, [BIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const id = /id=([^.]+)\./.exec(line)?.[1];
    if (id !== undefined) onId(id);
  });
  const log = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const exit = new Promise((resolve) => child.once('close', resolve));
  return { child, exit, log };
}

// In the endpoint's process: writes what it is told to, and says what became visible when.
async function serve(trouble) {
  const store = createLogStore();
  const endpoint = await startEndpoint({ store, trouble });
  const writer = createAuditWriter(store, CLUSTER, { ...NO_TROUBLE, ...trouble });
  const next = createEventGenerator({ seed: 3 });
  let written = [];
  const tell = () => {
    if (written.length > 0) process.send({ written });
    written = [];
  };
  const write = (time) => {
    const { message } = next(time);
    const id = /"auditID":"([^"]+)"/.exec(message)[1];
    written.push([id, time, writer.write(message, time)]);
    if (written.length >= 1000) tell();
  };
  const acts = {
    calls: () => endpoint.calls().FilterLogEvents ?? 0,
    live: ([perSecond, seconds]) => writeLive(write, perSecond, seconds),
    past: ([events, from, to]) => {
      for (let i = 0; i < events; i++) write(Math.floor(from + (i * (to - from)) / events));
    },
  };
  process.on('message', async ({ act, args }) => {
    const answer = await acts[act](args);
    tell();
    process.send({ answer });
  });
  process.on('disconnect', () => process.exit());
  process.send({ answer: endpoint.url });
}

async function stage(trouble) {
  const child = fork(fileURLToPath(import.meta.url), ['serve', JSON.stringify(trouble)]);
  const waiting = [];
  const visible = new Map();
  const events = new Map();
  child.on('message', ({ written, answer }) => {
    for (const [id, time, at] of written ?? []) {
      visible.set(id, at);
      events.set(id, { time, visible: at });
    }
    if (written === undefined) waiting.shift()(answer);
  });
  const answer = () => new Promise((resolve) => waiting.push(resolve));
  const ask = (act, ...args) => {
    child.send({ act, args });
    return answer();
  };
  const url = await answer();
  return {
    url,
    visible,
    events,
    calls: () => ask('calls'),
    writeLive: (perSecond, seconds) => ask('live', perSecond, seconds),
    writePast: (count, from, to) => ask('past', count, from, to),
    close: () => child.kill(),
  };
}

/** What a machine with other work may be behind; an event that is written later than this is younger, not late. */
const BEHIND_MS = 500;

// Writes `perSecond` events a second until `seconds` are over.
async function writeLive(write, perSecond, seconds) {
  const begin = Date.now();
  let written = 0;
  while (written < perSecond * seconds) {
    const due = Math.min(perSecond * seconds, ((Date.now() - begin) / 1000) * perSecond);
    for (; written < due; written++) {
      write(Math.floor(Math.max(begin + (written / perSecond) * 1000, Date.now() - BEHIND_MS)));
      // The endpoint runs in this process, and answers meanwhile.
      if (written % 32 === 31) await nextTurn();
    }
    await sleep(10);
  }
}

// Alerts as they come: how often each, and when first.
function createAlerts() {
  const counts = new Map();
  const times = new Map();
  const onId = (id) => {
    counts.set(id, (counts.get(id) ?? 0) + 1);
    if (!times.has(id)) times.set(id, Date.now());
  };
  return { counts, times, onId };
}

function report(counts, visible, extra = {}) {
  const missed = [...visible.keys()].filter((id) => !counts.has(id)).length;
  let repeated = 0;
  for (const count of counts.values()) repeated += count - 1;
  console.log(JSON.stringify({ events: visible.size, missed, repeated, ...extra }));
}

function memoryOf(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function trouble(events, kill) {
  const perSecond = 1000;
  const at = await stage({ ...ALL_TROUBLE, rotation: 7000 });
  const counts = new Map();
  // How many each kill brought again: those whose first alert was before it.
  const again = [];
  const firstSeen = new Map();
  const onId = (id) => {
    counts.set(id, (counts.get(id) ?? 0) + 1);
    if (!firstSeen.has(id)) firstSeen.set(id, kills);
    else again[firstSeen.get(id)] = (again[firstSeen.get(id)] ?? 0) + 1;
  };
  const checkpoint = join(folder, 'checkpoint');
  const args = writeFiles({
    shift: 2,
    polling_interval: 1,
    lateness: 10,
    requests_per_second: 50,
    checkpoint,
  });
  let kills = 0;
  let running = start(args, at.url, onId);
  await sleep(1500);
  let over = false;
  const killing = (async () => {
    while (kill && !over) {
      await sleep(3000 + Math.random() * 3000);
      running.child.kill('SIGKILL');
      await running.exit;
      kills++;
      running = start(args, at.url, onId);
    }
  })();
  await at.writeLive(perSecond, events / perSecond);
  over = true;
  await killing;
  for (let waited = 0; counts.size < at.visible.size && waited < 90; waited++) await sleep(1000);
  await sleep(15_000);
  running.child.kill('SIGINT');
  await running.exit;
  report(counts, at.visible, {
    kills,
    ...(kill && { mostRepeatedByOneKill: Math.max(0, ...again.filter(Boolean)) }),
    calls: await at.calls(),
    summary: running.log.at(-1),
  });
  at.close();
}

function percentiles(delays) {
  const sorted = [...delays].sort((a, b) => a - b);
  const part = (share) => +((sorted[Math.floor(sorted.length * share)] ?? 0) / 1000).toFixed(2);
  return `${part(0.5)} / ${part(0.99)}`;
}

// From visible to alert, of events that are younger than `after`, in two groups.
function delaysOf(events, times, after, groupOf) {
  const delays = [[], []];
  for (const [id, { time, visible }] of events)
    if (time > after && times.has(id)) delays[groupOf(time, visible)].push(times.get(id) - visible);
  return delays;
}

// From visible to alert where a tenth of the events is late, at half of us-east-1's quota: seconds, p50 / p99.
async function late(seconds, only) {
  console.log(
    '| events/s | late by up to, s | late ones p50 / p99, s | the others | calls/s | missed | repeated |',
  );
  console.log('|---|---|---|---|---|---|---|');
  for (const [perSecond, lateness, rate] of [
    [20, 20, 12.5],
    [20, 55, 12.5],
    [300, 20, 12.5],
    [300, 55, 12.5],
    [2000, 20, 12.5],
    [300, 20, 5],
  ].filter(([perSecond]) => only === undefined || perSecond === only)) {
    const at = await stage({ late: 0.1, lateness: lateness * 1000, jitter: 500 });
    const { counts, times, onId } = createAlerts();
    const running = start(writeFiles({ shift: 15, requests_per_second: rate }), at.url, onId);
    await sleep(1500);
    const begin = Date.now();
    const calls = await at.calls();
    await at.writeLive(perSecond, seconds + 20);
    const used = ((await at.calls()) - calls) / ((Date.now() - begin) / 1000);
    for (let waited = 0; counts.size < at.visible.size && waited < 180; waited++) await sleep(1000);
    running.child.kill('SIGINT');
    await running.exit;
    const missed = [...at.visible.keys()].filter((id) => !counts.has(id)).length;
    const repeated = [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
    // The first events meet a start that knows nothing yet of how many come.
    const delays = delaysOf(at.events, times, begin + 20_000, (time, visible) =>
      visible - time > 500 ? 0 : 1,
    );
    console.log(
      `| ${perSecond}${rate === 5 ? ' (5 calls/s)' : ''} | ${lateness} | ${percentiles(delays[0])} | ${percentiles(delays[1])} | ${used.toFixed(1)} | ${missed} | ${repeated} |`,
    );
    at.close();
  }
}

// Answers that take 0 to 0.6 s: how far alerts lag, and whether that grows.
async function live(seconds) {
  console.log('| events/s | first half p50 / p99, s | second half | calls/s | missed | repeated |');
  console.log('|---|---|---|---|---|---|');
  for (const perSecond of [1000, 2000]) {
    const at = await stage({ slow: 600 });
    const { counts, times, onId } = createAlerts();
    const running = start(writeFiles({ shift: 15 }), at.url, onId);
    await sleep(1500);
    const begin = Date.now();
    const calls = await at.calls();
    await at.writeLive(perSecond, seconds + 20);
    const used = ((await at.calls()) - calls) / ((Date.now() - begin) / 1000);
    for (let waited = 0; counts.size < at.visible.size && waited < 180; waited++) await sleep(1000);
    running.child.kill('SIGINT');
    await running.exit;
    const missed = [...at.visible.keys()].filter((id) => !counts.has(id)).length;
    const repeated = [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
    const half = begin + 20_000 + seconds * 500;
    const delays = delaysOf(at.events, times, begin + 20_000, (time) => (time > half ? 1 : 0));
    console.log(
      `| ${perSecond} | ${percentiles(delays[0])} | ${percentiles(delays[1])} | ${used.toFixed(1)} | ${missed} | ${repeated} |`,
    );
    at.close();
  }
}

// Half of the quota of us-east-1, and of most other regions; then with pages that take 0 to 0.6 s.
async function latency(seconds) {
  for (const [interval, rate, slow] of [
    [5, 12.5, 0],
    [1, 12.5, 0],
    [5, 5, 0],
    [1, 5, 0],
    [5, 12.5, 600],
  ]) {
    for (const perSecond of [100, 1000]) {
      const at = await stage({ slow });
      const { counts, times, onId } = createAlerts();
      const args = writeFiles({ shift: 2, polling_interval: interval, requests_per_second: rate });
      const running = start(args, at.url, onId);
      await sleep(1500);
      const cpu = cpuOf(running.child.pid);
      await at.writeLive(perSecond, seconds);
      const used = cpuOf(running.child.pid) - cpu;
      await sleep(interval * 1000 + 3000);
      running.child.kill('SIGINT');
      await running.exit;
      const delays = [...times].map(([id, time]) => time - at.visible.get(id)).sort((a, b) => a - b);
      const part = (share) => delays[Math.floor(delays.length * share)];
      report(counts, at.visible, {
        interval,
        requestsPerSecond: rate,
        slowestPage: slow,
        perSecond,
        p50: part(0.5),
        p99: part(0.99),
        cpu: +(used / seconds).toFixed(2),
        calls: await at.calls(),
      });
      at.close();
    }
  }
}

// At half of the quota, at the same with pages that take 0 to 0.8 s, and as fast as it goes.
async function catchUp(events) {
  for (const [rate, slow] of [
    [undefined, 0],
    [undefined, 800],
    [1000, 0],
  ]) {
    const at = await stage({ slow });
    const now = Date.now();
    await at.writePast(events, now - 3_600_000, now - 100_000);
    const counts = new Map();
    const args = writeFiles({ from: '2h', to: 'now', ...(rate && { requests_per_second: rate }) });
    const begin = Date.now();
    let first = 0;
    const running = start(args, at.url, (id) => {
      first ||= Date.now();
      counts.set(id, (counts.get(id) ?? 0) + 1);
    });
    let cpu = 0;
    const timer = setInterval(() => {
      try {
        cpu = cpuOf(running.child.pid);
      } catch {}
    }, 200);
    await running.exit;
    clearInterval(timer);
    const seconds = (Date.now() - (first || begin)) / 1000;
    report(counts, at.visible, {
      requestsPerSecond: rate ?? 'default',
      slowestPage: slow,
      calls: await at.calls(),
      seconds,
      eventsPerSecond: Math.round(counts.size / seconds),
      cpu,
    });
    at.close();
  }
}

async function memory(seconds) {
  const at = await stage({});
  const counts = new Map();
  const running = start(
    writeFiles({ shift: 2, polling_interval: 1, checkpoint: join(folder, 'memory') }),
    at.url,
    (id) => counts.set(id, (counts.get(id) ?? 0) + 1),
  );
  await sleep(1500);
  const samples = [];
  const timer = setInterval(() => samples.push(Math.round(memoryOf(running.child.pid))), 15_000);
  await at.writeLive(1000, seconds);
  clearInterval(timer);
  await sleep(8000);
  running.child.kill('SIGINT');
  await running.exit;
  report(counts, at.visible, { residentMegabytesEvery15s: samples.join(' ') });
  at.close();
}

// Other programs of this folder.
async function other(program, ...args) {
  const path = new URL(program, import.meta.url).pathname;
  const child = spawn(process.execPath, [path, ...args], { stdio: 'inherit' });
  process.exitCode = await new Promise((resolve) => child.once('exit', resolve));
}

const [mode, size, only] = process.argv.slice(2);
try {
  if (mode === 'serve') await serve(JSON.parse(size));
  else if (mode === 'trouble') await trouble(Number(size ?? 50_000), false);
  else if (mode === 'kill') await trouble(Number(size ?? 50_000), true);
  else if (mode === 'late') await late(Number(size ?? 60), only && Number(only));
  else if (mode === 'live') await live(Number(size ?? 60));
  else if (mode === 'latency') await latency(Number(size ?? 30));
  else if (mode === 'catchup') await catchUp(Number(size ?? 200_000));
  else if (mode === 'memory') await memory(Number(size ?? 600));
  else if (mode === 'cost') await other('cost.mjs', size ?? '200000');
  else if (mode === 'own')
    await other('../.bench/bench/bench.js', '--only', 'own', '--events', size ?? '300000');
  else
    console.error(
      'node bench/cloudwatch.mjs trouble|kill|late|live|latency|catchup|memory|cost|own [events or seconds]',
    );
} finally {
  rmSync(folder, { recursive: true });
}
