import { expect, test } from 'vitest';
import { openWorkspace } from '../../src/authoring/workspace.js';
import { toBytes } from '../../src/bytes.js';
import { eventText, openRules, RULES, withEvent } from './support.js';

test('holds the enabled rules of audit events', () => {
  expect(openRules().rules.map(({ info }) => info.name)).toEqual(['Exec']);
  expect(openRules(RULES, ['Off']).rules.map(({ info }) => info.name)).toEqual(['Exec', 'Off']);
});

test('gives every match with its message, and says the same as the explanation', () => {
  const workspace = openRules(RULES, ['Off']);
  const matches = (changes: Readonly<Record<string, unknown>>) =>
    withEvent(workspace, eventText(changes), (event) => {
      const found = workspace.matches(event);
      for (const rule of workspace.rules)
        expect(workspace.explain(rule, event).verdict).toBe(found.some((match) => match.rule === rule));
      return found.map(({ output }) => output);
    });
  expect(matches({})).toEqual([toBytes('exec by Žofie'), 'off']);
  expect(matches({ user: { username: 'system:node:a' } })).toEqual(['off']);
  expect(matches({ verb: 'create', objectRef: {} })).toEqual([]);
});

test('reads every event of a list, and reports what is none', () => {
  const workspace = openRules();
  const reports: string[] = [];
  let events = 0;
  const read = (text: string): void =>
    workspace.readEvents(
      toBytes(text),
      () => events++,
      (message) => reports.push(message),
    );
  read(`{"kind":"EventList","items":[${eventText()},${eventText()}]}`);
  expect([events, reports]).toEqual([2, []]);
  read('{"kind":"Pod"}');
  read('{');
  expect(events).toBe(2);
  expect(reports).toHaveLength(2);
});

test('without rules that load there is none, only the results', () => {
  const { workspace, results } = openWorkspace([
    { name: 'bad.yaml', content: RULES.replaceAll('ka.verb', 'ka.vreb') },
  ]);
  expect(workspace).toBeUndefined();
  expect(results[0]?.errors[0]).toMatchObject({ suggestion: 'ka.verb' });
});

test('an event can be read while another is', () => {
  const workspace = openRules();
  const seen = withEvent(workspace, eventText(), (outer) => {
    const inner = withEvent(
      workspace,
      eventText({ user: { username: 'system:x' } }),
      (event) => workspace.matches(event).length,
    );
    return [inner, workspace.matches(outer).length];
  });
  expect(seen).toEqual([0, 1]);
});
