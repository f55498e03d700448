// Files on which people fail (test/failures): the load result is Falco's, and what to do stands below it.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintFiles } from '../src/authoring/lint.js';
import { test } from '../src/cli/commands/test.js';
import { printExpr } from '../src/engine/condition/syntax/printer.js';
import { resultJson } from '../src/engine/diagnostic/json.js';
import { exactPlaces } from '../src/engine/diagnostic/pointer.js';
import { verboseText } from '../src/engine/diagnostic/text.js';
import type { LoadResult } from '../src/engine/diagnostic.js';
import { loadRules } from '../src/engine/rules/load.js';
import { testRules } from '../src/library/tests.js';
import { createEventSources } from '../src/plugins/event-sources.js';
import { createFieldTable } from '../src/plugins/field-table.js';
import { k8saudit } from '../src/plugins/k8saudit/index.js';
import { BUILT_IN } from '../src/plugins/registry.js';
import { runInProcess } from './cli/in-process.js';
import { auditEvent } from './engine/rules/audit-events.js';
import { load, rule } from './engine/rules/support.js';

const folder = (number: string): URL => {
  const base = new URL('failures/', import.meta.url);
  return new URL(`${readdirSync(base).find((name) => name.startsWith(number))}/`, base);
};
const text = (number: string, name = 'rules.yaml'): string =>
  readFileSync(new URL(name, folder(number)), 'latin1');

/** What is said below Falco's report, which stays as it is. */
function saidOf(result: LoadResult): string {
  const said = exactPlaces(result);
  expect(result.successful).toBe(false);
  expect(said).not.toBe('');
  expect(verboseText(result)).not.toContain('help: ');
  expect(JSON.stringify(resultJson(result))).not.toContain('help: ');
  return said;
}

const said = (content: string): string => saidOf(load(content).results[0]!);

describe('a field that is none', () => {
  it('of another source is no typo: the source is missing (04)', () => {
    const told = said(text('04'));
    expect(told).toContain('ka.user.name is a field of source k8s_audit');
    expect(told).toContain('add source: k8s_audit');
    expect(told).not.toContain('did you mean');
  });

  it('of a plugin that is not loaded names the plugin (05)', () => {
    const table = createFieldTable('k8s_audit', { plugins: [k8saudit], known: BUILT_IN });
    const file = { name: 'rules.yaml', content: text('05') };
    const outcome = loadRules([file], { tables: () => table });
    expect(saidOf(outcome.results[0]!)).toContain(
      'help: jevt.value comes with the plugin json, which load_plugins does not name\n',
    );
  });

  it.each([
    ['ka.resource', 'ka.target.resource'],
    ['ka.namespace', 'ka.target.namespace'],
    ['ka.name', 'ka.target.name'],
    ['k8s.ns.name', 'ka.target.namespace'],
    ['k8s.pod.name', 'ka.target.pod.name'],
    ['ka.request.object', 'jevt.value[/requestObject]'],
    ['kevt.verb', 'ka.verb'],
    ['ka.user.nam', 'ka.user.name'],
  ])('%s is %s (06)', (name, meant) => {
    expect(said(text('06').replace('ka.resource', name))).toContain(`(did you mean '${meant}'?)`);
  });

  it.each([
    ['%ka.req', 'jevt.value[/requestObject]', 'source k8s_audit has no field ka.req'],
    ['%user.name', 'ka.user.name', 'user.name is a field of system calls'],
  ])('in an output is said to be none: %s (06)', (field, meant, help) => {
    const told = said(rule('ka.verb exists').replace('output: o', `output: "${field}"`));
    expect(told).toContain(`(did you mean '${meant}'?)`);
    expect(told).toContain(`help: ${help}`);
  });

  it('of system calls without a counterpart gets no word for one', () => {
    const told = said(rule('proc.name = bash'));
    expect(told).toContain('help: proc.name is a field of system calls');
    expect(told).not.toContain('did you mean');
  });

  it.each(['k8s_audit', 'kaudit', 'ka'])('the macro %s is the source (06)', (name) => {
    expect(said(rule(`${name} and ka.verb = get`))).toContain(`there is no macro ${name}`);
  });
});

describe('what other languages write (07)', () => {
  it('in a file', () => {
    expect(said(text('07'))).toContain('help: lists are written in round brackets: (a, b)\n');
  });

  it.each([
    ['ka.verb=get AND ka.user.name=x', 'and is a word in lower case'],
    ['ka.verb=get && ka.user.name=x', 'and is a word in lower case'],
    ['ka.verb=get || ka.user.name=x', 'or is a word in lower case'],
    ['NOT ka.verb=get', 'not is a word in lower case'],
    ['ka.user.name not in (a, b)', 'not x in (a, b)'],
    ['ka.user.name not contains a', 'not x contains y'],
    ['ka.user.name matches "a.*"', 'the operator regex'],
    ['ka.user.name =~ "a.*"', 'the operator regex'],
    ['ka.user.name includes a', 'for parts of texts there are contains'],
    ['ka.verb IN (get)', 'in is a word in lower case'],
    ['ka.user.name is not null', 'x exists'],
    ['ka.req.pod.containers.image contains nginx', 'the field is a list: intersects (a, b)'],
  ])('%s', (condition, help) => {
    expect(said(rule(condition))).toContain(help);
  });

  it('and the way out that is named loads', () => {
    const condition = 'join(" ", ka.req.pod.containers.image) contains nginx';
    expect(load(rule(condition)).successful).toBe(true);
  });

  it('and says nothing where none of them is written', () => {
    expect(said(rule('ka.verb'))).not.toContain('help: ');
  });
});

describe('other items', () => {
  it('a priority that is none names all of them (08)', () => {
    expect(said(text('08'))).toContain(
      'EMERGENCY, ALERT, CRITICAL, ERROR, WARNING, NOTICE, INFORMATIONAL, DEBUG',
    );
  });

  it('append with enabled names the two ways to switch a rule (13)', () => {
    const outcome = load([text('13'), text('13', 'local.yaml')]);
    expect(saidOf(outcome.results[1]!)).toContain('override: {enabled: replace}');
  });
});

describe('YAML that does not load names the line of the mistake (09)', () => {
  it.each([
    [text('09'), 4, "not indented deeper than 'condition:' in line 2"],
    [text('09', 'rules2.yaml'), 2, "indented less than the item's first key (column 4)"],
    [
      '- rule: a\n  desc: b\n - rule: c\n',
      3,
      'the dash in line 3 stands in column 2, the one before in column 1',
    ],
    ['- list: a\n  items:\n    - x\n   - y\n', 4, 'stands in column 4, the one before in column 5'],
    ['- rule: a\n  desc: b: c\n', 2, "put the text of 'desc:' in line 2 into quotes"],
    ['- rule: a\n  desc: b\n    output: c\n', 3, "deeper than 'desc:' in line 2"],
    ['- rule: a\n  desc: "b" c\n', 2, 'ends with its second quote'],
    ['- rule: a\n  output: %ka.verb\n', 2, 'cannot begin with %'],
    ['- rule: a\n\tdesc: b\n', 2, 'indented with a tab'],
    ['- list: a\n  items: [\n  a\n  ]\n- list: b\n items: []\n', 6, 'indented less'],
    ['- rule: a\n  condition: >\n   a: b\n   c\n  desc: b: c\n', 5, "text of 'desc:'"],
  ])('%j', (content, line, help) => {
    const told = said(content);
    expect(told).toMatch(new RegExp(`^at a\\.yaml:${line}:`));
    expect(told).toContain(help);
  });
});

describe('what a differential run against Falco found (fidelity)', () => {
  const fidelity = (name: string): LoadResult => load(text('fidelity', name)).results[0]!;
  const errorOf = (name: string): string => fidelity(name).errors[0]!.message;

  it('a field does not begin with a dot (f04)', () => {
    expect(errorOf('f04-leading-dot.yaml')).toBe("expected a '(' token, a field check, or an identifier");
    const { context } = fidelity('f04b-getopt-dot.yaml').errors[0]!;
    expect(context.locations.at(-1)).toMatchObject({ line: 1, column: 40, offset: 39 });
  });

  it('a chain of 1,002 macros loads, matches and is described (f05)', () => {
    const outcome = load(text('fidelity', 'f05-macro-depth.yaml'));
    expect(outcome.successful).toBe(true);
    const [loaded] = outcome.rules;
    expect(loaded!.compiled.predicate(auditEvent())).toBe(true);
    expect(printExpr(outcome.rules[0]!.compiled.condition)).toContain('ka.verb = create and ka.verb exists');
  });

  it.each(['f06-schema-mapping.yaml', 'f06-schema-null.yaml', 'f06-schema-sequence.yaml'])(
    'a text that is none does not fit the schema: %s (f06)',
    (name) => {
      expect(resultJson(fidelity(name))).toMatchObject({ schema_valid: false });
    },
  );

  it.each(['rules.yaml', 'rules2.yaml'])('nor do null and empty values in rules: %s (15)', (name) => {
    const [result] = load(text('15', name)).results;
    expect(resultJson(result!)).toMatchObject({ schema_valid: false });
  });

  it('a file that holds only null was not validated (f07)', () => {
    expect(fidelity('f07-null-document.yaml')).toMatchObject({ successful: true, schemaStatus: [] });
  });

  it('the snippet of a file that begins with an empty line is the rest of it (f08)', () => {
    expect(resultJson(fidelity('f08-blank-line-first.yaml'))).toMatchObject({
      errors: [{ context: { snippet: '...: b...\n' } }],
    });
  });

  it('a NUL byte in a key refuses the file (f14), and in a value (f09)', () => {
    expect(fidelity('f14-nul-in-key.yaml').errors).toMatchObject([
      { code: 'LOAD_ERR_YAML_PARSE', place: { line: 1, column: 3 } },
    ]);
    expect(fidelity('f09-nul.yaml').successful).toBe(false);
  });

  it('the name of a list that is no Unicode is warned of (f16, ours)', () => {
    const [result] = load('').results;
    const content = text('fidelity', 'f16-list-name-not-utf8.yaml');
    const outcome = loadRules([{ name: result!.name, content }], { tables: () => undefined });
    expect(outcome.results[0]!.warnings[0]!.code).toBe('LOAD_INVALID_LIST_NAME');
  });

  it('deprecated fields inside transformer lists are not warned of (f10)', () => {
    const result = load(text('fidelity', 'f10-join-empty.yaml')).results[0]!;
    expect(result.warnings.map(({ code }) => code)).toEqual([]);
  });
});

describe('files made to be read wrongly', () => {
  it('a bomb of aliases in a suite of tests is refused like one in rules, with its line', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const below = level === 0 ? 'x' : `*a${level - 1}`;
      return `  a${level}: &a${level} [${Array(9).fill(below).join(', ')}]\n`;
    });
    const suite = `events:\n${levels.join('')}tests: []\n`;
    expect(() => testRules(suite, { rules: '' })).toThrow(
      /^suite:\d+: more than 400000 values, aliases included$/,
    );
  });

  it.each([
    ['a name', (long: string) => `- rule: ${long}\n  desc: d\n`],
    ['a condition', (long: string) => rule(`ka.verb = "${long}" x`)],
    ['a field', (long: string) => rule(`ka.${long} = a`)],
    ['a macro', (long: string) => rule(long)],
    ['an output', (long: string) => rule('ka.verb exists').replace('output: o', `output: "%${long}"`)],
    ['a key', (long: string) => `- list: a\n  items: []\n  ? ${long}\n  : x\n`],
    ['a list', (long: string) => `- {list: a, items: [], append: ${long}}\n`],
    ['text that is no YAML', (long: string) => `- "${long}`],
  ])('%s of 3 MB does not fill the report', (_what, content) => {
    const result = load(content('x'.repeat(3_000_000))).results[0]!;
    const report = verboseText(result) + exactPlaces(result) + JSON.stringify(resultJson(result));
    expect(report.length).toBeGreaterThan(100);
    expect(report.length).toBeLessThan(100_000);
  });
});

const LINT = { sources: createEventSources(), semantics: 'falco' } as const;

describe('lint', () => {
  const linted = (content: string) =>
    lintFiles([{ name: 'a.yaml', content }], LINT).map(({ id, level, message }) => ({
      id,
      level,
      message,
    }));

  it('takes a list that holds its own name for what it is (11)', () => {
    expect(linted(text('11')).filter(({ id }) => id === 'nested-list')).toEqual([]);
  });

  it('is quiet about bases for others, switches, and fields that are used often (12)', () => {
    const found = linted(text('12'));
    expect(found.filter(({ level }) => level !== 'note')).toEqual([]);
    expect(found).toContainEqual({
      id: 'LOAD_UNUSED_MACRO',
      level: 'note',
      message: expect.stringContaining('Macro not referred to'),
    });
    expect(found.find(({ id }) => id === 'never-true')?.message).toMatch(
      /as long as nobody overrides 'consider_audit_all'$/,
    );
    expect(found.filter(({ id }) => id === 'field-defect').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^ka\.req\.pod\.containers\.image\.repository .*times in this file\)$/),
    ]);
  });

  it.each([
    ['trusted_images', 'warning'],
    ['allowed_namespaces', 'note'],
  ])('says louder that a list is missing the surer it is: %s', (name, level) => {
    expect(linted(rule(`ka.user.name in (${name})`))).toMatchObject([{ id: 'undefined-list', level }]);
  });
});

describe('a suite that names a file of secrets', () => {
  it('says that it is no rules file, and nothing of what is in it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tsfalco-secret-'));
    writeFileSync(join(folder, 'secret'), 'root:x:0:0:secret:/root:/bin/bash\n');
    writeFileSync(join(folder, 'suite.yaml'), 'rules: [secret]\ntests: []\n');
    const running = runInProcess((host) => test([join(folder, 'suite.yaml')], host), {});
    expect(await running.exit).toBe(1);
    rmSync(folder, { recursive: true });
    const written = running.out() + running.err();
    expect(written).toContain('secret is no rules file');
    expect(written).not.toContain('root:');
  });
});
