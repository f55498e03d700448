// What tools that write rules use: generating, advice, explanations as data, reference, tests.

import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import {
  explain,
  formatRules,
  lintRules,
  listFields,
  listWords,
  loadRules,
  quoteText,
  type RulesItem,
  SuiteError,
  testRules,
} from '../../src/index.js';

const event = (username: string) => ({
  kind: 'Event',
  auditID: 'x',
  stageTimestamp: '2024-05-01T12:00:00Z',
  verb: 'get',
  user: { username },
});

const rule = (condition: string, more: Partial<RulesItem> = {}): RulesItem => ({
  rule: 'R',
  condition,
  output: 'o',
  ...more,
});

// A NUL ends a text in Falco, and halves of characters are no UTF-8.
const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom(
    'a\\',
    '\\"',
    "'",
    'a b',
    '(x)',
    'x,y',
    ' x ',
    '#',
    ': ',
    '%',
    'é"',
    '\n',
    '\t\\',
    'and',
    'null',
  ),
);

describe('quoteText and formatRules', () => {
  it('give conditions that find the text and no other', () => {
    fc.assert(
      fc.property(text, (value) => {
        const { ruleset, report } = loadRules(formatRules([rule(`ka.user.name = ${quoteText(value)}`)]));
        expect(ruleset, report).toBeDefined();
        expect(ruleset!.evaluate(event(value)).alerts).toHaveLength(1);
        expect(ruleset!.evaluate(event(`${value}x`)).alerts).toHaveLength(0);
      }),
    );
  });

  it('give lists of any texts', () => {
    fc.assert(
      fc.property(text, (value) => {
        const { ruleset, report } = loadRules(
          formatRules([{ list: 'people', items: ['first', value] }, rule('ka.user.name in (people)')]),
        );
        expect(ruleset, report).toBeDefined();
        expect(ruleset!.evaluate(event(value)).alerts).toHaveLength(1);
        expect(ruleset!.evaluate(event(`${value}x`)).alerts).toHaveLength(0);
      }),
    );
  });

  it('read back as what was given', () => {
    const condition = fc.oneof(
      text,
      fc.array(text).map((parts) => parts.join(' and ')),
    );
    fc.assert(
      fc.property(text, condition, text, fc.array(text), (name, given, output, tags) => {
        const items = [
          { macro: name, condition: given },
          { rule: name, condition: given, output, desc: output, tags },
        ];
        const [macro, read] = load(formatRules(items)) as [unknown, unknown];
        expect(macro).toEqual(items[0]);
        expect(read).toEqual({
          ...items[1],
          ...(tags.length === 0 && { tags: undefined }),
          priority: 'WARNING',
          source: 'k8s_audit',
        });
      }),
    );
  });

  it('look as a person would write them', () => {
    expect(
      formatRules([
        { list: 'names', items: ['a', 'system:node', 'x y'] },
        { macro: 'm', condition: 'ka.verb = get' },
        {
          ...rule('m and ka.user.name in (names)'),
          priority: 'Notice',
          tags: ['k8s', 'T1'],
          enabled: false,
        } as RulesItem,
      ]),
    ).toBe(`- list: names
  items: [a, "system:node", "\\"x y\\""]

- macro: m
  condition: >-
    ka.verb = get

- rule: R
  desc: R
  condition: >-
    m and ka.user.name in (names)
  output: "o"
  priority: NOTICE
  source: k8s_audit
  tags: [k8s, T1]
  enabled: false
`);
  });
});

describe('explain', () => {
  const { ruleset } = loadRules(formatRules([rule('ka.verb = get and not ka.user.name in (Žofie, b)')]));

  it('gives the tree as data, in text', () => {
    expect(explain(ruleset!, 'R', event('Žofie'))).toEqual({
      matches: false,
      text: expect.stringContaining('ka.user.name is "Žofie" ◀'),
      tree: {
        operator: 'and',
        verdict: false,
        decidedBy: 1,
        operands: [
          {
            check: 'ka.verb = get',
            verdict: true,
            left: 'get',
            constants: [{ text: 'get', fits: true }],
            right: null,
          },
          {
            operator: 'not',
            verdict: false,
            decidedBy: 0,
            operands: [
              {
                check: 'ka.user.name in (Žofie, b)',
                verdict: true,
                left: 'Žofie',
                constants: [
                  { text: 'Žofie', fits: true },
                  { text: 'b', fits: false },
                ],
                right: null,
              },
            ],
          },
        ],
      },
    });
  });

  it('wants one event and a rule that runs', () => {
    expect(() => explain(ruleset!, 'S', event('a'))).toThrow(RangeError);
    expect(() => explain(ruleset!, 'R', [])).toThrow('one event is needed, and there are 0');
    expect(() => explain(ruleset!, 'R', [event('a'), event('b')])).toThrow('there are 2');
  });
});

it('lintRules says what is wrong and where', () => {
  const advice = lintRules([{ name: 'ä.yaml', content: formatRules([rule('ka.verb = gte')]) }]);
  expect(advice).toContainEqual({
    id: 'never-true-check',
    level: 'warning',
    message: expect.stringContaining('gte'),
    file: 'ä.yaml',
    line: 4,
    column: expect.any(Number),
    item: 'R',
    suggestion: 'get',
  });
  expect(lintRules('- [').map(({ level }) => level)).toContain('error');
});

describe('reference', () => {
  it('lists fields', () => {
    const fields = listFields();
    expect(fields.find(({ name }) => name === 'ka.verb')).toMatchObject({ type: 'text', isList: false });
    expect(fields.find(({ name }) => name === 'ka.uri.param')).toMatchObject({
      argument: { required: true, key: true },
    });
    for (const { name, description } of fields) expect(description.length, name).toBeGreaterThan(5);
  });

  it('lists words', () => {
    const words = listWords();
    expect(new Set(words.map(({ kind }) => kind))).toEqual(new Set(['operator', 'modifier', 'transformer']));
    expect(words.find(({ name }) => name === 'startswith')).toMatchObject({
      kind: 'operator',
      operands: ['text'],
    });
    for (const { examples } of words)
      for (const condition of examples)
        expect(loadRules(formatRules([rule(condition)])).ruleset).toBeDefined();
  });
});

describe('testRules', () => {
  const rules = formatRules([rule('ka.verb = get')]);
  const suite = (body: string): string => `tests:\n  - test: a\n    file: e.json\n    ${body}\n`;
  const readFile = (): string => JSON.stringify(event('Žofie'));

  it('gives what failed and why', () => {
    expect(testRules(suite('expect: [R]'), { rules, readFile })).toEqual([
      { test: 'a', line: 2, failures: [], why: '' },
    ]);
    expect(testRules(suite('expect: none'), { rules, readFile })).toEqual([
      {
        test: 'a',
        line: 2,
        failures: ['"R" should not match and does: o'],
        why: '✓ ka.verb = get   ka.verb is "get"',
      },
    ]);
  });

  it('names the missing auditID where it may be why a rule does not match', () => {
    const { auditID: _, ...none } = event('Žofie');
    const note = 'the event has no key auditID, so that no ka.* field has a value';
    const failures = (body: string, condition = 'ka.verb = get') =>
      testRules(suite(body), {
        rules: formatRules([rule(condition)]),
        readFile: () => JSON.stringify(none),
      })[0]?.failures;
    expect(failures('expect: [R]')).toEqual(['"R" should match and does not', note]);
    expect(failures('expect: none')).toEqual([note]);
    expect(failures('expect: [R]', 'jevt.value[/verb] = get')).toEqual([]);
  });

  it('throws where suite or rules are wrong', () => {
    expect(() => testRules('tests: 1', { rules, name: 'x.yaml' })).toThrow(
      new SuiteError('x.yaml:1: tests: must be a list'),
    );
    expect(() => testRules(suite('expect: [R]'), { rules: '- rule: 5', readFile })).toThrow('rules: Invalid');
    expect(() => testRules(suite('expect: [R]'), { rules })).toThrow('there is no way to read e.json');
  });
});
