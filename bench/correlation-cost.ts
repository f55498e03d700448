// What correlations cost events that meet no step: `node .bench/bench/correlation-cost.js [events] [rounds]`, after
// `npm run bench:build`. The benchmark's events without the alerting ones, as a file delivers them, read and judged with our
// rules alone and with our correlations behind them. Both are taught all events first; then each block of events goes through
// both in turns, and the best round of a block counts: blocks take two milliseconds, so that other work on the machine
// leaves some rounds alone. Start and load are no part of it.

import '../src/runtime/from-sources.js';
import { createCorrelationSet } from '../src/engine/rules/correlation-set.js';
import { loadRules } from '../src/engine/rules/load.js';
import { compileRule, createRuleset, type Ruleset } from '../src/engine/rules/ruleset.js';
import { selectRules } from '../src/engine/rules/select.js';
import { createFieldTable } from '../src/plugins/field-table.js';
import { createEvaluate, type Evaluate, readRules } from './engine.js';
import { createWorkload, type Workload, workloadOf } from './workload.js';

const SOURCE = 'k8s_audit';
const [events = 20_000, rounds = 60] = process.argv.slice(2).map(Number);
const OURS = 'rules/k8s_audit_rules.yaml';
const CORRELATIONS = 'rules/k8s_correlation_rules.yaml';

/** As a run makes it; matches are only counted. */
function engineOf(files: readonly string[], onMatch: () => void): Ruleset {
  const tables = new Map(['syscall', SOURCE].map((source) => [source, createFieldTable(source)]));
  const { rules, correlations, results } = loadRules(
    files.map((name) => ({ name, content: readRules(name) })),
    { tables: (source) => tables.get(source) },
  );
  const error = results.flatMap((result) => result.errors)[0];
  if (error !== undefined) throw new Error(error.message);
  const json = { enabled: false, output: true, tags: true, message: false, outputFields: false };
  const alerts = { json, isoTime: true, hostname: '' };
  const running = selectRules(rules, []).filter(({ info }) => info.source === SOURCE);
  const counting = new Set(running.map(({ info }) => info.name));
  const set = createCorrelationSet({ correlations, rules: running, counting, alerts });
  return createRuleset(
    running.map((rule) => compileRule(rule, alerts, set.throttle(rule))),
    { matching: 'first', trackers: set.trackers(SOURCE), onMatch },
  );
}

const all = createWorkload({ events, averageSize: 2000, alerting: 0, seed: 5 });
let at = 0;
const matches = { alone: 0, together: 0 };
const evaluates: Readonly<Record<keyof typeof matches, Evaluate>> = {
  alone: createEvaluate(engineOf([OURS], () => matches.alone++)),
  together: createEvaluate(engineOf([OURS, CORRELATIONS], () => matches.together++)),
};
const NAMES = ['alone', 'together'] as const;

/** Events that meet no step. */
const others = all.lines.filter((line) => {
  const before = matches.together;
  evaluates.together([line]);
  return matches.together === before;
});

/** Compiled by V8's optimizing compiler for WebAssembly, too. */
function taught(name: (typeof NAMES)[number], blocks: readonly Uint8Array[]): void {
  for (let i = 0; i < 4; i++) evaluates[name](blocks);
}

/** Microseconds an event. */
function measure({ blocks }: Pick<Workload, 'blocks'>, count: number) {
  for (const name of NAMES) taught(name, blocks);
  const best = new Map(NAMES.map((name) => [name, blocks.map(() => Number.POSITIVE_INFINITY)]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? NAMES : NAMES.toReversed();
    for (const [i, block] of blocks.entries())
      for (const name of order) {
        const started = performance.now();
        evaluates[name]([block]);
        const least = best.get(name)!;
        least[i] = Math.min(least[i]!, performance.now() - started);
      }
  }
  const micros = (name: (typeof NAMES)[number]): number =>
    (best.get(name)!.reduce((sum, each) => sum + each, 0) / count) * 1000;
  const [alone, together] = [micros('alone'), micros('together')];
  return { events: count, alone, together, more: `${((together / alone - 1) * 100).toFixed(1)} %` };
}

const meetingNone = measure(
  workloadOf(others.length, () => others[at++]!),
  others.length,
);
const ordinary = measure(all, events);
console.log(JSON.stringify({ rounds, usAnEvent: { meetingNone, ordinary } }, undefined, 1));
