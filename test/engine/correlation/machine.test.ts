import { describe, expect, it } from 'vitest';
import { restoreMachine, takeSnapshot } from '../../../src/engine/correlation/snapshot.js';
import {
  LIMITS,
  machineOf,
  plan,
  randomOf,
  runThrough,
  shuffled,
  slowly,
  stream,
  summary,
} from './support.js';

const SCHEDULES = Number(process.env['TSFALCO_SCHEDULES'] ?? 300);
const LATENESS = 120;

const PLANS = [
  plan({ type: 'event_count' }),
  plan({ type: 'event_count', steps: 2, suppress: 0, timespan: 60, least: 4 }),
  plan({ type: 'value_count', least: 4, suppress: 300 }),
  plan({ type: 'temporal', steps: 3, least: 3 }),
  plan({ type: 'temporal_ordered', steps: 2, timespan: 200, suppress: 0 }),
  plan({ type: 'temporal_ordered', steps: 3, timespan: 200 }),
];

describe('alerts of correlations', () => {
  it('are those of all events at once, whatever the order of arrival and the batches', () => {
    for (let seed = 1; seed <= SCHEDULES; seed++) {
      const random = randomOf(seed);
      const matches = stream(random, PLANS, 120);
      const arrived = shuffled(random, matches, LATENESS);
      const fired = runThrough(machineOf(PLANS), arrived, LATENESS, random);
      expect(summary(fired), `seed ${seed}`).toEqual(summary(slowly(PLANS, matches)));
    }
  });

  it('are the same to the last number, whatever the order of arrival', () => {
    const plans = [...PLANS, plan({ type: 'absence', least: 1 }), plan({ type: 'absence', least: 3 })];
    for (let seed = 1; seed <= SCHEDULES; seed++) {
      const random = randomOf(seed);
      const matches = stream(random, plans, 120);
      const straight = runThrough(machineOf(plans), matches, LATENESS, random);
      const arrived = shuffled(random, matches, LATENESS);
      const fired = runThrough(machineOf(plans), arrived, LATENESS, random);
      expect(fired, `seed ${seed}`).toEqual(straight);
    }
  });

  it('are neither forgotten nor doubled by a restart, though events come again', () => {
    const plans = [...PLANS, plan({ type: 'absence', least: 2 })];
    for (let seed = 1; seed <= SCHEDULES; seed++) {
      const random = randomOf(seed);
      const matches = shuffled(random, stream(random, plans, 120), LATENESS);
      const straight = runThrough(machineOf(plans), matches, LATENESS, randomOf(seed));
      const crashing = runThrough(machineOf(plans), matches, LATENESS, randomOf(seed), (machine) => {
        if (random(2) === 0) return machine;
        const stored = JSON.parse(JSON.stringify(takeSnapshot(machine)));
        return restoreMachine({ plans, limits: LIMITS }, stored);
      });
      expect(crashing, `seed ${seed}`).toEqual(straight);
    }
  });
});
