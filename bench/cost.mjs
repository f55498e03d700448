// What CloudWatch events cost, beside JSON.parse of the same events: `node bench/cost.mjs [events] [RULES.yaml …]`, after
// `npm run bench:build`. Processor time of the whole command, its start included, and its largest memory: a back-fill, and a
// live catch-up that reads each event several times. The endpoint runs in a process of its own, which is not counted.

import { fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEventGenerator } from '../.bench/demo/endpoint/events.js';
import { startEndpoint } from '../.bench/demo/endpoint/server.js';
import { createLogStore } from '../.bench/demo/endpoint/store.js';
import { NO_TROUBLE } from '../.bench/demo/endpoint/trouble.js';
import { createAuditWriter } from '../.bench/demo/endpoint/writer.js';

const CLUSTER = 'bench';
const BIN = new URL('../bin/tsfalco.js', import.meta.url).pathname;
const HOUR_MS = 3_600_000;
/** A live run is over when so much of what there was has been read once and settled. */
const LIVE_MS = 60_000;
const ROUNDS = 3;

const messages = (events) => {
  const next = createEventGenerator({ seed: 3 });
  return Array.from({ length: events }, () => next());
};

// In the endpoint's process: all events of the last hour, or of the last minute.
async function serve(events, spanMs) {
  const store = createLogStore();
  const endpoint = await startEndpoint({ store, trouble: NO_TROUBLE });
  const writer = createAuditWriter(store, CLUSTER, NO_TROUBLE);
  const from = Date.now() - spanMs;
  for (const [i, { message }] of messages(events).entries())
    writer.write(message, Math.floor(from + (i * (spanMs - 10_000)) / events));
  process.on('message', () => process.send({ calls: endpoint.calls().FilterLogEvents ?? 0 }));
  process.send({ url: endpoint.url });
}

const USAGE = `import { readFileSync, writeFileSync } from 'node:fs';
process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const peak = /VmHWM:\\s+(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1];
  writeFileSync(process.env.BENCH_USAGE, JSON.stringify({ cpu: userCPUTime + systemCPUTime, mb: peak / 1024 }));
});
`;

function configuration(init) {
  const keys = Object.entries(init).map(([key, value]) => `      ${key}: ${value}\n`);
  return `plugins:
  - name: k8saudit-eks
    library_path: libk8saudit-eks.so
    init_config:
      region: us-east-1
${keys.join('')}    open_params: ${CLUSTER}
  - name: json
    library_path: libjson.so
load_plugins: [k8saudit-eks, json]
log_stderr: true
stdout_output: {enabled: true}
webserver: {enabled: false}
`;
}

// @returns processor time in microseconds, MB, and the closing report
async function run(folder, url, init, rules, lastsMs) {
  const path = (name) => join(folder, name);
  writeFileSync(path('falco.yaml'), configuration(init));
  writeFileSync(path('usage.mjs'), USAGE);
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    BENCH_USAGE: path('usage.json'),
  };
  const files = rules.flatMap((rule) => ['-r', rule]);
  const args = ['--import', path('usage.mjs'), BIN, '-c', path('falco.yaml'), ...files];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let report = '';
  child.stdout.resume();
  child.stderr.on('data', (text) => {
    report = (report + text).slice(-4000);
  });
  const timer = lastsMs && setTimeout(() => child.kill('SIGINT'), lastsMs);
  const status = await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  if (status !== 0) throw new Error(`tsfalco ended with ${status}: ${report}`);
  const read = /(\d+) log events.*? (\d+) duplicates.*/.exec(report);
  return {
    ...JSON.parse(readFileSync(path('usage.json'), 'utf8')),
    read: Number(read?.[1]),
    readings: 1 + Number(read?.[2]) / Number(read?.[1]),
    report: read?.[0],
  };
}

function parseCost(texts) {
  const before = process.cpuUsage();
  for (const text of texts) JSON.parse(text);
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

async function measure(name, events, spanMs, init, rules, lastsMs) {
  const server = fork(fileURLToPath(import.meta.url), ['serve', String(events), String(spanMs)]);
  const next = () => new Promise((resolve) => server.once('message', resolve));
  const { url } = await next();
  const texts = messages(events).map(({ message }) => message);
  const folder = mkdtempSync(join(tmpdir(), 'tsfalco-cost-'));
  try {
    const rounds = [];
    for (let round = 0; round < (lastsMs ? 1 : ROUNDS); round++) {
      const parse = parseCost(texts);
      rounds.push({ parse, ...(await run(folder, url, init, rules, lastsMs)) });
    }
    rounds.sort((a, b) => a.cpu / a.parse - b.cpu / b.parse);
    const { cpu, parse, mb, read, readings, report } = rounds[rounds.length >> 1];
    const ratio = (cpu / parse).toFixed(2).padStart(6);
    const each = `${(cpu / events).toFixed(2)} us an event, JSON.parse ${(parse / events).toFixed(2)}`;
    console.log(
      `${ratio} x  ${name}: ${each}, ${Math.round(mb)} MB, ${readings.toFixed(1)} readings of each; ${report}`,
    );
    if (read !== events) console.log(`          read ${read} of ${events} events`);
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
}

const [size = '200000', ...rules] = process.argv.slice(2);
if (size === 'serve') await serve(Number(process.argv[3]), Number(process.argv[4]));
else {
  const files = rules.length > 0 ? rules : ['rules/k8s_audit_rules.yaml'];
  const range = { from: '2h', to: 'now', requests_per_second: 1000 };
  await measure('back-fill', Number(size), HOUR_MS, range, files);
  // With as many calls as there are if nothing is set.
  const live = { shift: 90, lateness: 60, polling_interval: 1 };
  await measure('live', Math.round(Number(size) / 4), LIVE_MS, live, files, LIVE_MS * 1.5);
}
