import { expect, test } from 'vitest';
import { createCoverage } from '../../src/authoring/coverage.js';
import { eventText, openRules, RULES, withEvent } from './support.js';

const workspace = openRules(RULES, ['Off']);
const [exec, off] = workspace.rules;

function cover(...events: readonly string[]) {
  const coverage = createCoverage(workspace.rules.map(({ info }) => info.name));
  for (const text of events)
    withEvent(workspace, text, (event) => {
      for (const rule of workspace.rules) coverage.add(rule.info.name, workspace.explain(rule, event));
    });
  return coverage.report();
}

test('without events no rule matched', () => {
  expect(cover()).toEqual({ rules: 2, neverMatched: [exec!.info.name, off!.info.name], checks: 0, gaps: [] });
});

test('an event leaves every check with one side unseen', () => {
  expect(cover(eventText({ verb: 'create' }))).toEqual({
    rules: 2,
    neverMatched: ['Off'],
    checks: 4,
    gaps: [
      { rule: 'Exec', check: 'ka.user.name startswith system:', never: true },
      { rule: 'Exec', check: 'ka.target.subresource = exec', never: false },
      { rule: 'Exec', check: 'ka.target.namespace in (kube-system, kube-public)', never: false },
      { rule: 'Off', check: 'ka.verb = get', never: true },
    ],
  });
});

test('both sides of every check leave no gap', () => {
  const other = { verb: 'create', user: { username: 'system:node:a' }, objectRef: {} };
  expect(cover(eventText(), eventText(other))).toEqual({ rules: 2, neverMatched: [], checks: 4, gaps: [] });
});

test('a rule that nobody announced is not counted', () => {
  const coverage = createCoverage(['Exec']);
  withEvent(workspace, eventText(), (event) => coverage.add('Off', workspace.explain(off!, event)));
  expect(coverage.report()).toEqual({ rules: 1, neverMatched: ['Exec'], checks: 0, gaps: [] });
});

test('a group that never held is a gap, although each of its checks held', () => {
  const grouped = openRules(`
- rule: Groups
  desc: d
  condition: (ka.verb = get and ka.user.name = a) or ka.target.name = x
  output: o
  priority: INFO
  source: k8s_audit
`);
  const coverage = createCoverage(['Groups']);
  const see = (verb: string, username: string, name: string): void =>
    withEvent(grouped, eventText({ verb, user: { username }, objectRef: { name } }), (event) =>
      coverage.add('Groups', grouped.explain(grouped.rules[0]!, event)),
    );
  see('get', 'b', 'x');
  expect(coverage.report().gaps.map(({ check, never }) => [never, check])).toEqual([
    [false, 'ka.verb = get'],
    [true, 'ka.user.name = a'],
    [false, 'ka.target.name = x'],
  ]);
  see('create', 'a', 'y');
  expect(coverage.report().gaps).toEqual([
    { rule: 'Groups', check: '(ka.verb = get and ka.user.name = a)', never: true },
  ]);
  expect(coverage.report().checks).toBe(4);
  see('get', 'a', 'y');
  expect(coverage.report().gaps).toEqual([]);
});
