import { expect, test } from 'vitest';
import { explanationData, explanationText } from '../../src/authoring/explain-text.js';
import { fromBytes } from '../../src/bytes.js';
import { eventText, openRules, withEvent } from './support.js';

const workspace = openRules();
const explain = (changes: Readonly<Record<string, unknown>>) =>
  withEvent(workspace, eventText(changes), (event) => workspace.explain(workspace.rules[0]!, event));

test('the tree marks what holds, shows what was read and points at what decided', () => {
  const objectRef = { resource: 'pods', subresource: 'exec' };
  expect(fromBytes(explanationText(explain({ objectRef }))).split('\n')).toEqual([
    '✗ and',
    '├─ ✓ not',
    '│  └─ ✗ ka.user.name startswith system:   ka.user.name is "Žofie" ◀',
    '├─ ✓ ka.target.subresource = exec   ka.target.subresource is "exec"',
    '└─ ✗ ka.target.namespace in (kube-system, kube-public)   ka.target.namespace has no value ◀',
  ]);
});

test('a long value is cut', () => {
  const text = explanationText(explain({ user: { username: 'u'.repeat(500) } }));
  expect(text).toContain(`"${'u'.repeat(119)}...`);
  expect(text).not.toContain('u'.repeat(121));
});

test('a style wraps marks and values', () => {
  const tag = (name: string) => (text: string) => `<${name}>${text}</${name}>`;
  const style = { yes: tag('y'), no: tag('n'), dim: tag('d') };
  const lines = fromBytes(explanationText(explain({ verb: 'create' }), style)).split('\n');
  expect(lines[0]).toBe('<y>✓</y> and');
  expect(lines[2]).toBe(
    '│  └─ <n>✗</n> ka.user.name startswith system:<d>   ka.user.name is "Žofie"</d> <d>◀</d>',
  );
});

test('the data has the same parts, with values as they were read', () => {
  expect(explanationData(explain({ objectRef: { subresource: 'exec', namespace: 'shop' } }))).toMatchObject({
    operator: 'and',
    verdict: false,
    decidedBy: 2,
    operands: [
      { operator: 'not', verdict: true, decidedBy: 0 },
      { check: 'ka.target.subresource = exec', verdict: true, left: 'exec', right: null },
      {
        verdict: false,
        left: 'shop',
        constants: [
          { text: 'kube-system', fits: false },
          { text: 'kube-public', fits: false },
        ],
      },
    ],
  });
  expect(explanationData(explain({}))).toMatchObject({ verdict: true, decidedBy: null });
});

test('of a long list the beginning is shown', () => {
  const long = openRules(
    `- rule: R\n  desc: d\n  condition: ka.verb in (a, b, c, d, e, f, get)\n  output: o\n  priority: INFO\n  source: k8s_audit\n`,
  );
  const explanation = withEvent(long, eventText(), (event) => long.explain(long.rules[0]!, event));
  expect(fromBytes(explanationText(explanation))).toBe(
    '✓ ka.verb in (a, b, c, ... 7 in all)   ka.verb is "get"',
  );
});
