// Kafka under kill -9, and how fast it is read. In: `node bench/kafka.mjs chaos|exactly|throughput`, after `npm run build` and
// with Java and Maven (scripts/kafka.sh). Out: a line of figures; the exit status is 1 where something is missing, or repeated
// where nothing may be.
//   chaos      4 partitions, 3 workers, 20 kill -9 while events come in: at least once
//   exactly    the same with exactly_once, read by Kafka's own read_committed consumer
//   throughput one worker against the same events from a file; then two workers

import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, Consumer, Producer } from '@platformatic/kafka';

const [mode = 'chaos', kills = '20', count = '20000'] = process.argv.slice(2);
const ROOT = resolve(import.meta.dirname, '..');
const PARTITIONS = 4;
const folder = mkdtempSync(join(tmpdir(), 'kafka-bench-'));
const RULE = `
- rule: Any
  desc: every secret that is read
  condition: ka.target.resource = secrets
  output: id=%ka.auditid
  priority: WARNING
  source: k8s_audit
`;
const RARE = RULE.replace('secrets', 'nothing-of-the-kind');

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

async function startBroker() {
  const script = join(ROOT, 'scripts/kafka.sh');
  await new Promise((done, fail) =>
    spawn(script, ['fetch'], { stdio: 'inherit' }).on('exit', (code) =>
      code === 0 ? done() : fail(new Error('no broker')),
    ),
  );
  const [port, controller] = [await freePort(), await freePort()];
  const child = spawn(script, ['run', join(folder, 'broker'), String(port), String(controller)], {
    stdio: 'ignore',
  });
  const base = { clientId: 'bench', bootstrapBrokers: [`127.0.0.1:${port}`], retries: 10 };
  const admin = new Admin(base);
  for (let tries = 0; ; tries++) {
    try {
      await admin.listTopics();
      break;
    } catch (error) {
      if (tries > 120) throw error;
      await sleep(500);
    }
  }
  return { base, admin, address: `127.0.0.1:${port}`, stop: () => child.kill('SIGKILL') };
}

const event = (id) =>
  JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: id,
    stage: 'ResponseComplete',
    requestURI: `/api/v1/namespaces/team-${id.length}/secrets/token`,
    verb: 'get',
    user: {
      username: 'system:serviceaccount:team:app',
      groups: ['system:serviceaccounts', 'system:authenticated'],
    },
    sourceIPs: ['10.0.1.15'],
    userAgent: 'app/v1.2.3 (linux/amd64) kubernetes/3f7a50f',
    objectRef: { resource: 'secrets', namespace: 'team', name: 'token', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: '2026-03-01T10:00:00.000000Z',
    stageTimestamp: '2026-03-01T10:00:00.010000Z',
    annotations: {
      'authorization.k8s.io/decision': 'allow',
      'authorization.k8s.io/reason': 'RBAC: allowed by RoleBinding',
    },
  });

function configure(
  name,
  { address, topic, group, exactly = false, kafka = true, rule = RULE, params = topic },
) {
  const rules = join(folder, `${name}-rules.yaml`);
  const file = join(folder, `${name}.yaml`);
  writeFileSync(rules, rule);
  const init = { brokers: address, group, start: 'earliest', session_timeout: 3, exactly_once: exactly };
  writeFileSync(
    file,
    JSON.stringify({
      load_plugins: ['k8saudit-kafka'],
      plugins: [
        {
          name: 'k8saudit-kafka',
          library_path: 'libk8saudit-kafka.so',
          init_config: init,
          open_params: params,
        },
      ],
      rules_files: [rules],
      stdout_output: { enabled: !kafka },
      kafka_output: { enabled: kafka, brokers: address, topic: `${topic}-alerts` },
      json_output: true,
    }),
  );
  return file;
}

function startWorker(config) {
  const log = openSync(join(folder, 'workers.log'), 'a');
  return spawn(process.execPath, [join(ROOT, 'bin/tsfalco.js'), '-c', config], {
    stdio: ['ignore', 'pipe', log],
  });
}

/** Committed values, by Kafka's own consumer. */
async function readCommitted(address, topic) {
  const libs = join(ROOT, '.kafka/4.4.0/*');
  const child = spawn(
    'java',
    [
      '-Xmx256m',
      '-cp',
      libs,
      'org.apache.kafka.tools.consumer.ConsoleConsumer',
      '--bootstrap-server',
      address,
      '--topic',
      topic,
      '--from-beginning',
      '--isolation-level',
      'read_committed',
      '--timeout-ms',
      '10000',
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  return text.split('\n').filter((line) => line.startsWith('{'));
}

async function endsOf(base, topic) {
  const consumer = new Consumer({ ...base, groupId: 'ends' });
  const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic);
  await consumer.close(true);
  return ends;
}

async function lagOf(base, group, topic) {
  const consumer = new Consumer({ ...base, groupId: group });
  const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic);
  const partitions = ends.map((_, i) => i);
  const committed =
    (await consumer.listCommittedOffsets({ topics: [{ topic, partitions }] })).get(topic) ?? [];
  await consumer.close(true);
  return ends.reduce((sum, end, i) => sum + Number(end) - Math.max(0, Number(committed[i] ?? 0n)), 0);
}

async function chaos(broker, exactly) {
  const total = Number(count);
  const topic = 'audit';
  await broker.admin.createTopics({
    topics: [topic, `${topic}-alerts`],
    partitions: PARTITIONS,
    replicas: 1,
  });
  const config = configure('worker', { address: broker.address, topic, group: 'chaos', exactly });
  const workers = [0, 1, 2].map(() => startWorker(config));
  const producer = new Producer({ ...broker.base, idempotent: true });
  let sent = 0;
  const sending = (async () => {
    const portion = Math.ceil(total / (Number(kills) * 20));
    for (; sent < total; sent += portion) {
      const ids = Array.from({ length: Math.min(portion, total - sent) }, (_, i) => `e-${sent + i}`);
      await producer.send({
        messages: ids.map((id, i) => ({
          topic,
          partition: (sent + i) % PARTITIONS,
          value: Buffer.from(event(id)),
        })),
      });
      await sleep(150);
    }
  })();
  const began = performance.now();
  for (let kill = 0; kill < Number(kills); kill++) {
    await sleep(1500 + Math.random() * 2000);
    const at = Math.floor(Math.random() * workers.length);
    workers[at].kill('SIGKILL');
    await sleep(Math.random() * 1000);
    workers[at] = startWorker(config);
  }
  await sending;
  await producer.close();
  for (let tries = 0; tries < 240 && (await lagOf(broker.base, 'chaos', topic)) > 0; tries++)
    await sleep(500);
  for (const worker of workers) worker.kill('SIGTERM');
  await Promise.all(workers.map((worker) => new Promise((done) => worker.on('exit', done))));
  const seen = new Map();
  for (const line of await readCommitted(broker.address, `${topic}-alerts`)) {
    const id = JSON.parse(line).output_fields['ka.auditid'];
    seen.set(id, (seen.get(id) ?? 0) + 1);
  }
  let missing = 0;
  for (let i = 0; i < total; i++) if (!seen.has(`e-${i}`)) missing++;
  const ends = (await endsOf(broker.base, topic)).reduce((sum, end) => sum + Number(end), 0);
  if (ends !== total) console.log(`the topic holds ${ends} messages, of ${total} that were sent`);
  const repeated = [...seen.values()].reduce((sum, times) => sum + times - 1, 0);
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(
    `${exactly ? 'exactly once' : 'at least once'}: ${total} events, ${PARTITIONS} partitions, 3 workers, ${kills} kill -9 in ${seconds} s: ${missing} missing, ${repeated} repeated`,
  );
  return missing === 0 && (!exactly || repeated === 0);
}

async function throughput(broker) {
  const total = Number(count) * 10;
  const topic = 'load';
  await broker.admin.createTopics({ topics: [topic], partitions: PARTITIONS, replicas: 1 });
  const file = join(folder, 'events.jsonl');
  const out = openSync(file, 'w');
  const producer = new Producer(broker.base);
  let bytes = 0;
  for (let sent = 0; sent < total; sent += 1000) {
    const events = Array.from({ length: 1000 }, (_, i) => event(`e-${sent + i}`));
    bytes += writeSync(out, `${events.join('\n')}\n`);
    const messages = events.map((text, i) => ({
      topic,
      partition: i % PARTITIONS,
      value: Buffer.from(text),
    }));
    await producer.send({ acks: -1, messages });
  }
  await producer.close();
  const base = { address: broker.address, topic, kafka: false, rule: RARE };
  const replay = (name) => configure('file', { ...base, group: 'none', params: `replay:${name}` });
  const nothing = join(folder, 'nothing.jsonl');
  writeFileSync(nothing, '');
  const start = await untilEnd(replay(nothing));
  const whole = await untilEnd(replay(file));
  const fromFile = total / (whole.seconds - start.seconds);
  const one = await untilRead([configure('one', { ...base, group: 'one' })], () =>
    lagOf(broker.base, 'one', topic),
  );
  const both = Array(2).fill(configure('two', { ...base, group: 'two' }));
  const two = await untilRead(both, () => lagOf(broker.base, 'two', topic));
  const micros = (cpu) => ((cpu * 1e6) / total).toFixed(1);
  console.log(
    `${total} events of ${Math.round(bytes / total)} bytes, without starts: from a file ${Math.round(fromFile)} events/s; one worker ${Math.round(one.rate)} events/s (${(one.rate / fromFile).toFixed(2)} of the file); two workers ${Math.round(two.rate)} events/s (${(two.rate / one.rate).toFixed(2)} of one)`,
  );
  console.log(
    `processor time of an event, without starts: from a file ${micros(whole.cpu - start.cpu)} us, one worker ${micros(one.cpu - start.cpu)} us, two workers ${micros(two.cpu - 2 * start.cpu)} us`,
  );
  return true;
}

const TICKS = 100;

/** Seconds of processor time so far: user's and the system's. */
function cpuOf({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Seconds of a run, and of its processor time to within the last poll. */
async function untilEnd(config) {
  const began = performance.now();
  const child = startWorker(config);
  child.stdout.resume();
  let cpu = 0;
  const watch = setInterval(() => {
    try {
      cpu = cpuOf(child);
    } catch {
      clearInterval(watch);
    }
  }, 10);
  await new Promise((done) => child.on('exit', done));
  clearInterval(watch);
  return { seconds: (performance.now() - began) / 1000, cpu };
}

/** Events a second, from the first that is committed to the last; and seconds of processor time. */
async function untilRead(configs, lag) {
  const children = configs.map((config) => startWorker(config));
  for (const child of children) child.stdout.resume();
  const all = await lag();
  let first;
  let left = all;
  for (; left > 0; left = await lag()) {
    if (left < all) first ??= { left, time: performance.now() };
    await sleep(20);
  }
  const rate = first === undefined ? 0 : (first.left * 1000) / (performance.now() - first.time);
  const cpu = children.reduce((sum, child) => sum + cpuOf(child), 0);
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map((child) => new Promise((done) => child.on('exit', done))));
  return { rate, cpu };
}

const broker = await startBroker();
let ok = false;
try {
  ok = mode === 'throughput' ? await throughput(broker) : await chaos(broker, mode === 'exactly');
  if (!ok)
    console.log(folder, readFileSync(join(folder, 'workers.log'), 'utf8').split('\n').slice(-40).join('\n'));
} finally {
  broker.stop();
  await broker.admin.close().catch(() => {});
  if (ok) rmSync(folder, { recursive: true, force: true });
}
process.exit(ok ? 0 : 1);
