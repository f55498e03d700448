// What correlations cost: memory by number of groups, time by match. Each size in a process of its own:
// `node .bench/bench/correlation.js GROUPS`, after `npm run bench:build`.

import { createMachine } from '../src/engine/correlation/machine.js';
import { takeSnapshot } from '../src/engine/correlation/snapshot.js';

const groups = Number(process.argv[2] ?? 100_000);
const MICROS = 1_000_000;
const EACH = 2;

const plan = {
  name: 'c',
  identity: 'c',
  type: 'value_count',
  steps: 1,
  timespan: 86_400 * MICROS,
  least: 5,
  suppress: 3600 * MICROS,
  ungrouped: false,
} as const;
const limits = { groups, events: groups * EACH, eventsPerGroup: 1000, waiting: 100_000 };

const memory = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().rss / 2 ** 20;
};

const before = memory();
const machine = createMachine({ plans: [plan], limits, seed: 1 });
const started = process.cpuUsage();
let count = 0;
for (let round = 0; round < EACH; round++) {
  for (let group = 0; group < groups; group++) {
    count++;
    const time = count * 10;
    const id = `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
    machine.add({
      plan: 'c',
      step: 0,
      time,
      id,
      key: `user-${group}@example.com`,
      value: `n${round}`,
      texts: [],
    });
    if (count % 1000 === 0) machine.advance(time);
  }
}
machine.advance(count * 10 + 1);
const { user, system } = process.cpuUsage(started);
const nanos = ((user + system) * 1000) / count;
const after = memory();
const rows = groups > 200_000 ? 0 : JSON.stringify(takeSnapshot(machine)).length / 2 ** 20;
console.log(
  JSON.stringify({
    ...machine.sizes(),
    evicted: machine.counters.evicted,
    mb: Math.round(after - before),
    process_mb: Math.round(after),
    cpu_ns_per_match: Math.round(nanos),
    snapshot_mb: Math.round(rows),
  }),
);
