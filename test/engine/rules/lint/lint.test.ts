import { describe, expect, it } from 'vitest';
import { fromBytes, toBytes } from '../../../../src/bytes.js';
import { hasMisplacedAnchor } from '../../../../src/engine/rules/lint/constants.js';
import type { Finding } from '../../../../src/engine/rules/lint/finding.js';
import { lintRules } from '../../../../src/engine/rules/lint/lint.js';
import { renderFindings } from '../../../../src/engine/rules/lint/render.js';
import { crashOf, defectOf } from '../../../../src/fields/knowledge.js';
import { rule, TABLES } from '../support.js';

function lint(text: string): readonly Finding[] {
  return lintRules([{ name: 'a.yaml', content: toBytes(text) }], {
    load: { tables: (source) => TABLES.get(source) },
    crashOf,
    defectOf: (field) => defectOf(field, false),
    sources: ['k8s_audit', 'syscall'],
    plugins: [],
    complete: false,
  });
}

/** `line:column id`, for each finding. */
const found = (text: string): readonly string[] =>
  lint(text).map(({ id, place }) => `${place.line}:${place.column} ${id}`);

const named = (name: string, condition: string): string =>
  rule(condition).replace('rule: R', `rule: ${name}`);

describe('conditions', () => {
  it.each([
    ['ka.user.name = bob and not ka.user.name startswith b', '3:42 never-true'],
    ['ka.user.name = bob and ka.user.name = alice', '3:38 never-true'],
    ['ka.user.name in (bob, al) and ka.user.name contains x', '3:45 never-true'],
    ['ka.verb exists and ka.uri = /a and not ka.verb exists', '3:54 never-true'],
    ['(ka.user.name = a or ka.user.name = b) and ka.user.name = c', '3:58 never-true'],
    ['not (ka.user.name = a or ka.user.name != a) and ka.user.name exists', undefined],
    ['ka.user.name exists or not ka.user.name exists', '3:15 always-true'],
    ['ka.user.name = a or ka.user.name != a', undefined],
    ['ka.user.name = a and ka.user.groups intersects (b)', undefined],
    ['ka.verb = create and ka.verb in ()', undefined],
    ['tolower(ka.user.name) = bob and ka.user.name = BOB', undefined],
    ['tolower(ka.user.name) = bob and ka.user.name = Al', '3:15 never-true'],
    ['ka.uri regex "a$b"', '3:28 regex-never-matches'],
    ['tolower(ka.user.groups) intersects (a)', '3:15 transformed-list'],
    ['ka.user.name in tolower(ka.target.name)', '3:15 transformed-value'],
    ['ka.req.pod.containers.add_capabilities intersects (SYS_ADMIN)', '3:15 field-defect'],
    ['join(" ", ka.req.pod.containers.add_capabilities) contains SYS_ADMIN', undefined],
    ['ka.uri.param[a] in (known_users)', '3:34 undefined-list'],
    ['ka.uri.param[a] in (my_value)', undefined],
    ['ka.uri regex "^/ap[i]/x"', '3:28 whole-value-regex'],
    ['ka.uri regex "[.]sh$"', undefined],
    ['ka.uri regex "/a[.]sh$"', '3:28 whole-value-regex'],
    ['tolower(ka.user.name) = Bob', '3:39 never-true-check'],
    ['tolower(ka.user.name) in (bob, Al)', '3:40 never-true-check'],
    ['toupper(ka.user.name) startswith "Bo"', '3:48 never-true-check'],
    ['toupper(ka.user.name) != Bob', undefined],
    ['ka.user.groups in (system:masters)', '3:15 all-elements'],
    ['ka.user.groups in (system:masters, system:authenticated)', undefined],
    ['not ka.user.name exists and ka.uri.param[limit] > 500', '3:43 text-order'],
    ['ka.response.code >= 400', undefined],
    ['ka.stage startswith Response', undefined],
    ['ka.stage != Foo', undefined],
  ])('%j', (condition, finding) => {
    expect(found(rule(`'${condition}'`))).toEqual(finding === undefined ? [] : [finding]);
  });

  it('knows the values of some fields', () => {
    const [check, never] = lint(rule('ka.verb = Create and ka.user.name exists'));
    expect(check).toMatchObject({
      id: 'never-true-check',
      suggestion: 'create',
      place: { line: 3, column: 14 },
    });
    expect(never).toMatchObject({ id: 'never-true' });
  });

  it('speaks of a macro once, and where it stands', () => {
    const text = `- macro: m\n  condition: ka.stage = Done\n${named('A', 'm and ka.verb = get')}${named('B', 'm and ka.verb = list')}`;
    expect(found(text).filter((one) => one.endsWith('never-true-check'))).toEqual(['2:14 never-true-check']);
  });
});

describe('rules under rule_matching: first', () => {
  const pair = (first: string, second: string): readonly string[] =>
    found(named('A', first) + named('B', second));

  it('finds rules in the shadow of earlier ones', () => {
    expect(pair('ka.verb in (get, list)', 'ka.verb = get and ka.uri = /a')).toEqual(['9:14 shadowed-rule']);
    expect(pair('ka.uri exists', 'ka.uri startswith /a and ka.verb = get')).toEqual(['9:14 shadowed-rule']);
    expect(pair('ka.verb = get', 'ka.verb in (get, list)')).toEqual([]);
    expect(pair('ka.verb = get and ka.uri = /a', 'ka.verb = get')).toEqual([]);
  });

  it('finds them among thousands', () => {
    const many = (demand: (index: number) => string): readonly string[] =>
      found(Array.from({ length: 1500 }, (_, index) => named(`R${index}`, demand(index))).join(''));
    const team = (index: number) => `ka.target.namespace = team-${index} and ka.target.resource = pods`;
    expect(many(team)).toEqual([]);
    expect(many((index) => (index === 1499 ? `${team(700)} and ka.uri = /a` : team(index)))).toEqual([
      `${1499 * 6 + 3}:14 shadowed-rule`,
    ]);
    expect(pair('(ka.verb = get or ka.verb = list)', 'ka.verb in (list, get)')).toEqual([
      '9:14 shadowed-rule',
    ]);
  });

  it('does not count rules that do not run', () => {
    const off = named('A', 'ka.verb in (get, list)').concat('  enabled: false\n');
    expect(found(off + named('B', 'ka.verb = get'))).toEqual([]);
  });
});

describe('exceptions', () => {
  const withException = (exception: string): readonly string[] =>
    found(
      rule('ka.verb in (create, update)', `  exceptions:\n  - {name: e, fields: [ka.verb], ${exception}}\n`),
    );

  it('finds those that leave nothing, and those that take nothing', () => {
    expect(withException('comps: [in], values: [[[create, update, get]]]')).toEqual([
      '8:23 exception-excludes-all',
    ]);
    expect(withException('values: [[get]]')).toEqual(['8:23 exception-never-applies']);
    expect(withException('values: [[create]]')).toEqual([]);
  });
});

describe('items', () => {
  it('finds macros that differ only in name, but for placeholders', () => {
    const macros = (first: string, second: string): readonly string[] =>
      found(
        `- macro: a\n  condition: ${first}\n- macro: b\n  condition: ${second}\n${rule('a and b and ka.uri exists')}`,
      );
    expect(macros('ka.verb in (get, list)', 'ka.verb  in (get,list)')).toEqual(['4:14 duplicate-macro']);
    expect(macros('ka.verb in (get, list)', 'ka.verb in (list,get)')).toEqual(['4:14 duplicate-macro']);
    expect(macros('ka.verb = get or ka.uri = a', '(ka.uri=a or ka.verb=get)')).toEqual([
      '4:14 duplicate-macro',
    ]);
    expect(macros('ka.verb = get', 'ka.uri = /a')).toEqual([]);
    expect(macros('ka.verb = get', 'a')).toEqual([]);
    expect(macros('evt.num = 0', 'evt.num = 0')).toEqual([]);
  });

  it('says once a file which macros and lists nobody uses', () => {
    const lists = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `- list: ${name}\n  items: [x]\n`).join('');
    expect(lint(`- macro: m\n  condition: ka.verb = get\n${lists}`)).toMatchObject([
      { id: 'LOAD_UNUSED_MACRO', message: 'Macro not referred to by any other rule/macro' },
      {
        id: 'LOAD_UNUSED_LIST',
        message: 'List not referred to by any other rule/macro (6 in this file: a, b, c, d, e, ...)',
      },
    ]);
  });

  it('finds unknown fields of unused macros', () => {
    expect(lint('- macro: m\n  condition: ka.vreb = get\n')).toMatchObject([
      { id: 'LOAD_UNUSED_MACRO' },
      { id: 'unknown-field', suggestion: 'ka.verb' },
    ]);
  });

  it('finds names of lists that stay literal', () => {
    const lists = '- list: c\n  items: [x]\n- list: b\n  items: [c]\n- list: a\n  items: [b]\n';
    expect(found(lists + rule('ka.uri in (a)'))).toEqual(['5:3 nested-list']);
  });

  it('finds fields of outputs that Falco cuts', () => {
    const output = (text: string) => lint(rule('ka.uri exists').replace('output: o', `output: ${text}`));
    expect(output('x %ka.target.namespce')).toMatchObject([
      { id: 'cut-field', suggestion: 'ka.target.namespace', place: { line: 4, column: 13 } },
    ]);
    expect(output('in %ka.target.namespace. by %10ka.user.name, %ka.uri.param[a]')).toEqual([]);
  });

  it('finds fields at which Falco ends, in conditions and outputs', () => {
    const asked = 'ka.req.pod.volumes.volume_type intersects (nfs)';
    expect(found(rule(asked))).toEqual(['3:14 falco-crash']);
    const printed = rule('ka.uri exists').replace('output: o', 'output: x %ka.req.pod.volumes.volume_type');
    expect(found(printed)).toEqual(['4:13 falco-crash']);
    expect(found(rule('ka.req.volume.hostpath[/etc] = true'))).toEqual([]);
    expect(found(rule('ka.req.pod.volumes.hostpath intersects (/etc)'))).toEqual([]);
  });

  it('finds rules that have forgotten their source', () => {
    const forgotten = rule('ka.verb = get').replace('  source: k8s_audit\n', '');
    expect(lint(forgotten)[0]?.message).toContain('add source: k8s_audit');
    expect(found(forgotten.replace('ka.verb = get', 'proc.name = x'))).toEqual([]);
    expect(lint(rule('ka.verb = get').replace('k8s_audit', 'k8saudit'))).toMatchObject([
      { id: 'LOAD_UNKNOWN_SOURCE', suggestion: 'k8s_audit', place: { line: 6, column: 11 } },
    ]);
  });

  it('finds items that one file defines twice', () => {
    expect(found(rule('ka.uri exists') + rule('ka.uri exists'))).toEqual(['7:3 redefined-item']);
    const enabled = '- rule: R\n  enabled: false\n  override: {enabled: replace}\n';
    expect(found(rule('ka.uri exists') + enabled)).toEqual([]);
  });

  it('finds merge keys', () => {
    const text = `- &r\n  list: a\n  items: [x]\n- <<: *r\n  list: b\n  items: [y]\n${rule('ka.uri in (a, b)')}`;
    expect(found(text)).toEqual(['4:3 LOAD_UNKNOWN_KEY', '4:3 merge-key']);
  });

  it('finds a mistyped name of a list that nothing uses', () => {
    const text = `- list: admins\n  items: [x]\n${rule('ka.user.name in (admin)')}`;
    expect(found(text)).toEqual(['1:3 LOAD_UNUSED_LIST', '5:30 undefined-list']);
  });

  it('finds keys that are there twice', () => {
    expect(found(rule('ka.verb = get', '  desc: again\n'))).toEqual(['7:3 duplicate-key']);
  });

  it('passes on what loading says, once for all files', () => {
    expect(lint(rule('ka.uri = and'))).toEqual([]);
    expect(lint(rule('ka.verb and'))).toMatchObject([
      { id: 'LOAD_ERR_COMPILE_CONDITION', level: 'error', item: 'R' },
    ]);
  });
});

describe('hasMisplacedAnchor', () => {
  it.each([
    ['a$b', true],
    ['a^b', true],
    ['^a$', false],
    ['a\\$b', false],
    ['a\n^b', false],
    ['a*^b', false],
    ['(a|^)b', false],
    ['a$b*', false],
    ['.^a', false],
  ])('%j: %j', (pattern, verdict) => {
    expect(hasMisplacedAnchor(pattern)).toBe(verdict);
  });
});

describe('renderFindings', () => {
  const text = rule('ka.user.name = é and ka.verb = Create').replace('output: o', 'outptu: x\n  output: o');
  const findings = lint(text);
  const contents = new Map([['a.yaml', toBytes(text)]]);

  it('writes text with carets under the word', () => {
    expect(renderFindings(findings, contents, 'text')).toBe(
      toBytes(`a.yaml:3:36: warning: 'ka.verb = Create' is never true: ka.verb is one of get, list, watch, create, update, patch, delete, deletecollection, post, put, head, options, connect, trace (did you mean 'create'?) [never-true-check]
3 |   condition: ka.user.name = é and ka.verb = Create
                                      ^^^^^^^
a.yaml:3:36: warning: rule 'R' never fires: 'ka.verb = Create' is never true [never-true]
3 |   condition: ka.user.name = é and ka.verb = Create
                                      ^^^^^^^
a.yaml:4:3: warning: Unknown key 'outptu'. The key will be ignored. (did you mean 'output'?) [LOAD_UNKNOWN_KEY]
4 |   outptu: x
      ^^^^^^
3 warnings
`),
    );
    expect(renderFindings([], contents, 'text')).toBe('nothing to say\n');
  });

  it('writes text that cannot move the cursor, with carets in their place', () => {
    const hostile = rule('ka.user.name = "\\x1b[2J" and ka.verb = "\u202eCreate"');
    const [first = ''] = fromBytes(
      renderFindings(lint(hostile), new Map([['a.yaml', toBytes(hostile)]]), 'text'),
    ).split('\nX');
    expect(first).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(first).toContain('ka.verb = "\\u202eCreate"');
  });

  it('writes JSON', () => {
    const {
      findings: [first],
    } = JSON.parse(renderFindings(findings, contents, 'json'));
    expect(first).toEqual({
      id: 'never-true-check',
      level: 'warning',
      message: expect.stringContaining('is never true'),
      file: 'a.yaml',
      line: 3,
      column: 36,
      offset: 55,
      length: 7,
      item: 'R',
      suggestion: 'create',
    });
  });

  it('writes SARIF, with columns in UTF-16 units', () => {
    const {
      version,
      runs: [run],
    } = JSON.parse(renderFindings(findings, contents, 'sarif'));
    expect(version).toBe('2.1.0');
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual([
      'LOAD_UNKNOWN_KEY',
      'never-true',
      'never-true-check',
    ]);
    expect(run.tool.driver.rules[1].help.text).toBe(
      'A condition that no event can meet: the rule never fires.\n\nWhere it is on purpose, switch it off for the next item by the comment # tsfalco-disable-next-line never-true: reason, for a file by # tsfalco-disable-file never-true: reason, for many files in .tsfalco.yaml by lint: {levels: {never-true: off}}.',
    );
    expect(run.results[0]).toMatchObject({
      ruleId: 'never-true-check',
      ruleIndex: 2,
      level: 'warning',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'a.yaml' },
            region: { startLine: 3, startColumn: 35, endColumn: 42 },
          },
        },
      ],
    });
  });
});
