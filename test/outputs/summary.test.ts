import { expect, test } from 'vitest';
import { createRuleCounts, renderSummary } from '../../src/outputs/summary.js';

const rule = (name: string, priority: number) => ({ name, source: 'k8s_audit', priority, tags: [] });

test('nothing matched: three headers', () => {
  expect(renderSummary(createRuleCounts([rule('a', 1)]))).toBe(
    'Events detected: 0\nRule counts by severity:\nTriggered rules by rule name:\n',
  );
});

test('severities by urgency, rules in load order, only those that matched', () => {
  const [zeta, alpha, beta, idle] = [rule('Zeta', 6), rule('Alpha', 0), rule('Beta', 7), rule('Idle', 3)];
  const counts = createRuleCounts([zeta, idle, alpha, beta]);
  for (const one of [beta, alpha, zeta]) counts.add(one);
  counts.add(alpha);
  expect(renderSummary(counts)).toBe(
    [
      'Events detected: 4',
      'Rule counts by severity:',
      '   EMERGENCY: 2',
      '   INFO: 1',
      '   DEBUG: 1',
      'Triggered rules by rule name:',
      '   Zeta: 1',
      '   Alpha: 2',
      '   Beta: 1',
      '',
    ].join('\n'),
  );
});
