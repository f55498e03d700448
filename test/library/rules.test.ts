import { describe, expect, it } from 'vitest';
import { loadRules, type Ruleset, type RulesOptions } from '../../src/library/rules.js';

const RULES = `
- macro: writes
  condition: ka.verb in (create, delete)
- rule: Write
  desc: d
  condition: writes
  output: "%ka.user.name %ka.verb %ka.target.name (%evt.num, %evt.rawtime, %ka.user.groups)"
  priority: WARNING
  tags: [k8s, a]
  source: k8s_audit
- rule: Any
  desc: d
  condition: ka.verb exists
  output: "%ka.verb on %ka.cluster.name at %evt.hostname, static %static.team"
  priority: DEBUG
  source: k8s_audit
- rule: Off
  desc: d
  condition: ka.verb exists
  output: off
  priority: INFO
  enabled: false
  tags: [off]
  source: k8s_audit
- rule: Kernel
  desc: d
  condition: proc.name = sh
  output: "%proc.name"
  priority: INFO
`;

const event = (verb: string, more: object = {}) => ({
  kind: 'Event',
  auditID: 'x',
  stageTimestamp: '2024-05-01T12:00:00.123456789Z',
  verb,
  user: { username: 'ÄlîÇe 🦊', groups: ['g', 'h'] },
  ...more,
});

function load(options: RulesOptions = {}): Ruleset {
  const { ruleset, report } = loadRules(RULES, {
    staticFields: { team: 'blau' },
    hostname: 'höst',
    ...options,
  });
  if (ruleset === undefined) throw new Error(report);
  return ruleset;
}

const names = (ruleset: Ruleset, verb: string): string[] =>
  ruleset.evaluate(event(verb)).alerts.map(({ rule }) => rule);

describe('loadRules', () => {
  it('takes one text or several files, and later ones change earlier ones', () => {
    const { ruleset } = loadRules([
      { name: 'a.yaml', content: RULES.replace('%static.team', '') },
      { name: 'b.yaml', content: '- macro: writes\n  condition: ka.verb = get\n' },
    ]);
    expect(names(ruleset!, 'get')).toEqual(['Write']);
    expect(names(ruleset!, 'create')).toEqual(['Any']);
  });

  it('says what is wrong, and where', () => {
    const { ruleset, diagnostics, report } = loadRules([
      { name: 'ä.yaml', content: RULES.replace('writes\n  output', 'wites\n  output') },
    ]);
    expect(ruleset).toBeUndefined();
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([
      {
        severity: 'error',
        code: 'LOAD_ERR_VALIDATE',
        message: expect.stringContaining('wites'),
        file: 'ä.yaml',
        line: 6,
        column: 14,
        suggestion: 'writes',
      },
    ]);
    expect(report).toContain('ä.yaml: Invalid');
  });

  it('gives warnings beside a ruleset', () => {
    const { ruleset, diagnostics } = loadRules(
      `${RULES.replace('%static.team', '')}\n- list: unused\n  items: []\n`,
    );
    expect(ruleset).toBeDefined();
    expect(diagnostics.map(({ code, severity }) => [severity, code])).toContainEqual([
      'warning',
      'LOAD_UNUSED_LIST',
    ]);
  });

  it('never throws for what files hold', () => {
    for (const content of ['', '%', '- [', '- rule: 5', '\ud800', '- rule: x\n  condition: (((']) {
      expect(loadRules(content).report.length).toBeGreaterThan(0);
    }
  });

  it('lists the rules that run', () => {
    expect(load().rules).toEqual([
      { name: 'Write', priority: 'Warning', tags: ['a', 'k8s'] },
      { name: 'Any', priority: 'Debug', tags: [] },
    ]);
    const select = [
      { enable: true, tag: 'off' },
      { enable: false, rule: 'Wr*' },
    ];
    expect(load({ select }).rules.map(({ name }) => name)).toEqual(['Any', 'Off']);
    expect(load({ minimumPriority: 'Warning' }).rules.map(({ name }) => name)).toEqual(['Write']);
  });
});

describe('evaluate', () => {
  it('gives alerts as text and values', () => {
    expect(load().evaluate(event('create'))).toEqual({
      alerts: [
        {
          rule: 'Write',
          priority: 'Warning',
          source: 'k8s_audit',
          tags: ['a', 'k8s'],
          time: '2024-05-01T12:00:00.123456789Z',
          message: 'ÄlîÇe 🦊 create <NA> (1, 1714564800123456789, (g,h))',
          fields: {
            'ka.user.name': 'ÄlîÇe 🦊',
            'ka.verb': 'create',
            'ka.target.name': null,
            'evt.num': 1,
            'evt.rawtime': 1714564800123456789n,
            'ka.user.groups': ['g', 'h'],
          },
          line: '12:00:00.123456789: Warning ÄlîÇe 🦊 create <NA> (1, 1714564800123456789, (g,h))',
        },
      ],
      faults: [],
    });
  });

  it('stops at the first rule, or takes all', () => {
    expect(names(load(), 'create')).toEqual(['Write']);
    expect(names(load({ matching: 'all' }), 'create')).toEqual(['Write', 'Any']);
    expect(names(load(), 'get')).toEqual(['Any']);
  });

  it('takes text, bytes, objects, lists and arrays, and numbers events on', () => {
    const ruleset = load({ matching: 'all' });
    const text = JSON.stringify(event('delete'));
    for (const events of [text, Buffer.from(text), new TextEncoder().encode(text), event('delete')]) {
      expect(ruleset.evaluate(events).alerts).toHaveLength(2);
    }
    const list = { kind: 'EventList', items: [event('create'), event('get')] };
    expect(ruleset.evaluate([list, event('get')]).alerts.map(({ rule }) => rule)).toEqual([
      'Write',
      'Any',
      'Any',
      'Any',
    ]);
    expect(ruleset.evaluate(event('create')).alerts[0]?.fields['evt.num']).toBe(8);
  });

  it('says what it could not read, evaluates the rest, and never throws', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    const ruleset = load();
    expect(ruleset.evaluate([{}, event('get')])).toMatchObject({
      alerts: [{ rule: 'Any' }],
      faults: ['data not recognized as a k8s audit event'],
    });
    expect(ruleset.evaluate('{').faults).toEqual([expect.stringContaining('cannot parse JSON')]);
    expect(ruleset.evaluate(cycle).faults).toEqual([expect.stringContaining('circular')]);
    expect(ruleset.evaluate({ big: 1n }).faults).toHaveLength(1);
    expect(ruleset.evaluate(() => 1).faults).toHaveLength(1);
    let deep: object = {};
    for (let level = 0; level < 100_000; level++) deep = { deep };
    expect(ruleset.evaluate(deep).faults).toEqual([expect.stringMatching(/cannot be written as JSON/)]);
    expect(ruleset.evaluate(event('get')).faults).toEqual([]);
  });

  it('says that an event without auditID has no ka.* field, and evaluates it', () => {
    const { auditID: _, ...none } = event('get');
    const { ruleset } = loadRules(
      '- {rule: R, desc: d, condition: "jevt.value[/verb] = get", output: "%ka.verb", priority: INFO, source: k8s_audit}',
    );
    expect(ruleset?.evaluate([none, event('get')])).toMatchObject({
      alerts: [{ message: '<NA>' }, { message: 'get' }],
      faults: ['the event has no key auditID, so that no ka.* field has a value'],
    });
    const [explained] = load().explain('Any', none);
    expect(explained).toMatchObject({ matches: false });
    expect(explained?.text).toMatch(/^the event has no key auditID, .*\n✗ /);
  });

  it('knows the cluster and the host, and gives lines of JSON', () => {
    const ruleset = load({ clusterName: 'prod', format: 'json' });
    const [alert] = ruleset.evaluate(event('get')).alerts;
    expect(alert?.message).toBe('get on prod at höst, static blau');
    expect(JSON.parse(alert!.line)).toMatchObject({ hostname: 'höst', rule: 'Any', priority: 'Debug' });
  });
});

describe('explain', () => {
  it('tells for each event which check decided', () => {
    const explanations = load().explain('Write', [event('get'), event('create')]);
    expect(explanations.map(({ matches }) => matches)).toEqual([false, true]);
    expect(explanations[0]?.text).toContain('ka.verb is "get"');
  });

  it('knows only rules that run', () => {
    expect(() => load().explain('Off', event('get'))).toThrow(RangeError);
  });
});
