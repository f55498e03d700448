// What correlations cost for events that meet no step: `node bench/correlation-cost.mjs [events] [rounds]`, after
// `npm run build && npm run bench:build`. The benchmark's events without the alerting ones, read from a file by the built
// command with our rules alone and with our correlations behind them, in turns, each with so many events and with four
// times as many, so that start and load are told from what an event costs: the slope. Processor time of the whole command;
// rounds are compared within themselves, since other work on the machine changes from one to the next.

import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventGenerator } from '../.bench/demo/endpoint/events.js';

const BIN = new URL('../bin/tsfalco.js', import.meta.url).pathname;
const rules = (name) => new URL(`../rules/${name}`, import.meta.url).pathname;
const [events = 200_000, rounds = 5] = process.argv.slice(2).map(Number);
const FACTOR = 4;
const folder = mkdtempSync(join(tmpdir(), 'tsfalco-cost-'));
const OURS = ['k8s_audit_rules.yaml'];
const SETS = { alone: OURS, together: [...OURS, 'k8s_correlation_rules.yaml'] };

const BLOCK = 1000;

function writeEvents() {
  const next = createEventGenerator({ seed: 5, alerting: 0 });
  const [few, many] = ['few', 'many'].map((size) => openSync(join(folder, `${size}.jsonl`), 'w'));
  for (let written = 0; written < events * FACTOR; written += BLOCK) {
    const lines = Array.from({ length: BLOCK }, () => `${next().message}\n`).join('');
    writeSync(many, lines);
    if (written < events) writeSync(few, lines);
  }
  closeSync(few);
  closeSync(many);
}

function writeSetup(size) {
  writeFileSync(
    join(folder, `${size}.yaml`),
    `load_plugins: [k8saudit, json]
plugins:
  - {name: k8saudit, library_path: libk8saudit.so, open_params: ${join(folder, `${size}.jsonl`)}}
  - {name: json, library_path: libjson.so}
stdout_output: {enabled: true}
webserver: {enabled: false}
`,
  );
}

function secondsOf(size, files) {
  const args = ['-c', join(folder, `${size}.yaml`), '--disable-source', 'syscall', '--threads', '1'];
  // A child's time is known when it has ended.
  const code = `const { spawnSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
spawnSync(process.execPath, ${JSON.stringify([BIN, ...args, ...files.flatMap((file) => ['-r', rules(file)])])}, { stdio: 'ignore' });
const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
console.log((Number(fields[13]) + Number(fields[14])) / 100);`;
  return Number(spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' }).stdout);
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const percent = (part) => `${(part * 100).toFixed(1)} %`;

/** Start and load in seconds, and microseconds an event. */
function costOf(files) {
  const [few, many] = [secondsOf('few', files), secondsOf('many', files)];
  const slope = (many - few) / (events * (FACTOR - 1));
  return { start: few - slope * events, slope: slope * 1e6 };
}

try {
  writeEvents();
  writeSetup('few');
  writeSetup('many');
  const measured = [];
  for (let round = 0; round < rounds; round++) {
    // The one that comes first changes, too.
    const names = Object.keys(SETS);
    if (round % 2 === 1) names.reverse();
    const costs = Object.fromEntries(names.map((name) => [name, costOf(SETS[name])]));
    measured.push(costs);
    const { alone, together } = costs;
    console.error(
      `round ${round + 1}: ${alone.slope.toFixed(2)} → ${together.slope.toFixed(2)} us an event (${percent(together.slope / alone.slope - 1)}), start ${alone.start.toFixed(2)} → ${together.start.toFixed(2)} s`,
    );
  }
  const of = (name, key) => median(measured.map((costs) => costs[name][key]));
  console.log(
    JSON.stringify({
      events: [events, events * FACTOR],
      rounds,
      usAnEvent: { alone: of('alone', 'slope'), together: of('together', 'slope') },
      moreAnEvent: percent(median(measured.map(({ alone, together }) => together.slope / alone.slope - 1))),
      startSeconds: { alone: of('alone', 'start'), together: of('together', 'start') },
    }),
  );
} finally {
  rmSync(folder, { recursive: true });
}
