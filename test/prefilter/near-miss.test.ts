// Values that differ from a constant in one byte, wherever it stands, and values that the reader's table cannot tell by
// their hash: none is taken for another. And what the reader is for: most events pass unread.

import { expect, test } from 'vitest';
import { createEventGenerator } from '../../demo/endpoint/events.js';
import { ruleOf, rulesetsOf, runnerOf } from './support.js';

const event = (user: string): string =>
  `{"kind":"Event","auditID":"a","stageTimestamp":"2026-01-02T03:04:05.678901Z","user":{"username":"${user}"}}`;

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

const matchesOf = (rules: string, lines: readonly string[], way: 'plain' | 'block' | 'texts') => {
  const run = runnerOf(rulesetsOf(rules, 'all'), way);
  run(lines);
  return run(lines).outcome.alerts;
};

// Long enough for every length of what is left behind whole words.
const CONSTANTS = range(20).map(
  (i) => `system:serviceaccount:kube-system:${'abcdefghijklmnopqrst'.slice(0, i)}`,
);

test.each([
  ['=', (text: string) => text],
  ['startswith', (text: string) => `${text}-tail`],
  ['endswith', (text: string) => `head-${text}`],
  ['contains', (text: string) => `head-${text}-tail`],
  ['icontains', (text: string) => `head-${text.toUpperCase()}-tail`],
] as const)('%s: no near miss of a long constant', (operator, around) => {
  for (const constant of CONSTANTS) {
    const rules = ruleOf('R', `ka.user.name ${operator} "${constant}"`);
    const whole = around(constant);
    const from = whole.toLowerCase().indexOf(constant);
    const misses = range(constant.length).map((i) => {
      const at = from + i;
      return `${whole.slice(0, at)}#${whole.slice(at + 1)}`;
    });
    const lines = [whole, ...misses].map(event);
    for (const way of ['block', 'texts'] as const) expect(matchesOf(rules, lines, way)).toHaveLength(1);
    expect(matchesOf(rules, lines, 'plain')).toHaveLength(1);
  }
});

test('most ordinary events pass unread, and plain alerts are written where events are read', () => {
  const next = createEventGenerator({ averageSize: 1250, alerting: 0.1, seed: 11 });
  const lines = range(4000).map(() => next().message);
  const rules = ruleOf(
    'R',
    'ka.verb = delete and ka.target.resource = pods',
    '%ka.user.name %ka.target.name',
  );
  const rulesets = rulesetsOf(rules, 'first');
  for (const way of ['block', 'texts'] as const) {
    const run = runnerOf(rulesets, way);
    run(lines);
    const { outcome, passed, written } = run(lines);
    expect(outcome.events).toBe(4000);
    expect(written).toBe(outcome.alerts.length);
    expect(passed).toBe(4000);
  }
});
