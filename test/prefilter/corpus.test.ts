// The recorded conditions and events, and our own rules on them: with and without the prefilter the same alerts.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createEventGenerator } from '../../demo/endpoint/events.js';
import { fromBytes } from '../../src/bytes.js';
import { PREFILTERED, type Rulesets, ruleOf, rulesetsOf, runnerOf } from './support.js';

const file = (path: string): string => readFileSync(new URL(path, import.meta.url), 'latin1');
const events = file('../conformance/events/filters.jsonl').split('\n').filter(Boolean);
const conditions = file('../conformance/conditions.jsonl')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(fromBytes(line)) as { readonly condition: string; readonly errors?: unknown })
  .filter(({ errors }) => errors === undefined)
  .map(({ condition }) => condition);
const ours =
  fromBytes(file('../../rules/k8s_audit_rules.yaml')) + fromBytes(file('../../rules/eks_audit_rules.yaml'));

function expectSame(rulesets: Rulesets, lines: readonly string[], times = 2): void {
  const plain = runnerOf(rulesets, 'plain');
  const runners = PREFILTERED.map((way) => [way, runnerOf(rulesets, way)] as const);
  // The second time, the readers know what there is to know.
  for (let time = 0; time < times; time++) {
    const { outcome: expected } = plain(lines);
    for (const [way, run] of runners) {
      const { outcome, passed } = run(lines);
      expect({ way, ...outcome }).toEqual({ way, ...expected });
      if (way === 'walked') expect(passed).toBe(0);
    }
  }
}

test('the corpus is there', () => {
  expect(conditions.length).toBeGreaterThan(1700);
  expect(events).toHaveLength(140);
});

describe.each(['first', 'all'] as const)('rule_matching %s', (matching) => {
  test('all recorded conditions together', () => {
    const rules = conditions.map((condition, i) => ruleOf(`R${i}`, condition)).join('');
    expectSame(rulesetsOf(rules, matching), events);
  });
  test('our rules', () => {
    expectSame(rulesetsOf(ours, matching), events);
    const next = createEventGenerator({ averageSize: 1250, alerting: 0.3, seed: 3 });
    expectSame(
      rulesetsOf(ours, matching),
      Array.from({ length: 2000 }, () => Buffer.from(next().message).toString('latin1')),
    );
  });
});

test('few recorded conditions at a time, so that many events match none', () => {
  for (let at = 0; at < conditions.length; at += 8) {
    const rules = conditions.slice(at, at + 8).map((condition, i) => ruleOf(`R${i}`, condition));
    expectSame(rulesetsOf(rules.join('')), events, 1);
  }
});
