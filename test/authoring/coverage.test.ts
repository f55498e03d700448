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
