// The tools with plugins, built-in and of one's own: whose events are told by content, by -c or by --plugin. Through the built
// command.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { builtCommand } from '../build.js';

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const COMMAND = builtCommand();
const folder = mkdtempSync(join(tmpdir(), 'tsfalco-tools-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MIXED = root('test/plugins/logs/mixed.jsonl');
const DOORS = root('examples/plugin');

function run(args: readonly string[], cwd = DOORS) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], TZ: 'UTC', NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

const lines = (args: readonly string[]): readonly string[] => run(args).stdout.trim().split('\n');

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const RULES = ['aws_cloudtrail', 'okta', 'github', 'gcp_auditlog', 'k8s_audit']
  .map(
    (source) => `
- rule: Any ${source}
  desc: d
  condition: evt.num > 0
  output: "%evt.pluginname %evt.num"
  priority: INFO
  source: ${source}
`,
  )
  .join('');

describe('whose events are told by what they hold', () => {
  const rules = write('any.yaml', RULES);

  it('in one file of seven services', () => {
    const { stdout } = run(['scan', '-r', rules, MIXED]);
    const found = stdout
      .split('\n')
      .filter((line) => line.includes(' Informational ['))
      .map((line) => /\[Any (\S+)\] (\S+)/.exec(line)?.slice(1).join(' '));
    expect(found).toEqual([
      ...['aws_cloudtrail cloudtrail', 'aws_cloudtrail cloudtrail', 'okta okta', 'okta okta'],
      ...['github github', 'gcp_auditlog gcpaudit'],
      ...['k8s_audit k8saudit-gke', 'k8s_audit k8saudit-aks', 'k8s_audit k8saudit-ovh'],
    ]);
    expect(stdout).toContain('9 alerts of 5 rules in 9 events of 1 file');
  });

  it('for numbers by fields of one of them, and says what is left out', () => {
    const { stdout } = run(['stats', '--by', 'ct.name', MIXED]);
    expect(stdout).toMatch(/^count {4}share {2}ct\.name\n {4}2 {2}100\.0 % {2}ConsoleLogin/);
    expect(stdout).toContain('2 events, 1 row, 1 file\nleft out: 2 events of okta, 1 event of github');
    expect(run(['stats', '--source', 'okta', MIXED]).stdout).toMatch(
      /okta\.actor\.alternateid {2,}okta\.evt\.type/,
    );
    expect(run(['stats', '--source', 'octa', MIXED])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no plugin brings the event source octa; there are: k8s_audit,'),
    });
  });

  it('for exports, whole or by fields', () => {
    expect(lines(['export', MIXED]).map((line) => JSON.parse(line) as unknown)).toHaveLength(9);
    expect(
      lines(['export', '--fields', 'okta.evt.type', '--where', 'okta.evt.type exists', MIXED]),
    ).toHaveLength(2);
  });

  it('in a session, which asks the source whose fields are named', () => {
    const session = [
      'repl',
      '-r',
      rules,
      '-e',
      'source',
      '-e',
      'ct.name = ConsoleLogin',
      '-e',
      'github.type',
    ];
    expect(run([...session, '-e', 'rules', MIXED]).stdout.replace(/\([\d.]+ us an event\)/, '(…)')).toContain(
      ['2 of 2 events of aws_cloudtrail match (…)', 'github.type: 1 value over 1 event of github'].join('\n'),
    );
  });

  it('for the reasons of a rule', () => {
    const { stdout, stderr, status } = run(['explain', '-r', rules, '--rule', 'Any okta', '--event', MIXED]);
    expect(stdout.match(/✓ evt\.num/g)).toHaveLength(2);
    expect(stderr).toContain('7 events of other sources were passed over');
    expect(status).toBe(0);
  });
});

describe('a plugin of one’s own', () => {
  const log = join(DOORS, 'door.log');

  it.each([
    ['-c', ['-c', 'falco.yaml'], 'north'],
    ['--plugin', ['--plugin', './door-log.js', '-r', 'rules.yaml'], 'main'],
  ])('by %s', (_option, options, building) => {
    expect(run(['scan', ...options, log]).stdout).toMatch(
      new RegExp(
        `^\\S+ Warning \\[Refused at a door\\] Refused \\(who=alice door=server-room building=${building}\\)\n`,
      ),
    );
    expect(run(['explain', ...options, '--num', '1', log]).stdout).toContain('door.outcome is "refused"');
    expect(run(['repl', ...options, '-e', 'door.person', log]).stdout).toMatch(
      /^door\.person: 3 values over 3 events\n/,
    );
    const report = join(folder, `${building}.html`);
    expect(run(['report', '-o', report, ...options, log]).status).toBe(0);
    expect(readFileSync(report, 'utf8')).toContain('door.log');
  });

  it('is read beside others, whose marks come first; what no mark fits is its', () => {
    const rules = ['-r', 'rules.yaml', '--with', write('any2.yaml', RULES)];
    const { stdout } = run(['scan', '--plugin', './door-log.js', ...rules, log, MIXED]);
    // The frame of OVHcloud's is a wrapper like any other.
    expect(stdout).toContain('10 alerts of 7 rules in 11 events of 2 files');
    expect(stdout).toContain('not read: 1 not JSON');
  });

  it('gives tests that a session noted, with the payload of its events', () => {
    const rules = join(folder, 'typed.yaml');
    const typed = ['-e', 'rule "Bob" door.person = bob', '-e', 'test yes #2 bob', '-e', `save ${rules}`];
    run(['repl', '-c', 'falco.yaml', ...typed, log]);
    const suite = rules.replace('.yaml', '-test.yaml');
    expect(readFileSync(suite, 'utf8')).toContain(
      '    source: door\n    text: "2026-03-01T08:16:10Z lobby bob granted"\n',
    );
    expect(run(['test', '-c', 'falco.yaml', suite]).stdout).toBe('1 passed, 0 failed\n');
    expect(run(['test', suite])).toMatchObject({ status: 1, stderr: expect.stringContaining('door') });
  });

  it('is linted by its fields; unknown, it is only noted', () => {
    const wrong = write(
      'wrong.yaml',
      readFileSync(join(DOORS, 'rules.yaml'), 'utf8').replace('door.outcome =', 'door.outcom ='),
    );
    expect(run(['lint', '--plugin', './door-log.js', wrong])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('door.outcome'),
    });
    expect(run(['lint', 'rules.yaml'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('note: rules of source door are not looked into'),
    });
  });

  it.each([
    ['./none.js', /there is no plugin \.\/none\.js: give a module/],
    ['./falco.yaml', /there is no plugin/],
    ['oktaa', /there is no plugin oktaa: .*one of k8saudit, /],
  ])('that cannot be loaded is told in one line: %s', (plugin, text) => {
    expect(run(['scan', '--plugin', plugin, log])).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(text),
    });
  });
});

describe('plugins that rules files need', () => {
  const needs = (name: string, version: string): string =>
    write(
      `needs-${name}-${version}.yaml`,
      `- required_plugin_versions: [{name: ${name}, version: ${version}}]\n${RULES}`,
    );

  it('are there, or the tools say what a run says', () => {
    expect(run(['lint', needs('okta', '0.12.0')]).status).toBe(0);
    const old = "Plugin 'okta' version '0.12.0' is not compatible with required plugin version '0.99.0'";
    for (const args of [['lint'], ['scan', '-r'], ['repl', '-e', 'quit', '-r']]) {
      const { status, stdout, stderr } = run([
        ...args,
        needs('okta', '0.99.0'),
        ...(args[0] === 'scan' ? [MIXED] : []),
      ]);
      expect(stdout + stderr).toContain(old);
      expect(status).not.toBe(0);
    }
    const door = needs('door-log', '1.0.0');
    expect(run(['lint', door])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('[unmet-requirement]'),
    });
    expect(run(['lint', '--plugin', './door-log.js', door]).stdout).not.toContain('unmet-requirement');
    expect(run(['lint', '-c', 'falco.yaml', needs('okta', '0.1.0')])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('must load one of: okta (>= 0.1.0)'),
    });
  });
});
