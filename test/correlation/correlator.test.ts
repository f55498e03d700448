import { expect, it } from 'vitest';
import { createCorrelator } from '../../src/correlation/correlator.js';
import { LIMITS, plan } from '../engine/correlation/support.js';

const SECOND = 1_000_000;

it('groups that go, and matches that are decided early, are told of while the run goes on', () => {
  const said: string[] = [];
  const correlator = createCorrelator(
    {
      limits: { ...LIMITS, groups: 2, waiting: 1 },
      lateness: 120 * SECOND,
      warn: (_message, kind) => said.push(kind),
    },
    {
      plans: [plan({ identity: 'a', timespan: 100 * SECOND, least: 2 })],
      isAlert: () => true,
      alertOf: () => {
        throw new Error('there is no alert');
      },
    },
  );
  const clock = correlator.open();
  const see = (second: number): void => {
    const time = second * SECOND;
    clock.seen(time);
    correlator.match({ plan: 'a', step: 0, time, id: `${second}`, key: `${second}`, texts: [] });
    correlator.settle();
  };
  see(1);
  expect(said).toEqual([]);
  for (const second of [2, 3]) see(second);
  expect(said).toEqual(['early', 'early']);
  for (const second of [4, 5]) see(second);
  expect(said.filter((kind) => kind === 'evicted')).toHaveLength(2);
  expect(correlator.counters()).toMatchObject({ evicted: 2, early: 4 });
});
