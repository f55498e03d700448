// npm run noise -- [--events N] [--seed N] [--workload ordinary|benchmark] [RULES.yaml …] [--beside STOCK.yaml]
// How loud rules are on the ordinary traffic of an EKS cluster: alerts a day by priority, first match only, and the rules
// behind them; beside another file on the same events.

import '../src/runtime/from-sources.js';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createEventGenerator } from '../demo/endpoint/events.js';
import { openWorkspace, type Workspace } from '../src/authoring/workspace.js';
import { createTraffic, EVENTS_A_DAY } from './traffic/traffic.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '7' },
    workload: { type: 'string', default: 'ordinary' },
    beside: { type: 'string', multiple: true, default: [] },
  },
});

/** The ordinary traffic, or what the benchmark measures with: a tenth of it of the kind that stock rules look for. */
function workload(seed: number): () => string {
  if (values.workload === 'ordinary') return createTraffic(seed);
  const generated = createEventGenerator({ seed });
  return () => generated().message;
}

const PRIORITIES = ['EMERGENCY', 'ALERT', 'CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'];

function open(names: readonly string[]): Workspace {
  const files = names.map((name) => ({ name, content: readFileSync(name, 'latin1') }));
  const { workspace, results } = openWorkspace(files);
  if (workspace === undefined) throw new Error(JSON.stringify(results.flatMap(({ errors }) => errors)));
  return workspace;
}

const own =
  positionals.length > 0 ? positionals : ['rules/k8s_audit_rules.yaml', 'rules/eks_audit_rules.yaml'];
const columns = [own, ...(values.beside.length > 0 ? [values.beside] : [])].map((names) => ({
  names,
  workspace: open(names),
  alerts: new Map<string, { priority: number; count: number }>(),
}));

const events = Number(values.events);
const next = workload(Number(values.seed));
let bytes = 0;
for (let index = 0; index < events; index++) {
  const text = next();
  bytes += text.length;
  for (const { workspace, alerts } of columns) {
    const read = (event: Parameters<Workspace['matches']>[0]): void => {
      const info = workspace.matches(event)[0]?.rule.info;
      if (info === undefined) return;
      const known = alerts.get(info.name) ?? { priority: info.priority, count: 0 };
      known.count++;
      alerts.set(info.name, known);
    };
    workspace.readEvents(text, read, (fault) => {
      throw new Error(fault);
    });
  }
}

const aDay = (count: number): number => Math.round((count * EVENTS_A_DAY) / events);
console.log(`${events} events of ${Math.round(bytes / events)} bytes; alerts a day (${EVENTS_A_DAY} events)`);
for (const [priority, name] of PRIORITIES.entries()) {
  const counts = columns.map(({ alerts }) =>
    [...alerts.values()].reduce((sum, each) => sum + (each.priority === priority ? each.count : 0), 0),
  );
  console.log(`${name.padEnd(12)}${counts.map((count) => String(aDay(count)).padStart(10)).join('')}`);
}
for (const { names, alerts } of columns) {
  console.log(`\n${names.join(', ')}`);
  for (const [rule, { priority, count }] of [...alerts].sort((a, b) => b[1].count - a[1].count))
    console.log(`${String(aDay(count)).padStart(10)}  ${PRIORITIES[priority]!.padEnd(10)}${rule}`);
}
