import { describe, expect, test } from 'vitest';
import { toBytes } from '../../../src/bytes.js';
import { loadRules } from '../../../src/engine/rules/load.js';
import { compileRule, createRuleset, type Ruleset } from '../../../src/engine/rules/ruleset.js';
import { createFieldTable } from '../../../src/plugins/field-table.js';
import { auditEvent } from './audit-events.js';

const RULES = `
- macro: by_admin
  condition: ka.user.name = admin
- rule: created
  desc: d
  condition: ka.verb = create and by_admin
  output: created by %ka.user.name
  priority: NOTICE
  source: k8s_audit
- rule: deleted
  desc: d
  condition: ka.verb = delete
  output: deleted
  priority: ERROR
  source: k8s_audit
- rule: anything
  desc: d
  condition: ka.verb exists
  output: any %ka.verb
  priority: DEBUG
  source: k8s_audit
`;

const json = { enabled: false, output: true, tags: true, message: false, outputFields: true };

function ruleset(matching: 'first' | 'all', text = RULES): Ruleset {
  const table = createFieldTable('k8s_audit');
  const outcome = loadRules([{ name: 'rules.yaml', content: toBytes(text) }], { tables: () => table });
  expect(outcome.results.flatMap(({ errors }) => errors)).toEqual([]);
  const rules = outcome.rules.map((rule) => compileRule(rule, { json, isoTime: true, hostname: 'vm' }));
  return createRuleset(rules, { matching });
}

const lines = (set: Ruleset, properties?: object): readonly string[] =>
  set.evaluate(auditEvent(properties)).map(({ line }) => line.replace(/^\S+ /, ''));

describe('evaluate', () => {
  test('gives the first rule that matches, in their order', () => {
    const set = ruleset('first');
    expect(lines(set)).toEqual(['Notice created by admin']);
    expect(lines(set, { verb: 'delete' })).toEqual(['Error deleted']);
    expect(lines(set, { verb: 'get' })).toEqual(['Debug any get']);
  });

  test('or all of them', () => {
    const set = ruleset('all');
    expect(lines(set)).toEqual(['Notice created by admin', 'Debug any create']);
    expect(lines(set, { verb: 'delete' })).toEqual(['Error deleted', 'Debug any delete']);
  });

  test('names the rule of an alert', () => {
    const [alert] = ruleset('first').evaluate(auditEvent());
    expect(alert!.rule).toEqual({ name: 'created', source: 'k8s_audit', priority: 5, tags: [] });
  });

  test('makes nothing where nothing matches', () => {
    const set = ruleset('all');
    const none = set.evaluate(auditEvent({ verb: undefined }));
    expect(none).toEqual([]);
    expect(set.evaluate(auditEvent({ verb: undefined }))).toBe(none);
    expect(createRuleset([], { matching: 'all' }).evaluate(auditEvent())).toBe(none);
  });

  test('keeps nothing of one event for the next', () => {
    const set = ruleset('all');
    const seen = ['create', 'get', 'create', 'delete', 'get'].map((verb) => lines(set, { verb }).length);
    expect(seen).toEqual([2, 1, 2, 2, 1]);
  });
});

test('a rule keeps its condition without macros', () => {
  expect(ruleset('first').rules[0]!.condition).toMatchObject({
    kind: 'and',
    operands: [{}, { kind: 'binary' }],
  });
});
