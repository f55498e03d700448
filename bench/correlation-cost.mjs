// What correlations cost where few events meet a step: `node bench/correlation-cost.mjs [events] [rounds]`, after
// `npm run bench:build`. The benchmark's events without the alerting ones, read from a file by the built command with our rules
// alone and with our correlations behind them, in turns. Processor time of the whole command: other work disturbs it less.

import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventGenerator } from '../.bench/demo/endpoint/events.js';

const BIN = new URL('../bin/tsfalco.js', import.meta.url).pathname;
const rules = (name) => new URL(`../rules/${name}`, import.meta.url).pathname;
const [events = 200_000, rounds = 5] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'tsfalco-cost-'));

function writeEvents(path) {
  const next = createEventGenerator({ seed: 5, alerting: 0 });
  const file = openSync(path, 'w');
  for (let i = 0; i < events; i++) writeSync(file, `${next().message}\n`);
  closeSync(file);
}

function secondsOf(...files) {
  const args = ['-c', join(folder, 'falco.yaml'), '--disable-source', 'syscall', '--threads', '1'];
  // A child's time is known when it has ended.
  const code = `const { spawnSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
spawnSync(process.execPath, ${JSON.stringify([BIN, ...args, ...files.flatMap((file) => ['-r', rules(file)])])}, { stdio: 'ignore' });
const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
console.log((Number(fields[13]) + Number(fields[14])) / 100);`;
  return Number(spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' }).stdout);
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

try {
  writeEvents(join(folder, 'events.jsonl'));
  writeFileSync(
    join(folder, 'falco.yaml'),
    `load_plugins: [k8saudit, json]
plugins:
  - {name: k8saudit, library_path: libk8saudit.so, open_params: ${join(folder, 'events.jsonl')}}
  - {name: json, library_path: libjson.so}
stdout_output: {enabled: true}
webserver: {enabled: false}
`,
  );
  const [alone, together] = [[], []];
  for (let round = 0; round < rounds; round++) {
    alone.push(secondsOf('k8s_audit_rules.yaml'));
    together.push(secondsOf('k8s_audit_rules.yaml', 'k8s_correlation_rules.yaml'));
  }
  const [before, after] = [median(alone), median(together)];
  const more = `${(((after - before) / before) * 100).toFixed(1)} %`;
  console.log(JSON.stringify({ events, alone, together, median: [before, after], more }));
} finally {
  rmSync(folder, { recursive: true });
}
