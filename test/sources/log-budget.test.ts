import { expect, it } from 'vitest';
import { createLogBudget } from '../../src/sources/log-budget.js';

function budget(bytes: number, bytesPerSecond: number) {
  const lines: string[] = [];
  let time = 0;
  const made = createLogBudget((level, message) => lines.push(`${level} ${message}`), {
    bytes,
    bytesPerSecond,
    now: () => time,
  });
  return {
    lines,
    settle: made.settle,
    say: (message: string, times = 1, kind?: string) => {
      for (let n = 0; n < times; n++) made.log('error', message, kind);
    },
    pass: (ms: number) => {
      time += ms;
    },
  };
}

it('writes everything while there is enough', () => {
  const { lines, say, settle } = budget(1000, 10);
  say('0123456789', 100);
  settle();
  expect(lines).toHaveLength(100);
  expect(new Set(lines)).toEqual(new Set(['error 0123456789']));
});

it('says at once when lines are left out, and how many when there is room again', () => {
  const { lines, say, pass, settle } = budget(100, 5);
  say('0123456789', 25);
  expect(lines.slice(9)).toEqual([
    'error 0123456789',
    'warning lines are being left out: too many faults of this kind',
  ]);
  pass(5000);
  say('x');
  expect(lines).toHaveLength(11);
  pass(5000);
  say('y');
  expect(lines.slice(11)).toEqual(['warning 16 more faults of this kind, not logged one by one', 'error y']);
  say('0123456789', 10);
  expect(lines).toHaveLength(18);
  settle();
  settle();
  expect(lines.slice(18)).toEqual(['warning 6 more faults of this kind, not logged one by one']);
});

it('leaves room for other kinds of faults than the one that floods', () => {
  const { lines, say, settle } = budget(100, 5);
  say('0123456789', 1000, 'too_deep');
  say('the event that someone hides', 1, 'too_large');
  expect(lines.slice(10)).toEqual([
    'warning lines are being left out: too many faults of this kind (too_deep)',
    'error the event that someone hides',
  ]);
  settle();
  expect(lines.slice(12)).toEqual(['warning 990 more faults of this kind (too_deep), not logged one by one']);
});

it('bounds what a flood writes', () => {
  const { lines, say, pass } = budget(10_000, 100);
  for (let second = 0; second < 1000; second++) {
    say('x'.repeat(90), 50);
    pass(1000);
  }
  const written = lines.join('').length;
  expect(written).toBeGreaterThan(100_000);
  expect(written).toBeLessThan(130_000);
});
