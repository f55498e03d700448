// The tricky evaluations that the rules language is known for, on the real fields of an audit event.

import { expect, test } from 'vitest';
import { toBytes } from '../../../src/bytes.js';
import { compileCondition } from '../../../src/engine/condition/compile/compile.js';
import { createScope } from '../../../src/engine/condition/compile/scope.js';
import { parseCondition } from '../../../src/engine/condition/syntax/parser.js';
import { createFieldTable } from '../../../src/plugins/field-table.js';
import { eventOf } from './support.js';

const AUDIT = {
  auditID: '1',
  verb: 'create',
  user: { username: 'ÉCOLE', groups: ['system:masters', 'system:authenticated'] },
  requestURI: '/api/v1/pods?a=b',
};

const scope = createScope(createFieldTable('k8s_audit'));

function evaluate(condition: string, json: unknown = AUDIT): boolean | string {
  const parsed = parseCondition(toBytes(condition));
  const compiled = parsed.ok ? compileCondition(parsed.value, scope) : parsed;
  if (!compiled.ok) return compiled.fault.message;
  const event = eventOf(json, 2);
  scope.begin(event);
  return compiled.value(event);
}

test.each([
  ['ka.uri.param[zz] != a', false],
  ['not ka.uri.param[zz] = a', true],
  ['ka.uri.param[zz] = <NA>', false],
  ['ka.uri.param[zz] != allof (a)', false],
  ['ka.verb != val(ka.uri.param[zz])', false],
  ['not ka.verb = val(ka.uri.param[zz])', true],
  ['ka.verb contains ""', true],
  ['ka.verb startswith ""', true],
  ['ka.verb >= 5', true],
  ['ka.verb < 5', false],
  ['evt.num = 0x1', '0x1 is not a valid number'],
  ['evt.num > 1.5', '1.5 is not a valid number'],
  ['evt.num = 1e5', '1e5 is not a valid number'],
  ['evt.num = "2 "', '2  is not a valid number'],
  ['evt.num = +2', true],
  ['evt.num = " 2"', true],
  ['evt.num = 02', true],
  ['evt.num > -1', false],
  ['evt.num > 1e+5', '1e+5 is not a valid number'],
  ['evt.is_async = False', 'filter error: unrecognized boolean value False'],
  ['evt.num contains 1', "filter error: 'contains' operator not supported for numeric filters"],
  ['ka.verb bcontains 6372', "filter error: 'bcontains' operator not supported for string filters"],
  [`ka.verb = ${'x'.repeat(256)}`, `filter parameter too long (used=257, available=256):${'x'.repeat(256)}`],
  [`ka.verb = ${'x'.repeat(255)}`, false],
  ['ka.user.groups = system:masters', "filter error: '=' operator not supported list filters"],
  ['ka.user.groups in (system:masters)', false],
  ['ka.user.groups intersects (system:masters)', true],
  ['tolower(ka.user.groups) intersects (system:masters)', false],
  ['ka.verb in tolower(ka.verb)', false],
  ['ka.verb = tolower(ka.verb)', true],
  ['tolower(ka.verb) in (create)', true],
  ['ka.user.groups in val(ka.user.groups)', true],
  [
    'ka.verb in val(ka.user.groups)',
    "field 'ka.verb' has type 'CHARBUF' while the right-hand side field 'ka.user.groups' has incompatible type 'CHARBUF (list)'",
  ],
  ['len(ka.user.groups) = 2', true],
  ['len(ka.req.pod.containers.image) = 0', false],
  ['len(ka.user.name) = 5', false],
  ['len(ka.user.name) = 6', true],
  ['tolower(ka.user.name) = école', false],
  ['ka.user.name glob "?COLE"', false],
  ['ka.user.name regex ".COLE"', true],
  ['ka.uri glob /api*', true],
  ['ka.verb regex rea', false],
  ['ka.verb regex "\\\\w+"', 'invalid regex pattern: invalid escape sequence: \\w'],
  ['ka.verb regex "(?i)x"', 'invalid regex pattern: no argument for repetition operator: ?'],
  ['ka.verb regex "(?:a)"', 'invalid regex pattern: no argument for repetition operator: ?'],
  ['ka.verb startswith oneof (cr, c)', false],
  ['ka.verb startswith anyof (cr, c)', true],
  ['ka.verb startswith allof (cr, c)', true],
  ['ka.verb == oneof (create, create)', false],
  ['ka.verb == allof (create, create)', true],
  ['ka.verb == allof ()', false],
  ['ka.verb contains oneof ()', false],
  ['ka.verb != anyof (create, get)', true],
  ['ka.verb != allof (create, get)', false],
  ['ka.uri pmatch (/api)', true],
  ['ka.uri pmatch (/ap)', false],
  ['ka.uri pmatch (api)', true],
  ['ka.uri pmatch (/)', true],
  ['getopt((), "a") in (z)', true],
  ['concat("x") = x', "unknown field transfomer 'concat'"],
  ['b64(ka.uri) = x', false],
  ['not b64(ka.uri) = x', true],
  ['join(",", ka.user.groups) startswith system', true],
  ['proc.name = x', 'filter_check called with nonexistent field proc.name'],
  ['evt.type = x', 'filter_check called with nonexistent field evt.type'],
  ['evt.numfoo = 1', 'filter_check called with nonexistent field evt.numfoo'],
])('%s: %s', (condition, expected) => {
  expect(evaluate(condition)).toBe(expected);
});

test('an empty string is a value', () => {
  const event = { ...AUDIT, user: { username: '' } };
  expect(evaluate('ka.user.name exists', event)).toBe(true);
  expect(evaluate('ka.user.name = ""', event)).toBe(true);
  expect(evaluate('ka.user.name in ("")', event)).toBe(true);
});

test('a dot is no line break, a negated class is', () => {
  const event = { ...AUDIT, verb: 'a\nb' };
  expect(evaluate('ka.verb regex "a.b"', event)).toBe(false);
  expect(evaluate('ka.verb regex "a[^x]b"', event)).toBe(true);
});

test('a string ends at its first NUL', () => {
  expect(evaluate('ka.verb = a', '{"auditID":"1","verb":"a\\u0000b"}')).toBe(true);
  expect(evaluate('ka.verb in (a)', '{"auditID":"1","verb":"a\\u0000b"}')).toBe(true);
});
