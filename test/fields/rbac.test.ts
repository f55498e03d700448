import { describe, expect, test } from 'vitest';
import { reader } from './support.js';

const read = reader();

const SUBJECTS = `"requestObject":{"subjects":[{"kind":"User","name":"u1"},{"kind":"ServiceAccount","name":"sa","namespace":"ns"},
  {"kind":"ServiceAccount","name":"sa2"},{"kind":"Group","name":"g"},{"kind":"Group"},5,{"kind":"User","name":null}]}`;

describe('subjects of bindings', () => {
  test.each([
    ['user_names', ['u1', 'null']],
    ['serviceaccount_names', ['sa', 'sa2']],
    ['serviceaccount_ns_names', ['ns:sa']],
    ['group_names', ['g']],
  ])('%s', (field, expected) => {
    expect(read(SUBJECTS, `ka.req.binding.subjects.${field}`)).toEqual(expected);
  });
  test('as JSON', () => {
    const subjects = read(SUBJECTS, 'ka.req.binding.subjects') as readonly string[];
    expect(subjects).toHaveLength(7);
    expect(subjects.slice(4)).toEqual(['{"kind":"Group"}', '5', '{"kind":"User","name":null}']);
  });
  test.each(['"subjects":"x"', '"subjects":null', '"subjects":[]', ''])('%s: none', (subjects) => {
    expect(read(`"requestObject":{${subjects}}`, 'ka.req.binding.subjects.user_names')).toBeUndefined();
  });
});

test('a NUL ends the value, not its parts', () => {
  const subjects = `"requestObject":{"subjects":[{"kind":"ServiceAccount","name":"sa","namespace":"n\\u0000s"},{"kind":"User\\u0000","name":"u"}]}`;
  expect(read(subjects, 'ka.req.binding.subjects.serviceaccount_ns_names')).toEqual(['n']);
  expect(read(subjects, 'ka.req.binding.subjects.user_names')).toBeUndefined();
});

describe('rules of roles', () => {
  const RULES = `"requestObject":{"rules":[{"apiGroups":[""],"resources":["pods","secrets"],"verbs":["*"]},
    {"nonResourceURLs":["/x"],"verbs":["get"]},{"verbs":"get"}]}`;
  test.each([
    [RULES, 'verbs', ['*', 'get']],
    [RULES, 'verbs[0]', ['*']],
    [RULES, 'verbs[1]', ['get']],
    [RULES, 'verbs[2]', undefined],
    [RULES, 'verbs[7]', undefined],
    [RULES, 'apiGroups', ['']],
    [RULES, 'resources', ['pods', 'secrets']],
    [RULES, 'resources[1]', undefined],
    [RULES, 'nonResourceURLs[0]', undefined],
    [RULES, 'nonResourceURLs', ['/x']],
    ['"requestObject":{"rules":{"verbs":["x"]}}', 'verbs', ['x']],
    ['"requestObject":{"rules":[]}', 'verbs', undefined],
    ['"requestObject":{"rules":null}', 'verbs', undefined],
  ])('%s: %s', (fragment, field, expected) => {
    expect(read(fragment, `ka.req.role.rules.${field}`)).toEqual(expected);
  });
});
