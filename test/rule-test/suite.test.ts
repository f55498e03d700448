import { describe, expect, test } from 'vitest';
import { applyOverrides } from '../../src/rule-test/overrides.js';
import { renderReport } from '../../src/rule-test/report.js';
import { runSuite, type TestAlert } from '../../src/rule-test/run.js';
import { readSuite, SuiteError } from '../../src/rule-test/suite.js';

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

  test('knows the line of every test, and the files of events', () => {
    const suite = readSuite('s.yaml', `${SUITE}  - {test: f, file: e.json, expect: none}\n`, () => '{"a":1}');
    expect(suite.tests.map(({ line }) => line)).toEqual([6, 9, 13, 17]);
    expect(suite.eventFiles).toEqual(['e.json']);
    expect(suite.tests[3]!.event).toBe('{"a":1}');
  });

  test('a text stays as it is', () => {
    const text = '{"n":1.50,"n":2,"\\u0061":null}';
    const suite = readSuite('s.yaml', `tests: [{test: a, text: '${text}', expect: none}]`, noFile);
    expect(suite.tests[0]!.event).toBe(text);
  });

  const ONE = 'tests:\n  - test: a\n    event: {x: [1]}\n';
  test.each([
    ['[]', '1: a suite must be a mapping with `rules` and `tests`'],
    ['', '1: a suite must be a mapping with `rules` and `tests`'],
    ['rules: []\ntests: 1', '2: tests: must be a list'],
    ['rules: []', '1: tests: must be a list'],
    ['rules: []\nruls: []\ntests: []', '2: unknown key "ruls"; known: rules, enable, source, events, tests'],
    ['tests: []\nrules: [1]', '2: rules: must be a list of texts'],
    ['tests: []\nevents: 5', '2: events: must be a mapping'],
    ['tests:\n  - 1', '2: tests[0]: must be a mapping'],
    ['tests:\n  - {test: a, event: {}, expect: none}\n  - event: {}', '3: tests[1]: `test` must be its name'],
    [ONE, '2: test "a": needs `expect`, `includes` or `excludes`'],
    ['tests: [{test: a, expect: none}]', '1: test "a": needs either `event` or `file` or `text`'],
    [`${ONE}    file: b\n    expect: none`, '2: test "a": needs either `event` or `file` or `text`'],
    ['tests:\n  - test: a\n    file: 5\n    expect: none', '3: test "a": file: must be the name of a file'],
    ['tests:\n  - test: a\n    text: 5\n    expect: none', '3: test "a": text: must be a text'],
    [
      'tests:\n  - test: a\n    text: "{}"\n    with: {/a: 1}\n    expect: none',
      '4: test "a": with: `text` is taken as it is; give an `event` to change',
    ],
    [
      'tests:\n  - test: a\n    event: b\n    expect: none',
      '3: test "a": no event "b" under `events`; there are: none',
    ],
    [
      'events: {c: {}, d: {}}\ntests:\n  - test: a\n    event: toString\n    expect: none',
      '4: test "a": no event "toString" under `events`; there are: c, d',
    ],
    [
      `${ONE}    expct: none`,
      '4: test "a": unknown key "expct"; known: test, source, event, file, text, with, sequence, expect, includes, excludes',
    ],
    [
      `${ONE}    expect: none\n${ONE.slice(7)}    expect: none`,
      '5: two tests are called "a"; the other is in line 2',
    ],
    [`${ONE}    expect: 5`, '4: test "a": expect: must be a list'],
    [`${ONE}    expect:\n      - Fine\n      - 5`, '6: test "a": expect: must be a mapping'],
    [`${ONE}    expect: [{output: x}]`, '4: test "a": expect: `rule` must be a rule\'s name'],
    [`${ONE}    expect: [{rule: R, output: 5}]`, '4: test "a": expect: `output` must be text'],
    [
      `${ONE}    expect: [{rule: R, outputs: x}]`,
      '4: test "a": expect: unknown key "outputs"; known: rule, output, contains',
    ],
    [`${ONE}    excludes: R`, '4: test "a": excludes: must be a list'],
    [`${ONE}    with: [1]\n    expect: none`, '4: test "a": with: must be a mapping'],
    [
      `${ONE}    with: {x: 1}\n    expect: none`,
      '4: test "a": with: "x" is no JSON pointer; it starts with /, as in /objectRef/namespace',
    ],
    [
      `${ONE}    with: {/x/0/y: 1}\n    expect: none`,
      '4: test "a": with: "/x/0/y" leads through something that is no object or array',
    ],
    [
      `${ONE}    with: {/__proto__/y: 1}\n    expect: none`,
      '4: test "a": with: "/__proto__/y": __proto__ cannot be a key here; give the event as text',
    ],
    ['rules: []\na: [\n', '3: unexpected end of the stream within a flow collection'],
  ])('%j fails with its line', (text, message) => {
    expect(() => readSuite('s.yaml', text, noFile)).toThrow(new SuiteError(`s.yaml:${message}`));
  });

  test.each([
    ['[', 'e.json holds no single JSON event'],
    ['5', 'e.json holds no JSON object'],
    ['{}\n{}', 'e.json holds no single JSON event'],
  ])('an event file with %j', (content, message) => {
    expect(() =>
      readSuite('s.yaml', 'tests: [{test: a, file: e.json, expect: none}]', () => content),
    ).toThrow(`s.yaml:1: test "a": file: ${message}`);
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

test('null takes away members and elements', () => {
  expect(applyOverrides({ a: [1, 2, 3], b: 1 }, { '/a/1': null, '/b': null, '/c': null })).toEqual({
    a: [1, 3],
  });
});

describe('runSuite', () => {
  const suite = readSuite('s.yaml', SUITE, noFile);
  const run = (answers: readonly (readonly TestAlert[])[]) => {
    let next = 0;
    return runSuite(suite, {
      evaluate: () => ({ alerts: answers[next++] ?? [], faults: [] }),
      correlate: () => ({ alerts: [], faults: [] }),
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
        'FAIL s.yaml:6: as it is',
        '  "Read" should match and does not',
        '    why Read',
        '',
        'FAIL s.yaml:9: by bob',
        '  "Read" should not match and does: out',
        '',
        'FAIL s.yaml:13: with outputs',
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
  });

  test('fails on an event that is none, and on a name that cannot match', () => {
    const verdicts = runSuite(suite, {
      evaluate: () => ({ alerts: [], faults: ['no verb'] }),
      correlate: () => ({ alerts: [], faults: [] }),
      hasRule: (name) => name !== 'Read',
    });
    expect(verdicts.map(({ failures }) => failures)).toEqual([
      ['its event cannot be read: no verb', '"Read" should match and does not'],
      ['its event cannot be read: no verb'],
      [
        'its event cannot be read: no verb',
        '"Made" should match and does not',
        '"Read" should not match, and there is no enabled rule of that name',
      ],
    ]);
  });
});
