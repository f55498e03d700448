import { describe, expect, test } from 'vitest';
import { applyOverrides } from '../../src/rule-test/overrides.js';
import { renderReport } from '../../src/rule-test/report.js';
import { runSuite, type TestAlert } from '../../src/rule-test/run.js';
import { readSuite } from '../../src/rule-test/suite.js';

const noFile = (path: string): string => {
  throw new Error(`no file ${path}`);
};

const SUITE = `
rules: [rules.yaml]
events:
  get: {verb: get, user: {username: alice, groups: [a, b]}}
tests:
  - test: as it is
    event: get
    expect: [Read]
  - test: by bob
    event: get
    with: {/user/username: bob, /user/groups/1: c, /objectRef/name: x, /verb: null}
    expect: none
  - test: with outputs
    event: {verb: create}
    includes: [{rule: Made, output: made it, contains: [it]}]
    excludes: [Read]
`;

describe('readSuite', () => {
  test('gives complete events with the overrides applied', () => {
    const suite = readSuite('s.yaml', SUITE, noFile);
    expect(suite.rules).toEqual(['rules.yaml']);
    expect(suite.tests.map(({ event }) => JSON.parse(event))).toEqual([
      { verb: 'get', user: { username: 'alice', groups: ['a', 'b'] } },
      { user: { username: 'bob', groups: ['a', 'c'] }, objectRef: { name: 'x' } },
      { verb: 'create' },
    ]);
  });

  test.each([
    ['tests: 1', 's.yaml: tests must be a list'],
    ['tests: [{event: {}}]', 's.yaml: tests[0]: `test` must be its name'],
    ['tests: [{test: a, event: {}}]', 's.yaml: test "a": needs `expect`, `includes` or `excludes`'],
    ['tests: [{test: a, expect: none}]', 's.yaml: test "a": needs either `event` or `file`'],
    [
      'tests: [{test: a, event: b, expect: none}]',
      's.yaml: test "a": no event "b" under `events`; there are: none',
    ],
    [
      'tests: [{test: a, event: {}, expct: none}]',
      's.yaml: test "a": unknown key "expct"; known: test, event, file, with, expect, includes, excludes',
    ],
    [
      'tests: [{test: a, event: {}, expect: none}, {test: a, event: {}, expect: none}]',
      's.yaml: two tests are called "a"',
    ],
    [
      'tests: [{test: a, event: {x: 1}, with: {x: 1}, expect: none}]',
      's.yaml: test "a": "x" is no JSON pointer; it starts with /, as in /objectRef/namespace',
    ],
    [
      'tests: [{test: a, event: {x: 1}, with: {/x/y: 1}, expect: none}]',
      's.yaml: test "a": "/x/y" leads through something that is no object or array',
    ],
    ['a: [', 's.yaml: '],
  ])('%s', (text, message) => {
    expect(() => readSuite('s.yaml', text, noFile)).toThrow(message);
  });
});

test('overrides leave the base alone', () => {
  const base = { a: { b: 1 } };
  expect(applyOverrides(base, { '/a/b': 2, '/a/c~1d': [3], '/e/0/f': 4 })).toEqual({
    a: { b: 2, 'c/d': [3] },
    e: [{ f: 4 }],
  });
  expect(base).toEqual({ a: { b: 1 } });
});

describe('runSuite', () => {
  const suite = readSuite('s.yaml', SUITE, noFile);
  const run = (answers: readonly (readonly TestAlert[])[]) => {
    let next = 0;
    return runSuite(suite, {
      evaluate: () => ({ alerts: answers[next++] ?? [], faults: [] }),
      hasRule: () => true,
    });
  };

  test('passes what matches as expected', () => {
    const verdicts = run([
      [{ rule: 'Read', output: '' }],
      [],
      [
        { rule: 'Made', output: 'made it' },
        { rule: 'Other', output: '' },
      ],
    ]);
    expect(verdicts.map(({ failures }) => failures)).toEqual([[], [], []]);
    expect(renderReport(verdicts, 'text', () => '')).toBe('3 passed, 0 failed\n');
  });

  test('says what is missing, what is too much, and what reads otherwise', () => {
    const verdicts = run([
      [],
      [{ rule: 'Read', output: 'out' }],
      [
        { rule: 'Made', output: 'made' },
        { rule: 'Read', output: 'r' },
      ],
    ]);
    expect(
      renderReport(verdicts, 'text', ({ missing }) => missing.map((rule) => `why ${rule}`).join('\n')),
    ).toBe(
      [
        'FAIL s.yaml: as it is',
        '  "Read" should match and does not',
        '    why Read',
        '',
        'FAIL s.yaml: by bob',
        '  "Read" should not match and does: out',
        '',
        'FAIL s.yaml: with outputs',
        '  "Made" prints: made',
        '    expected:  made it',
        '  "Made" prints: made',
        '    which lacks: it',
        '  "Read" should not match and does: r',
        '',
        '0 passed, 3 failed',
        '',
      ].join('\n'),
    );
    expect(
      renderReport(verdicts, 'tap', () => '')
        .split('\n')
        .slice(0, 6),
    ).toEqual([
      'TAP version 14',
      '1..3',
      'not ok 1 - s.yaml: as it is',
      '  ---',
      '  message: |',
      '    "Read" should match and does not',
    ]);
    expect(renderReport(verdicts, 'junit', () => '')).toContain(
      '<failure>&quot;Read&quot; should match and does not</failure>',
    );
  });

  test('fails on an event that is none, and on a name that cannot match', () => {
    const verdicts = runSuite(suite, {
      evaluate: () => ({ alerts: [], faults: ['no verb'] }),
      hasRule: (name) => name !== 'Read',
    });
    expect(verdicts.map(({ failures }) => failures)).toEqual([
      ['its event is no audit event: no verb', '"Read" should match and does not'],
      ['its event is no audit event: no verb'],
      [
        'its event is no audit event: no verb',
        '"Made" should match and does not',
        '"Read" should not match, and there is no enabled rule of that name',
      ],
    ]);
  });
});
