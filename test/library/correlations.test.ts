import { describe, expect, it } from 'vitest';
import { loadRules, type Ruleset, type RulesOptions } from '../../src/library/rules.js';

const RULES = `
- rule: Secret Read
  desc: d
  condition: ka.verb = get and ka.target.resource = secrets
  output: "%ka.user.name reads %ka.target.name"
  priority: NOTICE
  source: k8s_audit
  suppress: {by: [ka.user.name], for: 10m}
- rule: Counted
  desc: d
  condition: ka.verb = delete
  output: never shown
  priority: NOTICE
  source: k8s_audit
  alert: false
- correlation: Secrets swept
  desc: d
  type: value_count
  rules: [Secret Read]
  group-by: [ka.user.name]
  timespan: 10m
  condition: {gte: 3, field: ka.target.name}
  output: "%ka.user.name read %corr.distinct secrets"
  priority: CRITICAL
  tags: [t]
  source: k8s_audit
`;

const event = (second: number, name: string, verb = 'get') => ({
  kind: 'Event',
  auditID: `id-${second}`,
  stageTimestamp: `2024-05-01T12:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}.000000Z`,
  verb,
  user: { username: 'jané' },
  objectRef: { resource: 'secrets', name },
});

function load(options: RulesOptions = {}): Ruleset {
  const { ruleset, report } = loadRules(RULES, { hostname: 'h', ...options });
  if (ruleset === undefined) throw new Error(report);
  return ruleset;
}

describe('correlations in a program', () => {
  it('are named apart from the rules, and rules that only count are none', () => {
    const { rules, correlations } = load();
    expect(rules.map(({ name }) => name)).toEqual(['Secret Read']);
    expect(correlations).toEqual([{ name: 'Secrets swept', priority: 'Critical', tags: ['t'] }]);
    const select = [{ enable: false, tag: 't' }];
    expect(load({ select }).correlations).toEqual([]);
  });

  it('give their alert when time has passed the lateness, with what they count', () => {
    const ruleset = load();
    const first = ruleset.evaluate([event(0, 'a'), event(1, 'b'), event(2, 'c')]);
    expect(first.alerts.map(({ message }) => message)).toEqual(['jané reads a']);
    expect(ruleset.evaluate(event(100, 'x', 'list')).alerts).toEqual([]);
    const { alerts } = ruleset.evaluate(event(130, 'x', 'list'));
    expect(alerts).toEqual([
      {
        rule: 'Secrets swept',
        priority: 'Critical',
        source: 'k8s_audit',
        tags: ['t'],
        time: '2024-05-01T12:00:02.000000000Z',
        message: 'jané read 3 secrets',
        fields: { 'ka.user.name': 'jané', 'corr.distinct': 3 },
        line: expect.stringMatching(/^\d\d:\d\d:02\.000000000: Critical jané read 3 secrets$/),
        correlation: {
          count: 3,
          distinct: 3,
          atLeast: false,
          first: '2024-05-01T12:00:00.000000000Z',
          last: '2024-05-01T12:00:02.000000000Z',
          events: ['id-0', 'id-1', 'id-2'],
          group: ['jané'],
          suppressed: 0,
        },
      },
    ]);
  });

  it('decide what waits when no more events come, late ones in their place', () => {
    const ruleset = load();
    for (const second of [2, 0, 1]) ruleset.evaluate(event(second, `n${second}`));
    const alerts = ruleset.finish();
    expect(alerts.map(({ rule, correlation }) => [rule, correlation?.count])).toEqual([
      ['Secrets swept', 3],
      ['Secret Read', 2],
    ]);
    expect(alerts[1]?.message).toMatch(/reads n\d \[2 more since 2024-05-01T12:00:02Z\]$/);
    expect(ruleset.finish()).toEqual([]);
  });

  it('give alerts at once where nothing comes late', () => {
    const ruleset = load({ correlate: { lateness: 0 } });
    const { alerts } = ruleset.evaluate([event(0, 'a'), event(1, 'b'), event(2, 'c')]);
    expect(alerts.map(({ rule }) => rule)).toEqual(['Secret Read', 'Secrets swept']);
  });

  it('do not run where a program wants no state: each alert is shown', () => {
    const ruleset = load({ correlate: false });
    const { alerts } = ruleset.evaluate([event(0, 'a'), event(1, 'b'), event(2, 'c')]);
    expect(alerts.map(({ message }) => message)).toEqual(['jané reads a', 'jané reads b', 'jané reads c']);
    expect(ruleset.finish()).toEqual([]);
  });
});
