// The manual's examples: each is evaluated, every operator and transformer has some, and both verdicts occur.

import { describe, expect, test } from 'vitest';
import {
  MODIFIER_ENTRIES,
  OPERATOR_ENTRIES,
  SAMPLE,
  TRANSFORMER_ENTRIES,
} from '../../src/authoring/reference.js';
import { MODIFIERS, OPERATORS } from '../../src/engine/condition/operators/operators.js';
import { TRANSFORMER_NAMES } from '../../src/engine/condition/syntax/words.js';
import { openRules, withEvent } from './support.js';

const entries = [...OPERATOR_ENTRIES, ...MODIFIER_ENTRIES, ...TRANSFORMER_ENTRIES];

test('nothing is left out', () => {
  expect(OPERATOR_ENTRIES.map(({ name }) => name).sort()).toEqual(OPERATORS.map(({ name }) => name).sort());
  expect(MODIFIER_ENTRIES.map(({ name }) => name)).toEqual([...MODIFIERS]);
  expect(TRANSFORMER_ENTRIES.map(({ name }) => name).sort()).toEqual([...TRANSFORMER_NAMES].sort());
  for (const { meaning } of entries) expect(meaning.length).toBeGreaterThan(10);
});

describe.each(entries)('$name', ({ name, examples }) => {
  test.each(examples)('%s: %s', (condition, met) => {
    const workspace = openRules(
      `- rule: R\n  desc: d\n  condition: ${JSON.stringify(condition)}\n  output: o\n  priority: INFO\n  source: k8s_audit\n`,
    );
    expect(
      withEvent(workspace, JSON.stringify(SAMPLE), (event) => workspace.matches(event).length === 1),
    ).toBe(met);
  });

  test('is in its first example', () => expect(examples[0]![0]).toContain(name));
});
