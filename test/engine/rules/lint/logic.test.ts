import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCondition } from '../../../../src/engine/condition/compile/compile.js';
import { createScope } from '../../../../src/engine/condition/compile/scope.js';
import { parseCondition } from '../../../../src/engine/condition/syntax/parser.js';
import { createLogic } from '../../../../src/engine/rules/lint/logic.js';
import type { Event } from '../../../../src/event.js';
import type { FieldTable } from '../../../../src/fields/field.js';
import { cpuMs } from '../../../cpu-time.js';
import { TABLES } from '../support.js';

const FIELDS = ['ka.user.name', 'ka.target.name', 'ka.verb'] as const;
const VALUES = [undefined, '', 'a', 'b', 'ab', 'B', 'abc', 'get'];
const VERBS = ['get', 'list'];

type Values = Readonly<Record<string, string | undefined>>;

let current: Values = {};
const table: FieldTable = {
  ...TABLES.get('k8s_audit')!,
  lookup: (spelled) => {
    const found = TABLES.get('k8s_audit')!.lookup(spelled);
    if ('error' in found) return found;
    const field = spelled === 'ka.verb' ? { ...found.field, values: VERBS } : found.field;
    return { ...found, field, extract: () => current[spelled] };
  },
};
const logic = createLogic(table);

const check = fc
  .record({
    field: fc.constantFrom(...FIELDS, 'tolower(ka.user.name)'),
    right: fc.constantFrom(
      ...[
        '= a',
        '= b',
        '!= a',
        '= get',
        'in (a, b)',
        'in (get, a)',
        'in ()',
        'exists',
        'startswith a',
        'contains b',
      ],
      ...[
        'regex "a.*"',
        'glob "a*"',
        'startswith oneof (a, b)',
        '!= allof (a, b)',
        '= anyof (a, ab)',
        'endswith ""',
      ],
    ),
  })
  .map(({ field, right }) => `${field} ${right}`);

const condition = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    check,
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `(${a} and ${b})`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `(${a} or ${b})`),
    tie('any').map((a) => `not (${a})`),
  ),
})).any;

const EVENT = {} as Event;

/** All the events that the values make. */
function* events(): Generator<Values> {
  for (const user of VALUES)
    for (const target of VALUES)
      for (const verb of [undefined, ...VERBS])
        yield { 'ka.user.name': user, 'ka.target.name': target, 'ka.verb': verb };
}

function canBe(text: string, wanted: boolean): boolean {
  const parsed = parseCondition(text);
  if (!parsed.ok) throw new Error(parsed.fault.message);
  const scope = createScope(table);
  const compiled = compileCondition(parsed.value, scope);
  if (!compiled.ok) throw new Error(compiled.fault.message);
  for (const values of events()) {
    current = values;
    scope.begin(EVENT);
    if (compiled.value(EVENT) === wanted) return true;
  }
  return false;
}

function claims(text: string, positive: boolean): boolean {
  const parsed = parseCondition(text);
  if (!parsed.ok) throw new Error(parsed.fault.message);
  return logic.neverTrue([{ expr: parsed.value, positive }]) !== undefined;
}

describe('neverTrue', () => {
  it('never says so of what some event meets', () => {
    fc.assert(
      fc.property(condition, fc.boolean(), (text, positive) => {
        if (claims(text, positive)) expect(canBe(text, positive)).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  it('finds most of what none of these events meets', () => {
    let never = 0;
    let found = 0;
    fc.assert(
      fc.property(condition, (text) => {
        if (canBe(text, true)) return;
        never++;
        if (claims(text, true)) found++;
      }),
      { numRuns: 2000, seed: 1 },
    );
    expect(never).toBeGreaterThan(50);
    expect(found / never).toBeGreaterThan(0.5);
  });

  it('gives up in time on what is too large', () => {
    const sums = Array.from({ length: 40 }, (_, i) => `(ka.user.name = a${i} or ka.target.name = b${i})`);
    const took = cpuMs(() => {
      expect(claims(sums.join(' and '), false)).toBe(false);
      claims(sums.join(' and '), true);
    });
    expect(took).toBeLessThan(5000);
  });
});
