// What holds for any condition and any event: the compiled predicate and the plain explanation agree, nothing throws.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileCondition } from '../../../src/engine/condition/compile/compile.js';
import { createScope } from '../../../src/engine/condition/compile/scope.js';
import { conditionWarnings } from '../../../src/engine/condition/compile/warnings.js';
import { explainCondition } from '../../../src/engine/condition/explain/explain.js';
import type { Expr } from '../../../src/engine/condition/syntax/ast.js';
import { createFieldTable } from '../../../src/plugins/field-table.js';
import { eventOf, parse, testTable } from './support.js';

const word = fc.constantFrom(
  'a',
  'A',
  'b',
  'ab',
  'aB',
  'YQ',
  'YWI',
  '1',
  '/a/b',
  'true',
  '""',
  '"a b"',
  'é',
  '10.1.2.3',
);
const field = fc.constantFrom(
  't.s',
  't.r',
  't.q',
  't.none',
  't.arg[s]',
  't.arg[x]',
  't.l',
  't.k',
  't.n',
  't.m',
  't.time',
  't.b',
  't.ip',
  't.net',
);
const constant = fc.constantFrom('"a"', '"-ab"', '"B"', '"a:b"', '7', '"YQBi"', '""', '"\\x00a"');

const { operand } = fc.letrec<{ operand: string; argument: string; list: string }>((tie) => ({
  operand: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    field,
    fc
      .tuple(fc.constantFrom('tolower', 'toupper', 'b64', 'basename', 'len'), tie('argument'))
      .map(([name, of]) => `${name}(${of})`),
    fc
      .tuple(
        fc.constantFrom('concat', 'join', 'getopt'),
        fc.oneof(tie('argument'), tie('list')),
        fc.oneof(tie('argument'), tie('list')),
        fc.constantFrom('', '', '[a]'),
      )
      .map(([name, a, b, argument]) => `${name}(${a}, ${b})${name === 'getopt' ? argument : ''}`),
  ),
  argument: fc.oneof(field, constant, tie('operand')),
  list: fc.array(tie('argument'), { maxLength: 3 }).map((items) => `(${items.join(', ')})`),
}));

const words = fc.array(word, { maxLength: 4 }).map((items) => `(${items.join(', ')})`);
const check = fc.oneof(
  operand.map((left) => `${left} exists`),
  fc
    .tuple(
      operand,
      fc.constantFrom('=', '!=', 'contains', 'icontains', 'startswith', 'endswith', 'glob', 'iglob', 'regex'),
      word,
    )
    .map((parts) => parts.join(' ')),
  fc
    .tuple(operand, fc.constantFrom('<', '<=', '>', '>=', '=', '!='), fc.constantFrom('0', '1', '2', '-1'))
    .map((parts) => parts.join(' ')),
  fc.tuple(operand, fc.constantFrom('in', 'intersects', 'pmatch'), words).map((parts) => parts.join(' ')),
  fc
    .tuple(
      operand,
      fc.constantFrom('=', '!=', 'contains', 'startswith', 'glob', 'iglob', 'regex'),
      fc.constantFrom('oneof', 'anyof', 'allof'),
      words,
    )
    .map((parts) => parts.join(' ')),
  fc
    .tuple(
      operand,
      fc.constantFrom(
        '=',
        '!=',
        '<',
        '>=',
        'contains',
        'icontains',
        'startswith',
        'glob',
        'in',
        'intersects',
      ),
      fc.oneof(
        field.map((name) => `val(${name})`),
        operand.filter((text) => text.includes('(')),
      ),
    )
    .map((parts) => parts.join(' ')),
);

// Conditions of which each check loads, so that they load as a whole.
const loads = check.filter((text) => compileCondition(parse(text), createScope(testTable())).ok);
const { condition } = fc.letrec<{ condition: Expr }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'medium', maxDepth: 5 },
    loads.map(parse),
    tie('condition').map((of): Expr => ({ kind: 'not', operand: of, position: of.position })),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('condition'), { minLength: 2, maxLength: 4 }))
      .map(([kind, operands]): Expr => ({ kind, operands, position: operands[0]!.position })),
  ),
}));

const text = fc.oneof(
  fc.constantFrom('a', 'A', 'ab', 'b', '', 'YQ', 'YWI=', '/a/b/c', '-a', '-ab', 'é', 'a\0b'),
  fc.string({ maxLength: 4 }),
);
const texts = fc.array(text, { maxLength: 4 });
const event = fc.record(
  {
    s: text,
    r: text,
    q: text,
    n: fc.nat(3),
    m: fc.nat(3),
    time: fc.nat(3),
    b: fc.boolean(),
    l: texts,
    k: texts,
    ip: fc.constantFrom([10, 1, 2, 3], Array(16).fill(1)),
  },
  { requiredKeys: [] },
);

test('the compiled predicate comes to the verdict of the explanation', () => {
  fc.assert(
    fc.property(
      fc.array(condition, { minLength: 1, maxLength: 4 }),
      fc.array(event, { minLength: 1, maxLength: 4 }),
      (conditions, events) => {
        const table = testTable();
        const scope = createScope(table);
        const predicates = conditions.map((expr) => {
          const compiled = compileCondition(expr, scope);
          if (!compiled.ok) throw new Error(compiled.fault.message);
          return compiled.value;
        });
        for (const json of events) {
          const of = eventOf(json);
          scope.begin(of);
          expect(predicates.map((predicate) => predicate(of))).toEqual(
            conditions.map((expr) => explainCondition(expr, table, of).verdict),
          );
        }
      },
    ),
    { numRuns: 1500 },
  );
});

test('a condition is refused or compiled, whatever it holds', () => {
  fc.assert(
    fc.property(check, (source) => {
      const table = testTable();
      const compiled = compileCondition(parse(source), createScope(table));
      if (!compiled.ok) expect(compiled.fault.message).not.toBe('');
      expect(Array.isArray(conditionWarnings(parse(source), table))).toBe(true);
    }),
    { numRuns: 1500 },
  );
});

test('no event makes anything throw', () => {
  const table = createFieldTable('k8s_audit');
  const scope = createScope(table);
  const conditions = [
    'ka.verb in (create, update) and ka.target.resource = pods and not ka.user.name startswith system:',
    'tolower(ka.user.name) regex "[a-z]*" or ka.uri pmatch (/api, /*/v1) or ka.uri.param[x] glob *a*',
    'ka.req.pod.containers.image intersects (a, b) or len(ka.req.pod.volumes.hostpath) > 1',
    'jevt.value[/user/groups/0] icontains A or json.value[/a~1b] exists or b64(ka.useragent) contains x',
    'join(",", (ka.verb, evt.num)) = val(ka.uri) or evt.rawtime > 5 or ka.user.groups in val(ka.user.groups)',
  ].map(parse);
  const predicates = conditions.map((expr) => {
    const compiled = compileCondition(expr, scope);
    if (!compiled.ok) throw new Error(compiled.fault.message);
    return compiled.value;
  });
  const key = fc.constantFrom(
    'verb',
    'user',
    'username',
    'groups',
    'objectRef',
    'requestURI',
    'requestObject',
    'spec',
    'containers',
    'image',
    'volumes',
    'hostPath',
    'path',
    'userAgent',
    'kind',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue({ maxDepth: 1 }),
      text,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
    ),
  }));
  fc.assert(
    fc.property(value, (json) => {
      // Audit fields read no event without an ID.
      const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
      const of = eventOf(JSON.stringify(isObject ? { ...json, auditID: '1' } : json));
      scope.begin(of);
      expect(predicates.map((predicate) => predicate(of))).toEqual(
        conditions.map((expr) => explainCondition(expr, table, of).verdict),
      );
    }),
    { numRuns: 1000 },
  );
});
