import { describe, expect, it } from 'vitest';
import type { Match, Plan } from '../../../src/engine/correlation/match.js';
import { LIMITS, machineOf, plan as planOf } from './support.js';

const plan = (given: Partial<Plan>): Plan => planOf({ identity: given.name ?? 'a', ...given });

const match = (given: Partial<Match>): Match => ({
  plan: 'a',
  step: 0,
  time: 0,
  id: `id ${given.time}`,
  key: 'k',
  texts: [],
  ...given,
});

describe('late events', () => {
  it('complete an alert then, once', () => {
    const machine = machineOf([plan({ least: 3, timespan: 100 })]);
    for (const time of [10, 30]) machine.add(match({ time }));
    expect(machine.advance(60)).toEqual([]);
    const fired = machine.add(match({ time: 20 }));
    expect(fired).toMatchObject([{ time: 30, count: 3, first: 10, last: 30 }]);
    expect(machine.add(match({ time: 20 }))).toEqual([]);
    expect(machine.counters).toMatchObject({ late: 2, duplicates: 1, fired: 1 });
  });

  it('whose window is gone are counted', () => {
    const machine = machineOf([plan({ least: 2, timespan: 10 })]);
    machine.add(match({ time: 500 }));
    machine.advance(600);
    machine.add(match({ time: 499 }));
    machine.add(match({ time: 795 }));
    machine.advance(800);
    machine.add(match({ time: 650 }));
    expect(machine.counters).toMatchObject({ late: 2, tooLate: 1 });
  });
});

describe('too many groups', () => {
  it('send away those that were not active for longest', () => {
    const machine = machineOf([plan({ least: 2, timespan: 1000 })], { ...LIMITS, groups: 2 });
    for (const [time, key] of [
      [1, 'a'],
      [2, 'b'],
      [3, 'a'],
      [4, 'c'],
      [5, 'b'],
    ] as const)
      machine.add(match({ time, key }));
    const fired = machine.advance(10);
    expect(fired.map(({ key }) => key)).toEqual(['a']);
    expect(machine.counters.evicted).toBe(2);
    expect(machine.sizes().groups).toBe(2);
  });

  it('do not stand in the way where they are over', () => {
    const machine = machineOf([plan({ least: 2, timespan: 10 })], { ...LIMITS, groups: 2 });
    for (let time = 0; time < 1000; time += 20) machine.add(match({ time, key: `${time}` }));
    machine.finish();
    expect(machine.counters.evicted).toBe(0);
  });

  it('leave as many events as are allowed, of whatever group', () => {
    const machine = machineOf([plan({ least: 50, timespan: 1000 })], { ...LIMITS, events: 20 });
    for (let time = 0; time < 100; time++) machine.add(match({ time, key: `${time % 3}` }));
    machine.finish();
    expect(machine.sizes().events).toBeLessThanOrEqual(20);
  });
});

describe('a group with too many events', () => {
  const small = { ...LIMITS, eventsPerGroup: 10 };

  it('says that there were at least so many', () => {
    const machine = machineOf([plan({ least: 10, timespan: 1000, suppress: 20 })], small);
    for (let time = 0; time < 40; time++) machine.add(match({ time }));
    const [first, second] = machine.finish();
    expect(first).toMatchObject({ count: 10, atLeast: false });
    expect(second).toMatchObject({ count: 10, atLeast: true, suppressed: 19 });
  });

  it('keeps its different values, however often one of them comes', () => {
    const machine = machineOf([plan({ type: 'value_count', least: 4, timespan: 10_000 })], small);
    let time = 0;
    for (const value of ['a', 'b', 'c', 'd']) {
      machine.add(match({ time: time++, value }));
      for (let i = 0; i < 30; i++) machine.add(match({ time: time++, value: 'a' }));
    }
    expect(machine.finish()).toMatchObject([{ distinct: 4, atLeast: true }]);
  });

  it('keeps the beginning of a sequence, however often a step comes', () => {
    const machine = machineOf([plan({ type: 'temporal_ordered', steps: 3, timespan: 10_000 })], small);
    let time = 0;
    machine.add(match({ time: time++, step: 0 }));
    machine.add(match({ time: time++, step: 1 }));
    for (let i = 0; i < 50; i++) machine.add(match({ time: time++, step: 0 }));
    machine.add(match({ time: time++, step: 2 }));
    expect(machine.finish()).toMatchObject([{ count: 3, first: 0, last: 52 }]);
  });
});

describe('too many matches that wait', () => {
  it('are decided early, the earliest first', () => {
    const machine = machineOf([plan({ least: 3, timespan: 100 })], { ...LIMITS, waiting: 2 });
    const fired = [3, 2, 1, 4, 5].flatMap((time) => machine.add(match({ time })));
    expect(fired).toMatchObject([{ time: 3, count: 3 }]);
    expect(machine.counters.early).toBe(3);
    expect(machine.sizes().waiting).toBe(2);
  });
});

describe('a correlation as a step of another', () => {
  it('counts its alerts', () => {
    const inner = plan({ least: 2, timespan: 10, suppress: 0 });
    const outer = plan({ name: 'outer', type: 'value_count', least: 2, timespan: 1000 });
    const machine = machineOf([inner, outer]);
    for (const [time, key] of [
      [1, 'a'],
      [2, 'a'],
      [50, 'b'],
      [51, 'b'],
    ] as const) {
      const up = [match({ plan: 'outer', key: 'all', value: key })];
      machine.add(match({ time, key, up }));
    }
    const fired = machine.finish();
    expect(fired).toMatchObject([
      { plan: 0, time: 2 },
      { plan: 0, time: 51 },
      { plan: 1, time: 51, count: 2, distinct: 2, first: 2, last: 51 },
    ]);
  });
});

describe('absence', () => {
  it('is noticed once a group falls silent, and again after it came back', () => {
    const machine = machineOf([plan({ type: 'absence', least: 1, timespan: 10 })]);
    for (const time of [1, 9, 18, 40]) machine.add(match({ time }));
    expect(machine.advance(100)).toMatchObject([
      { time: 28, count: 0, last: 18 },
      { time: 50, count: 0, last: 40 },
    ]);
    expect(machine.advance(1000)).toEqual([]);
  });

  it('of what never came is noticed without groups', () => {
    const machine = machineOf([plan({ type: 'absence', least: 1, timespan: 10, ungrouped: true })]);
    machine.advance(5);
    expect(machine.advance(15)).toEqual([]);
    expect(machine.advance(16)).toMatchObject([{ time: 15, count: 0, last: undefined }]);
    expect(machine.advance(100)).toEqual([]);
    machine.add(match({ time: 110, key: '' }));
    expect(machine.advance(121)).toMatchObject([{ time: 120, last: 110 }]);
  });
});

describe('alerts of a rule with suppress', () => {
  const throttled = machineOf([plan({ type: 'suppress', timespan: 100 })]);
  const show = (time: number): boolean => throttled.throttle(match({ time, texts: [`${time}`] })).shown;

  it('show the first at once, and the others as one when the time is over', () => {
    expect([10, 20, 15, 20, 60].map(show)).toEqual([true, false, false, false, false]);
    expect(throttled.advance(110)).toEqual([]);
    expect(throttled.advance(111)).toMatchObject([
      { count: 3, suppressed: 3, first: 10, last: 60, texts: ['60'] },
    ]);
    expect(show(120)).toBe(true);
    expect(throttled.advance(1000)).toEqual([]);
  });

  it('show the summary before the first of the next time', () => {
    expect([2000, 2050].map(show)).toEqual([true, false]);
    const next = throttled.throttle(match({ time: 2100 }));
    expect(next).toMatchObject({ shown: true, summary: { count: 1, texts: ['2050'] } });
  });
});
