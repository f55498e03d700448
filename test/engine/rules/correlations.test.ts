import { describe, expect, test } from 'vitest';
import { createMachine } from '../../../src/engine/correlation/machine.js';
import { createCorrelationSet } from '../../../src/engine/rules/correlation-set.js';
import { compileRule, createRuleset } from '../../../src/engine/rules/ruleset.js';
import { auditEvent } from './audit-events.js';
import { diagnostics, load } from './support.js';

const READ = `
- rule: Secret Read
  desc: d
  condition: ka.verb = get and ka.target.resource = secrets
  output: "read by %ka.user.name"
  priority: INFO
  source: k8s_audit
`;
const SWEEP = `
- correlation: Sweep
  desc: d
  type: value_count
  rules:
    - Secret Read
    - {as: listed, condition: ka.verb = list and ka.target.resource = secrets}
  group-by: [ka.user.name]
  timespan: 10m
  condition: {gte: 2, field: ka.target.namespace}
  output: "%corr.count of %corr.distinct by %ka.user.name (%corr.events) %corr.group since %corr.first"
  priority: CRITICAL
  tags: [b, a]
`;
const LIMITS = { groups: 100, events: 1000, eventsPerGroup: 100, waiting: 1000 };

const json = { enabled: false, output: true, tags: true, message: false, outputFields: true };

/** Alerts of events, each a minute after the one before; those of correlations behind all. */
function alerts(text: string, events: readonly object[], asJson = false): readonly string[] {
  const outcome = load(text);
  expect(diagnostics(outcome)).toEqual([]);
  const options = { json: { ...json, enabled: asJson }, isoTime: true, hostname: 'vm' };
  const { rules, correlations } = outcome;
  const counting = new Set(rules.map(({ info }) => info.name));
  const set = createCorrelationSet({ correlations, rules, counting, alerts: options });
  const machine = createMachine({ plans: set.plans, limits: LIMITS, seed: 1 });
  const lines: string[] = [];
  const ruleset = createRuleset(
    rules
      .filter(({ compiled }) => compiled.definition.alert)
      .map((rule) => compileRule(rule, options, set.throttle(rule))),
    { matching: 'first', trackers: set.trackers('k8s_audit'), onMatch: (match) => machine.add(match) },
  );
  for (const [i, event] of events.entries()) {
    const stageTimestamp = `2024-02-03T04:${String(i).padStart(2, '0')}:06.007008Z`;
    for (const alert of ruleset.evaluate(auditEvent({ stageTimestamp, auditID: `id-${i}`, ...event })))
      if (alert.throttle === undefined || machine.throttle(alert.throttle).shown) lines.push(alert.line);
  }
  for (const firing of machine.finish().filter(set.isAlert)) lines.push(set.alertOf(firing).line);
  return lines;
}

const read = (namespace: string, verb = 'get', username = 'eve') => ({
  verb,
  user: { username },
  objectRef: { resource: 'secrets', namespace },
});

describe('a correlation', () => {
  test('counts what rules and conditions of its own find', () => {
    const lines = alerts(READ + SWEEP, [read('a'), read('a'), read('b', 'list'), read('c', 'get', 'bob')]);
    expect(lines).toHaveLength(4);
    expect(lines.at(-1)).toBe(
      '2024-02-03T04:02:06.007008000+0000: Critical 3 of 2 by eve (id-0 id-1 id-2) eve since 2024-02-03T04:00:06Z',
    );
  });

  test('says the same in JSON', () => {
    const line = alerts(READ + SWEEP, [read('a'), read('b')], true).at(-1)!;
    expect(JSON.parse(line)).toEqual({
      correlation: {
        count: 2,
        distinct: 2,
        first: '2024-02-03T04:00:06.007008000Z',
        last: '2024-02-03T04:01:06.007008000Z',
        events: ['id-0', 'id-1'],
        suppressed: 0,
      },
      hostname: 'vm',
      output: expect.stringContaining('2 of 2 by eve'),
      output_fields: {
        'corr.count': 2,
        'corr.distinct': 2,
        'corr.events': ['id-0', 'id-1'],
        'corr.first': '2024-02-03T04:00:06.007008000Z',
        'corr.group': ['eve'],
        'evt.time.iso8601': 1706932866007008000,
        'ka.user.name': 'eve',
      },
      priority: 'Critical',
      rule: 'Sweep',
      source: 'k8s_audit',
      tags: ['a', 'b'],
      time: '2024-02-03T04:01:06.007008000Z',
    });
  });

  test('counts rules that give no alerts', () => {
    const lines = alerts(`${READ}  alert: false\n${SWEEP}`, [read('a'), read('b')]);
    expect(lines).toHaveLength(1);
  });

  test('counts correlations that give no alerts', () => {
    const sweep = `${SWEEP}  suppress: 0\n  alert: false\n`;
    const twice = `
- correlation: Twice
  desc: d
  type: event_count
  rules: [Sweep]
  group-by: [ka.user.name]
  timespan: 10m
  condition: {gte: 2}
  output: "%corr.count sweeps by %ka.user.name"
  priority: CRITICAL
`;
    const silent = `${READ}  alert: false\n${sweep}`;
    expect(alerts(silent, [read('a'), read('b'), read('c')])).toEqual([]);
    expect(alerts(silent + twice, [read('a'), read('b')])).toEqual([]);
    expect(alerts(silent + twice, [read('a'), read('b'), read('c')])).toEqual([
      '2024-02-03T04:02:06.007008000+0000: Critical 2 sweeps by eve',
    ]);
    const again = '- correlation: Sweep\n  alert: true\n  override: {alert: replace}\n';
    expect(alerts(silent + again, [read('a'), read('b'), read('c')])).toHaveLength(2);
  });

  test('counts rules that another one is in front of', () => {
    const first = READ.replace('Secret Read', 'Anything').replace(
      /condition: .*/,
      'condition: ka.verb exists',
    );
    expect(alerts(first + READ + SWEEP, [read('a'), read('b')])).toHaveLength(3);
  });

  test('takes exceptions, and changes of later items', () => {
    const changed = `
- correlation: Sweep
  exceptions:
    - {name: known, fields: [ka.user.name], comps: [=], values: [[eve]]}
  output: "[%ka.verb]"
  override: {exceptions: append, output: append}
`;
    expect(alerts(READ + SWEEP + changed, [read('a'), read('b')])).toHaveLength(2);
    const lines = alerts(READ + SWEEP + changed, [read('a', 'get', 'bob'), read('b', 'get', 'bob')]);
    expect(lines.at(-1)).toMatch(/ \[get\]$/);
  });

  test('is a step of another', () => {
    const above = `
- correlation: Sweepers
  desc: d
  type: value_count
  rules: [Sweep]
  group-by: []
  timespan: 1h
  condition: {gte: 2, field: ka.user.name}
  output: "sweepers %corr.distinct, last %ka.user.name"
  priority: ALERT
`;
    const events = ['eve', 'bob'].flatMap((name) => [read('a', 'get', name), read('b', 'get', name)]);
    expect(alerts(READ + SWEEP + above, events).at(-1)).toMatch(/Alert sweepers 2, last bob$/);
  });

  test('groups steps by different fields', () => {
    const ordered = `
- correlation: Made and used
  desc: d
  type: temporal_ordered
  rules:
    - {as: made, condition: ka.verb = create}
    - {as: used, condition: ka.verb = get}
  group-by: [who]
  aliases: {who: {made: ka.target.name, used: ka.user.name}}
  timespan: 1h
  output: "used by %ka.user.name"
  priority: ERROR
`;
    const made = { verb: 'create', objectRef: { resource: 'serviceaccounts', name: 'eve' } };
    expect(alerts(ordered, [made, read('a', 'get', 'bob'), read('a')])).toEqual([
      '2024-02-03T04:02:06.007008000+0000: Error used by eve',
    ]);
    expect(alerts(ordered, [read('a'), made])).toEqual([]);
  });
});

describe('a rule with suppress', () => {
  test('shows the first alert, and how many more there were', () => {
    const lines = alerts(`${READ}  suppress: {by: [ka.user.name], for: 10m}\n`, [
      read('a'),
      read('b'),
      read('c'),
      read('a', 'get', 'bob'),
    ]);
    expect(lines.map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'Informational read by eve',
      'Informational read by bob',
      'Informational read by eve [2 more since 2024-02-03T04:00:06Z]',
    ]);
  });
});

describe('a faulty correlation', () => {
  const fault = (from: string, to: string): string =>
    diagnostics(load(READ + SWEEP.replace(from, to)))[0]!.message;

  test.each([
    [
      '- Secret Read',
      '- Secret Raed',
      "'Secret Raed' is no rule, and no correlation that stands before 'Sweep'",
    ],
    ['gte: 2', 'gte: many', "'many' is no number up to 1000000"],
    ['{gte: 2, field: ka.target.namespace}', '{gte: 2}', 'value_count takes condition.field'],
    ['{gte: 2, field: ka.target.namespace}', '{lt: 2}', 'lt is for type: absence; here gte, gt or eq'],
    ['10m', 'soon', "'soon' is not a duration"],
    ['value_count', 'count', "'count' is no type of correlation"],
    ['[ka.user.name]', '[ka.user.nam]', "'ka.user.nam' is no field of source k8s_audit"],
    ['%corr.count', '%corr.cuont', 'there is no %corr.cuont'],
    ['as: listed', 'as: Secret Read', "two steps are named 'Secret Read': name one of them with as"],
  ])('%s → %s: %s', (from, to, message) => {
    expect(fault(from, to)).toBe(message);
  });

  test('says what was probably meant', () => {
    const [found] = diagnostics(load(READ + SWEEP.replace('- Secret Read', '- Secret Raed')));
    expect(found).toMatchObject({ suggestion: 'Secret Read' });
  });
});
