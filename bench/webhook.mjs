// Measures the web hook from the request to the alert, with the command in a process of its own and the callers here:
// `node bench/webhook.mjs load|stop|hostile [seconds] [connections] [events a request]`, after `npm run bench:build`.
// load: events a second, delays of the answers, memory. stop: SIGTERM in the middle, what was answered with 200 against
// what was evaluated. hostile: the same load while others attack.

import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEventGenerator } from '../.bench/demo/endpoint/events.js';
import { cpuOf, percentiles, post, STOCK, start, statusOf, temporaryFolder, until } from './command.mjs';

const { path, remove } = temporaryFolder();

const EVERY = `- rule: every event
  desc: one alert for each
  condition: ka.verb exists
  output: id=%ka.auditid.
  priority: NOTICE
  source: k8s_audit
`;

/** Bodies as API servers send them: an EventList; every event has an id of its own. */
function createBodies(size) {
  const next = createEventGenerator({ seed: 5 });
  return () => {
    const items = Array.from({ length: size }, () => next(Date.now()).message);
    const ids = items.map((item) => /"auditID":"([^"]+)"/.exec(item)[1]);
    const body = Buffer.from(
      `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[${items.join(',')}]}`,
    );
    return { body, ids };
  };
}

/** Sends over all connections until `going` is over; every caller waits for its answer. */
async function send(port, connections, bodies, going, onAnswer) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const caller = async () => {
    while (going()) {
      const { body, ids } = bodies();
      const begin = performance.now();
      try {
        onAnswer(await post(port, agent, body), ids, performance.now() - begin, body.length);
      } catch (error) {
        onAnswer(error.code, ids, performance.now() - begin, body.length);
        await sleep(10);
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
  agent.destroy();
}

async function evaluated(health) {
  const text = await (await fetch(`http://127.0.0.1:${health}/tsfalco/metrics`)).text();
  return Number(/^tsfalco_events_total\S* (\d+)$/m.exec(text)[1]);
}

// Bodies made beforehand, so that the callers cost little.
function recycled(size) {
  const bodies = createBodies(size);
  const pool = Array.from({ length: Math.ceil(2000 / size) }, bodies);
  let turn = 0;
  return () => pool[turn++ % pool.length];
}

async function load(seconds, connections, size, attack) {
  const { child, exit, port, health } = await start(path, STOCK);
  const statuses = {};
  const delays = [];
  let [accepted, bytes] = [0, 0];
  const bodies = recycled(size);
  await send(port, connections, bodies, until(1), () => {});
  const before = await settled(health);
  const cpu = cpuOf(child.pid);
  const begin = performance.now();
  const attacks = attack?.(port, seconds * 1000);
  await send(port, connections, bodies, until(seconds), (status, ids, delay, length) => {
    statuses[status] = (statuses[status] ?? 0) + 1;
    delays.push(delay);
    if (status !== 200) return;
    accepted += ids.length;
    bytes += length;
  });
  const sent = (performance.now() - begin) / 1000;
  const count = (await settled(health)) - before;
  const took = (performance.now() - begin) / 1000;
  const used = cpuOf(child.pid) - cpu;
  const memory = {
    rssMB: Math.round(statusOf(child.pid, 'VmRSS')),
    peakMB: Math.round(statusOf(child.pid, 'VmHWM')),
  };
  const outcome = await attacks;
  child.kill('SIGTERM');
  report({
    connections,
    eventsARequest: size,
    statuses,
    accepted,
    evaluated: count,
    acceptedASecond: Math.round(accepted / sent),
    evaluatedASecond: Math.round(count / took),
    megabytesASecond: +(bytes / sent / 1e6).toFixed(1),
    cpu: +(used / took).toFixed(2),
    ...percentiles(delays),
    ...memory,
    exit: await exit,
    ...(outcome && { attacks: outcome, log: pluginLines() }),
  });
}

// The number of evaluated events once it no longer grows.
async function settled(health) {
  for (let last = -1; ; ) {
    const now = await evaluated(health);
    if (now === last) return now;
    last = now;
    await sleep(100);
  }
}

function pluginLines() {
  const lines = {};
  for (const [, line] of readFileSync(path('log'), 'utf8').matchAll(/\[k8saudit\] (.*)$/gm)) {
    const kind = line.slice(0, 80);
    lines[kind] = (lines[kind] ?? 0) + 1;
  }
  return lines;
}

async function stop(seconds, connections, size) {
  writeFileSync(path('every.yaml'), EVERY);
  const { child, exit, port } = await start(path, path('every.yaml'));
  const [acknowledged, refused] = [new Set(), new Set()];
  const statuses = {};
  const delays = [];
  let over = false;
  const sending = send(
    port,
    connections,
    createBodies(size),
    () => !over,
    (status, ids, delay) => {
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status === 200) delays.push(delay);
      for (const id of ids) (status === 200 ? acknowledged : refused).add(id);
    },
  );
  await sleep(seconds * 1000);
  const begin = performance.now();
  child.kill('SIGTERM');
  const code = await exit;
  const took = performance.now() - begin;
  over = true;
  await sending;
  const counts = new Map();
  for (const [, id] of readFileSync(path('out'), 'utf8').matchAll(/id=([^.]+)\./g))
    counts.set(id, (counts.get(id) ?? 0) + 1);
  report({
    acknowledged: acknowledged.size,
    evaluated: counts.size,
    lost: [...acknowledged].filter((id) => !counts.has(id)).length,
    twice: [...counts.values()].filter((count) => count > 1).length,
    evaluatedThoughRefused: [...refused].filter((id) => counts.has(id)).length,
    statuses,
    ...percentiles(delays),
    stoppedAfterMs: Math.round(took),
    exit: code,
  });
}

/** Attacks, each over and over from one place; gives how often, and what came back. */
function attackAll(port, durationMs) {
  const head = 'POST /k8s-audit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n`;
  const withBody = (body) => Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n${body}`, 'latin1');
  const attacks = {
    'slow header': { parts: Array.from('GET / HTTP/1.1\r\nX: '.padEnd(400, 'a')), everyMs: 200 },
    'slow body': { parts: [`${head}Content-Length: 1000000\r\n\r\n`, ...'{'.padEnd(400, ' ')], everyMs: 200 },
    '100 MB': {
      parts: [`${head}Content-Length: 104857600\r\n\r\n`, ...Array(1600).fill('x'.repeat(65_536))],
    },
    '100 MB in chunks': { parts: [chunked, ...Array(1600).fill(`10000\r\n${'x'.repeat(65_536)}\r\n`)] },
    'deep nesting': { parts: [withBody('['.repeat(1_000_000))] },
    'no UTF-8': { parts: [withBody('{"kind":"Event","x":"\xff\xfe"}')] },
    'no chunks': { parts: [chunked, 'zz\r\nnonsense'] },
    'no HTTP': { parts: ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'] },
    'large header': { parts: [`${head}X: ${'a'.repeat(100_000)}\r\n\r\n`] },
    'two lengths': { parts: [`${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345`] },
    pipelined: { parts: [Buffer.concat(Array(100).fill(withBody('{}')))] },
  };
  const running = Object.entries(attacks).map(async ([name, { parts, everyMs }]) => {
    const answers = {};
    for (const going = until(durationMs / 1000); going(); ) {
      const answer = await attack(port, parts, everyMs ?? 0, going);
      answers[answer] = (answers[answer] ?? 0) + 1;
      await sleep(50);
    }
    return [name, answers];
  });
  running.push(hold(port, 600, durationMs), newcomers(port, durationMs));
  return Promise.all(running).then(Object.fromEntries);
}

/** Silent connections; those that are closed are opened again. */
async function hold(port, count, durationMs) {
  const sockets = new Set();
  let opened = 0;
  for (const going = until(durationMs / 1000); going(); await sleep(50)) {
    while (sockets.size < count) {
      opened++;
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      sockets.add(socket.on('close', () => sockets.delete(socket)));
    }
  }
  for (const socket of sockets) socket.destroy();
  return ['silent connections', { opened }];
}

/** Senders without a connection yet, as an API server that has just started. */
async function newcomers(port, durationMs) {
  const answers = {};
  for (const going = until(durationMs / 1000); going(); await sleep(100)) {
    const answer = await post(port, false, Buffer.from('{"kind":"EventList","items":[]}')).catch(
      ({ code }) => code,
    );
    answers[answer] = (answers[answer] ?? 0) + 1;
  }
  return ['newcomers', answers];
}

function attack(port, parts, everyMs, going) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1').setMaxListeners(0);
    const closed = once(socket, 'close').catch(() => {});
    let got = '';
    socket.setTimeout(everyMs > 0 ? 0 : 3000, () => socket.destroy());
    socket.on('data', (data) => (got += data.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => {
      const statuses = got.match(/^HTTP\/1\.1 \d+/gm)?.map((line) => line.slice(9)) ?? ['none'];
      resolve(statuses.length > 1 ? `${statuses.length} × ${statuses[0]}` : statuses[0]);
    });
    (async () => {
      for (const part of parts) {
        if (socket.destroyed || !going()) break;
        if (!socket.write(part)) await Promise.race([once(socket, 'drain').catch(() => {}), closed]);
        if (everyMs > 0) await sleep(everyMs);
      }
      if (!going()) socket.destroy();
    })();
  });
}

function report(figures) {
  console.log(JSON.stringify(figures, undefined, 1));
}

const [mode, seconds = '10', connections = '16', size = '20'] = process.argv.slice(2);
const numbers = [Number(seconds), Number(connections), Number(size)];
try {
  if (mode === 'load') await load(...numbers);
  else if (mode === 'stop') await stop(...numbers);
  else if (mode === 'hostile') await load(...numbers, attackAll);
  else console.error('node bench/webhook.mjs load|stop|hostile [seconds] [connections] [events a request]');
} finally {
  remove();
}
