// npm run bench: what parsing, compiling, evaluating and a whole run cost, beside bare JSON.parse of the same lines.
//   npm run bench -- [--rules FILE] [--events N] [--short] [--only parse,compile,evaluate,end-to-end,own,plugins,repl]
//                    [--upstream FOLDER] [--save FILE] [--compare FILE]
// Ratios first: they hold on other machines, microseconds do not.

import '../src/runtime/from-sources.js';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createJsScanner } from '../src/json/scan-js.js';
import { createScanner } from '../src/prefilter/reader/fastest.js';
import { runCommand, startUp } from './end-to-end.js';
import { createEngine, createEvaluate, load, readRules } from './engine.js';
import { compare, type Timing, time } from './measure.js';
import { benchPlugins } from './plugins.js';
import { benchRepl } from './repl.js';
import { manyRules, mixedRules } from './rules.js';
import { createVariedTraffic } from './traffic/varied.js';
import { createWorkload, type Workload, type WorkloadOptions, workloadOf } from './workload.js';

const { values } = parseArgs({
  options: {
    rules: { type: 'string', default: 'rules/k8s_audit_rules.yaml' },
    events: { type: 'string', default: '100000' },
    short: { type: 'boolean', default: false },
    only: { type: 'string', default: 'parse,compile,evaluate,end-to-end' },
    save: { type: 'string' },
    compare: { type: 'string' },
    /** falcosecurity/plugins: its rules in place of ours, where events of its other plugins are measured. */
    upstream: { type: 'string' },
  },
});

interface Result {
  readonly name: string;
  /** By JSON.parse of the same lines, or by bare node for starts. */
  readonly ratio?: number;
  readonly value: number;
  readonly unit: 'us/event' | 'ms' | 'MB' | 'alerts';
}

const saved: readonly Result[] =
  values.compare === undefined
    ? []
    : (JSON.parse(readFileSync(values.compare, 'utf8')) as { results: Result[] }).results;
const results: Result[] = [];
const events = values.short ? 5000 : Number(values.events);
const rounds = values.short ? 2 : 7;
const groups = values.only.split(',');

function report(result: Result): void {
  results.push(result);
  const { name, ratio, value, unit } = result;
  const before = saved.find((each) => each.name === name);
  const change = before === undefined ? '' : `  was ${(before.ratio ?? before.value).toFixed(2)}`;
  const shown = value.toFixed(value < 10 ? 2 : 0);
  console.log(
    `${(ratio === undefined ? '' : `${ratio.toFixed(2)} x`).padStart(9)}  ${name.padEnd(60)} ${shown.padStart(9)} ${unit}${change}`,
  );
}

function reportTimings(prefix: string, timings: readonly Timing[]): void {
  for (const { name, micros, ratio } of timings)
    report({ name: `${prefix}: ${name}`, ratio, value: micros, unit: 'us/event' });
}

/** Fewer events where they are larger, so that each comparison takes about as long. */
function workload(more: Partial<WorkloadOptions> = {}): Workload {
  const averageSize = more.averageSize ?? 1250;
  const count = Math.max(200, Math.round(Math.min(events, (20_000 * 1250) / averageSize)));
  return createWorkload({ events: count, averageSize, alerting: 0.1, seed: 1, ...more });
}

const parseJson = ({ lines }: Workload) => ({
  name: 'JSON.parse',
  run: () => {
    for (const line of lines) JSON.parse(line);
  },
});

function benchParse(): void {
  const input = workload();
  const [fast, js] = [createScanner(), createJsScanner()];
  const scan = (name: string, scanner: typeof fast) => ({
    name,
    run: () => {
      for (const line of input.lines) scanner.scan(line);
    },
  });
  const evaluate = createEvaluate();
  const unwrap = { name: 'scan, check and date (unwrap)', run: () => void evaluate(input.lines) };
  reportTimings(
    'parse',
    compare(
      input.lines.length,
      [parseJson(input), scan('scan', fast), scan('scan without WebAssembly', js), unwrap],
      rounds,
    ),
  );
}

function benchCompile(rules: string): void {
  report({
    name: `compile: load ${load(rules).length} rules`,
    value: time(rounds, () => void load(rules)),
    unit: 'ms',
  });
  const many = manyRules(2000);
  report({
    name: 'compile: load 2000 generated rules',
    value: time(Math.min(rounds, 3), () => void load(many)),
    unit: 'ms',
  });
}

function compareEvaluation(name: string, input: Workload, rules: ReturnType<typeof load>): void {
  const evaluate = createEvaluate(createEngine(rules));
  const { alerts } = evaluate(input.blocks);
  const share = ((alerts / input.lines.length) * 100).toFixed(0);
  const ways = [
    { name: `${name} (${share} % alert), blocks of lines`, run: () => void evaluate(input.blocks) },
    { name: `${name} (${share} % alert), one by one`, run: () => void evaluate(input.lines) },
  ];
  reportTimings('evaluate', compare(input.lines.length, [parseJson(input), ...ways], rounds).slice(1));
}

function benchEvaluate(rules: string): void {
  const stock = load(rules);
  for (const alerting of [0, 0.1, 1]) {
    compareEvaluation(`${stock.length} rules, 1.25 kB`, workload({ alerting }), stock);
  }
  for (const averageSize of [500, 2000, 10_000, 100_000]) {
    compareEvaluation(`${stock.length} rules, ${averageSize / 1000} kB`, workload({ averageSize }), stock);
  }
  for (const count of [48, 500, 5000]) {
    compareEvaluation(`${count} generated rules`, workload(), load(manyRules(count)));
  }
}

function benchEndToEnd(rulesPath: string): void {
  const start = startUp(values.short ? 2 : 5);
  report({ name: 'end to end: node -e 0', ratio: 1, value: start.node, unit: 'ms' });
  report({
    name: 'end to end: --version',
    ratio: start.version / start.node,
    value: start.version,
    unit: 'ms',
  });
  const input = createWorkload({ events, averageSize: 1250, alerting: 0.1, seed: 1 });
  const one = createWorkload({ events: 1, averageSize: 1250, alerting: 0, seed: 1 });
  const runs = Array.from({ length: values.short ? 1 : 3 }, () => ({
    parse: compare(events, [parseJson(input)], 1)[0]!.micros,
    run: runCommand(input, [rulesPath]),
    first: runCommand(one, [rulesPath]),
  }));
  const best = (of: (each: (typeof runs)[number]) => number): number => Math.min(...runs.map(of));
  const parse = best((each) => each.parse);
  const whole = (best(({ run }) => run.wallMs) / events) * 1000;
  const beyond = whole - (best(({ first }) => first.wallMs) / events) * 1000;
  const cpu = (best(({ run }) => run.cpuMs) / events) * 1000;
  report({ name: 'end to end: JSON.parse', ratio: 1, value: parse, unit: 'us/event' });
  report({ name: 'end to end: whole run', ratio: whole / parse, value: whole, unit: 'us/event' });
  report({
    name: 'end to end: whole run beyond its first event',
    ratio: beyond / parse,
    value: beyond,
    unit: 'us/event',
  });
  report({
    name: 'end to end: processor time of all threads',
    ratio: cpu / parse,
    value: cpu,
    unit: 'us/event',
  });
  report({ name: 'end to end: to the first event', value: best(({ first }) => first.wallMs), unit: 'ms' });
  report({
    name: 'end to end: largest memory',
    value: Math.max(...runs.map(({ run }) => run.peakMb)),
    unit: 'MB',
  });
  report({ name: 'end to end: alerts', value: runs[0]!.run.alerts, unit: 'alerts' });
}

/** Our own rules, which look into more of an event, and many rules of all kinds, on varied traffic of an EKS cluster. */
function benchOwn(): void {
  const input = workloadOf(events, createVariedTraffic(1));
  const folder = mkdtempSync(join(tmpdir(), 'tsfalco-rules-'));
  const mixed = join(folder, 'mixed.yaml');
  writeFileSync(mixed, mixedRules(2000));
  const own = ['rules/k8s_audit_rules.yaml', 'rules/eks_audit_rules.yaml'];
  const ways = [
    { name: 'our own rules', rules: own, more: [] },
    { name: 'our own rules, alerts as JSON', rules: own, more: ['-o', 'json_output=true'] },
    { name: '2000 rules of mixed kinds', rules: [mixed], more: [] },
  ];
  const median = (of: readonly number[]): number => of.toSorted((a, b) => a - b)[of.length >> 1]!;
  for (const { name, rules, more } of ways) {
    const runs = Array.from({ length: values.short ? 1 : 3 }, () => ({
      parse: compare(events, [parseJson(input)], 1)[0]!.micros,
      run: runCommand(input, rules, more),
    }));
    const cpu = (run: (typeof runs)[number]): number => (run.run.cpuMs / events) * 1000;
    const ratio = median(runs.map((each) => cpu(each) / each.parse));
    report({ name: `own: ${name}, processor time`, ratio, value: median(runs.map(cpu)), unit: 'us/event' });
    report({
      name: `own: ${name}, largest memory`,
      value: Math.max(...runs.map(({ run }) => run.peakMb)),
      unit: 'MB',
    });
  }
  rmSync(folder, { recursive: true });
}

if (!existsSync(values.rules)) throw new Error(`no rules at ${values.rules}; name some with --rules`);
const rules = readRules(values.rules);
const [cpu] = cpus();
console.log(
  `node ${process.version}, ${cpu?.model ?? 'unknown processor'}, ${events} events, ${values.rules}\n`,
);
if (groups.includes('parse')) benchParse();
if (groups.includes('compile')) benchCompile(rules);
if (groups.includes('evaluate')) benchEvaluate(rules);
if (groups.includes('end-to-end')) benchEndToEnd(values.rules);
if (groups.includes('own')) benchOwn();
if (groups.includes('plugins'))
  reportTimings(
    'plugins',
    await benchPlugins(Math.min(events, 100_000), Math.min(rounds, 3), values.upstream),
  );
if (groups.includes('repl')) {
  for (const { name, worst, median } of await benchRepl(values.rules, 10_000, values.short ? 3 : 7)) {
    report({ name: `repl: ${name}`, value: median, unit: 'ms' });
    report({ name: `repl: ${name}, slowest`, value: worst, unit: 'ms' });
  }
}
if (values.save !== undefined) {
  const about = {
    date: new Date().toISOString(),
    node: process.version,
    processor: cpu?.model,
    events,
    rules: values.rules,
  };
  writeFileSync(values.save, `${JSON.stringify({ ...about, results }, undefined, 2)}\n`);
}
