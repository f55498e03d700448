import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksOf } from '../../src/authoring/explain-text.js';
import { missesOf } from '../../src/authoring/nearness.js';
import type { Explanation } from '../../src/engine/condition/explain/explain.js';
import { printExpr } from '../../src/engine/condition/syntax/printer.js';
import { eventText, openRules, withEvent } from './support.js';

const rule = (condition: string) => {
  const workspace = openRules(
    `- rule: R\n  desc: d\n  condition: ${JSON.stringify(condition)}\n  output: o\n  priority: INFO\n  source: k8s_audit\n`,
  );
  return { workspace, rule: workspace.rules[0]! };
};

test.each([
  ['ka.verb = get', 3, []],
  ['ka.verb = list', 3, ['ka.verb = list']],
  ['ka.verb = list and ka.stage = x', 3, ['ka.verb = list', 'ka.stage = x']],
  ['ka.verb = list and ka.stage = x', 1, undefined],
  ['(ka.verb = list and ka.stage = x) or ka.uri = y', 3, ['ka.uri = y']],
  ['not (ka.verb = get or ka.uri exists)', 3, ['ka.verb = get', 'ka.uri exists']],
  ['not (ka.verb = get and ka.uri exists)', 3, ['ka.verb = get']],
])('%s, at most %i', (condition, most, expected) => {
  const { workspace, rule: loaded } = rule(condition);
  const misses = withEvent(workspace, eventText(), (event) => missesOf(loaded)(event, most));
  expect(misses?.map(printExpr)).toEqual(expected);
});

// The same by trying all sets of checks, from the explanation.
function fewest(explanation: Explanation, wanted: boolean): number {
  if (explanation.verdict === wanted) return 0;
  if (explanation.kind === 'check') return 1;
  const { kind } = explanation.expr;
  if (kind === 'not') return fewest(explanation.operands[0]!, !wanted);
  const counts = explanation.operands.map((operand) => fewest(operand, wanted));
  return (kind === 'and') === wanted ? counts.reduce((a, b) => a + b, 0) : Math.min(...counts);
}

const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      'ka.verb = get',
      'ka.verb = x',
      'ka.user.name exists',
      'ka.impuser.name exists',
      'ka.uri contains exec',
    ),
    tie('condition').map((inner) => `not (${inner})`),
    fc
      .tuple(fc.constantFrom(' and ', ' or '), fc.array(tie('condition'), { minLength: 2, maxLength: 3 }))
      .map(([word, parts]) => parts.map((part) => `(${part})`).join(word)),
  ),
}));

test('counts as the explanation does', () => {
  fc.assert(
    fc.property(condition, fc.nat(4), (text, most) => {
      const { workspace, rule: loaded } = rule(text);
      withEvent(workspace, eventText(), (event) => {
        const explanation = workspace.explain(loaded, event);
        const count = fewest(explanation, true);
        expect(missesOf(loaded)(event, most)?.length).toBe(count <= most ? count : undefined);
        expect(checksOf(explanation).length).toBeGreaterThanOrEqual(count);
      });
    }),
    { numRuns: 60 },
  );
});
