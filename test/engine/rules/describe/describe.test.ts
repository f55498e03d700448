import { expect, it, describe as suite } from 'vitest';
import { describe } from '../../../../src/engine/rules/describe/describe.js';
import { EVENT_NAMES } from '../../../../src/engine/rules/describe/event-names.js';
import { unordered } from '../../../../src/engine/rules/describe/unordered.js';
import { load } from '../support.js';

const TEXT = `
- required_engine_version: 0.15.0
- required_plugin_versions:
  - {name: k8saudit, version: 0.7.0, alternatives: [{name: k8saudit-eks, version: 0.4.0}]}
- list: watched
  items: [get, list]
- list: all_watched
  items: [watched, watch]
- macro: is_watched
  condition: ka.verb in (all_watched)
- macro: unused
  condition: ka.user.name startswith sys
- rule: R
  desc: a rule
  condition: is_watched and not tolower(ka.user.name) in (root, "admin user")
  output: verb=%ka.verb user=%tolower(ka.user.name) uri=%ka.uri.param[x]
  priority: NOTICE
  source: k8s_audit
  tags: [watch, k8s]
  exceptions:
  - {name: by_user, fields: [ka.user.name, ka.target.name], comps: [=, startswith], values: [[alice, web]]}
`;

const PLUGINS = [
  { name: 'k8saudit', version: '0.18.0', source: 'k8s_audit', fields: ['ka.verb'] },
  { name: 'json', version: '0.7.4', fields: ['jevt.value'] },
  { name: 'other', version: '1.0.0', fields: ['ka.verb'], fieldSources: ['aws'] },
];

suite('describe', () => {
  const all = describe(load(TEXT), PLUGINS)!;

  it('tells of correlations beside the rules, and of none where there is none', () => {
    expect(all).not.toHaveProperty('correlations');
    const text = `${TEXT}
- correlation: Swept
  desc: several at once
  type: value_count
  rules: [R, {as: listed, condition: ka.verb = list}]
  group-by: [ka.user.name]
  timespan: 10m
  condition: {gt: 4, field: ka.target.name}
  output: "%corr.count by %ka.user.name"
  priority: ERROR
  tags: [b, a]
  source: k8s_audit
`;
    const described = {
      details: {
        condition_fields: ['ka.target.name', 'ka.user.name', 'ka.verb'],
        output_fields: ['ka.user.name'],
        sources: ['k8s_audit'],
      },
      info: {
        count: 5,
        description: 'several at once',
        enabled: true,
        group_by: ['ka.user.name'],
        name: 'Swept',
        output: '%corr.count by %ka.user.name',
        priority: 'Error',
        rules: [
          { name: 'R', rule: 'R' },
          { condition: 'ka.verb = list', name: 'listed' },
        ],
        source: 'k8s_audit',
        suppress: 600,
        tags: ['a', 'b'],
        timespan: 600,
        type: 'value_count',
      },
    };
    expect(describe(load(text), PLUGINS)?.correlations).toEqual([described]);
    expect(describe(load(text), PLUGINS, 'Swept')).toEqual({ correlations: [described], rules: [] });
  });

  it('tells of requirements, lists and macros', () => {
    expect(all.required_engine_version).toBe('0.15.0');
    expect(all.required_plugin_versions).toEqual([
      { alternatives: [{ name: 'k8saudit-eks', version: '0.4.0' }], name: 'k8saudit', version: '0.7.0' },
    ]);
    expect(all.lists).toEqual([
      {
        details: { items_compiled: ['get', 'list'], lists: [], plugins: [], used: true },
        info: { items: ['get', 'list'], name: 'watched' },
      },
      {
        details: { items_compiled: ['get', 'list', 'watch'], lists: ['watched'], plugins: [], used: true },
        info: { items: ['watch'], name: 'all_watched' },
      },
    ]);
    expect(all.macros).toMatchObject([
      {
        details: {
          condition_compiled: 'ka.verb in (get, list, watch)',
          lists: ['all_watched'],
          macros: [],
          used: true,
        },
        info: { condition: 'ka.verb in (all_watched)', name: 'is_watched' },
      },
      { details: { used: false }, info: { name: 'unused' } },
    ]);
    expect(EVENT_NAMES).toHaveLength(465);
  });

  it('tells everything of a rule', () => {
    const [rule] = describe(load(TEXT), PLUGINS, 'R')!.rules;
    expect(rule).toEqual({
      details: {
        condition_compiled:
          '((ka.verb in (get, list, watch) and not tolower(ka.user.name) in (root, "admin user")) and not (ka.user.name = alice and ka.target.name startswith web))',
        condition_fields: ['ka.target.name', 'ka.user.name', 'ka.verb'],
        condition_operators: ['startswith', '=', 'in'],
        events: ['asyncevent', 'pluginevent'],
        exception_fields: ['ka.target.name', 'ka.user.name'],
        exception_names: ['by_user'],
        exception_operators: ['startswith', '='],
        lists: [],
        macros: ['is_watched'],
        output_compiled: 'verb=%ka.verb user=%tolower(ka.user.name) uri=%ka.uri.param[x]',
        output_fields: ['ka.verb', 'ka.user.name', 'tolower(ka.user.name)', 'ka.uri.param[x]'],
        plugins: ['k8saudit'],
      },
      info: {
        capture: false,
        capture_duration: 0,
        condition: 'is_watched and not tolower(ka.user.name) in (root, "admin user")',
        description: 'a rule',
        enabled: true,
        name: 'R',
        output: 'verb=%ka.verb user=%tolower(ka.user.name) uri=%ka.uri.param[x]',
        priority: 'Notice',
        source: 'k8s_audit',
        tags: ['k8s', 'watch'],
      },
    });
  });

  it('has keys in sorted order, as Falco prints them', () => {
    const isSorted = (value: unknown): boolean => {
      if (value === null || typeof value !== 'object') return true;
      const keys = Object.keys(value);
      const sorted = Array.isArray(value) || keys.join() === [...keys].sort().join();
      return sorted && Object.values(value).every(isSorted);
    };
    expect(isSorted(all)).toBe(true);
  });

  it('shows what the configuration adds', () => {
    const outcome = load(TEXT, {
      extraOutputs: [{ format: 'more' }],
      extraFields: [
        { key: 'k', format: '%ka.stage!', raw: false },
        { key: 'ka.auditid', format: '%ka.auditid', raw: true },
      ],
    });
    expect(describe(outcome, PLUGINS, 'R')!.rules[0]!.details).toMatchObject({
      extra_output_formatted_fields: { k: '%ka.stage!' },
      output_compiled: expect.stringMatching(/ more$/),
      output_fields: [
        '%ka.stage!',
        '%ka.auditid',
        'ka.verb',
        'ka.user.name',
        'tolower(ka.user.name)',
        'ka.uri.param[x]',
      ],
    });
  });

  it('knows no rule that is not loaded', () => {
    expect(describe(load(TEXT), PLUGINS, 'Nope')).toBeUndefined();
  });
});

suite('unordered', () => {
  it('walks a set as GNU C++ does', () => {
    // Recorded from Falco.
    expect(unordered(['ka.verb', 'ka.user.name', 'ka.target.name'])).toEqual([
      'ka.target.name',
      'ka.user.name',
      'ka.verb',
    ]);
    expect(unordered(['in', '=', 'startswith'])).toEqual(['startswith', '=', 'in']);
  });

  it('keeps every element once, however many there are', () => {
    const many = Array.from({ length: 300 }, (_, index) => `element-${index}`);
    const walked = unordered([...many, ...many]);
    expect(walked).toHaveLength(300);
    expect([...walked].sort()).toEqual([...many].sort());
  });
});
