// scan, stats, export and explain without a rule, as commands: the built program, as a child process.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { byAge } from '../../src/cli/logs/files.js';
import { progressLine } from '../../src/cli/logs/progress.js';
import { builtCommand } from '../build.js';
import { FORMS, IDS } from '../sources/forms/samples.js';

const BIN = builtCommand();
const folder = mkdtempSync(join(tmpdir(), 'tsfalco-scan-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    input,
    encoding: 'utf8',
    cwd: folder,
  });
  return { status, stdout, stderr };
}

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const RULES = file(
  'rules.yaml',
  `- rule: Exec
  desc: someone runs a command in a pod
  condition: ka.target.subresource = exec
  output: exec | user=%ka.user.name pod=%ka.target.name
  priority: CRITICAL
  source: k8s_audit
  tags: [T1609]
- rule: Any
  desc: any event
  condition: ka.verb exists
  output: any | verb=%ka.verb
  priority: DEBUG
  source: k8s_audit
- rule: Never
  desc: none
  condition: ka.verb = never
  output: never
  priority: WARNING
  source: k8s_audit
`,
);
const CORRELATION = file(
  'correlation.yaml',
  `- correlation: Many Gets
  desc: somebody gets a lot
  type: event_count
  rules: [Any, {as: got, condition: ka.verb = get}]
  group-by: [ka.user.name]
  timespan: 1h
  condition: {gte: 3}
  output: many | user=%ka.user.name
  priority: WARNING
  source: k8s_audit
- correlation: Never Met
  desc: none
  type: event_count
  rules: [Never]
  timespan: 1h
  condition: {gte: 3}
  output: never
  priority: WARNING
  source: k8s_audit
`,
);
const log = file('audit.log', String(FORMS['lines, as in audit.log']));

describe('scan', () => {
  test('needs no configuration: our own rules, a line for each alert, and what each rule found', () => {
    const { status, stdout, stderr } = run(['scan', log]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const [first] = stdout.split('\n');
    expect(first).toMatch(
      /^2026-02-03T16:00:01\.062391000Z Warning \[Exec Into System Namespace\] Exec or attach/,
    );
    expect(stdout).toMatch(
      /\n1 {2}Warning {3}Exec Into System Namespace\n {13}2026-02-03 16:00:01, all by alice@example\.com\n/,
    );
    expect(stdout).toMatch(/\n2 alerts of 2 rules in 5 events of 1 file \([\d.]+ s, [\d,]+ events\/s\)\n$/);
  });

  test('takes other rules, and all that match an event count', () => {
    const { stdout } = run(['scan', '-r', RULES, log]);
    expect(stdout.match(/\[\w+\] /g)?.toSorted()).toEqual([...Array(5).fill('[Any] '), '[Exec] ']);
  });

  test('leaves some rules out, and says what was meant', () => {
    expect(run(['scan', '-r', RULES, '--rule', 'E*', log]).stdout.match(/\[\w+\]/g)).toEqual(['[Exec]']);
    expect(run(['scan', '-r', RULES, '--min-priority', 'warning', log]).stdout.match(/\[\w+\]/g)).toEqual([
      '[Exec]',
    ]);
    expect(run(['scan', '-r', RULES, '--rule', 'Exex', log])).toMatchObject({
      status: 2,
      stderr: 'Error: There is no enabled rule "Exex"; did you mean "Exec"?\n',
    });
    expect(run(['scan', '--min-priority', 'bad', log])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--min-priority bad is no priority; there are: Emergency, '),
    });
  });

  test('looks at a span of time only', () => {
    const times = (...args: string[]) =>
      run(['scan', '-r', RULES, '--rule', 'Any', ...args, log]).stdout.match(/^\S+Z /gm);
    expect(times()).toHaveLength(5);
    const [, second, third] = times()!;
    expect(times('--from', second!.trim(), '--to', third!.trim())).toEqual([second]);
    expect(run(['scan', '--from', 'soon', log])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--from soon is not a time'),
    });
  });

  test('exits with 1 only where it is asked to', () => {
    expect(run(['scan', '-r', RULES, log]).status).toBe(0);
    expect(run(['scan', '-r', RULES, '--fail-on', 'critical', log]).status).toBe(1);
    expect(run(['scan', '-r', RULES, '--rule', 'Any', '--fail-on', 'critical', log]).status).toBe(0);
    expect(run(['scan', '-r', RULES, '--rule', 'Never', '--fail-on', 'debug', log]).status).toBe(0);
  });

  test('writes JSON as Falco does, the table aside', () => {
    const { stdout, stderr } = run(['scan', '-r', RULES, '--rule', 'Exec', '--format', 'json', log]);
    expect(JSON.parse(stdout)).toMatchObject({
      rule: 'Exec',
      priority: 'Critical',
      source: 'k8s_audit',
      tags: ['T1609'],
      output_fields: { 'ka.user.name': 'alice@example.com' },
    });
    expect(stderr).toContain('1 alert of 1 rule in 5 events of 1 file');
  });

  test('writes CSV', () => {
    const [head, row, ...rest] = run([
      'scan',
      '-r',
      RULES,
      '--rule',
      'Exec',
      '--format',
      'csv',
      log,
    ]).stdout.split('\r\n');
    expect(head).toBe(
      'time,priority,rule,user,verb,resource,namespace,name,source_ips,response_code,audit_id,output',
    );
    expect(row).toMatch(
      /^2026-02-03T16:00:01\.062391000Z,Critical,Exec,alice@example\.com,get,pods,kube-system,/,
    );
    expect(row).toContain(`,${IDS[1]},exec | user=alice@example.com`);
    expect(rest).toEqual(['']);
  });

  test('writes SARIF', () => {
    const document = JSON.parse(
      run(['scan', '-r', RULES, '--rule', 'Exec', '--format', 'sarif', log]).stdout,
    );
    expect(document.version).toBe('2.1.0');
    expect(document.runs[0].tool.driver.rules).toHaveLength(1);
    expect(document.runs[0].results).toMatchObject([
      { ruleId: 'Exec', level: 'error', properties: { auditId: IDS[1] } },
    ]);
  });

  test('reads folders, packed and rotated files, oldest first, and standard input', () => {
    const lines = String(FORMS['lines, as in audit.log']).split('\n');
    file('logs/audit.log', `${lines[2]}\n`);
    file('logs/audit.log.1', `${lines[1]}\n`);
    file('logs/audit.log.2.gz', gzipSync(`${lines[0]}\n`));
    file('logs/deeper/000000.gz', gzipSync(`2026-08-01T12:00:00.000Z ${lines[3]}\n`));
    const args = ['scan', '-r', RULES, '--rule', 'Any', '--format', 'csv'];
    const ids = (stdout: string) => stdout.match(/\w{8}(?:-\w{4}){3}-\w{12}/g);
    expect(ids(run([...args, join(folder, 'logs')]).stdout)).toEqual([IDS[0], IDS[1], IDS[2], IDS[3]]);
    expect(ids(run([...args, '-'], lines[4]).stdout)).toEqual([IDS[4]]);
  });

  test('passes over in folders what no log is, and what it has read already, and reads the rest', () => {
    const line = String(FORMS['lines, as in audit.log']).split('\n')[0]!;
    file('traps/audit.log', `${line}\n`);
    const traps = join(folder, 'traps');
    const links = { around: '.', loop: 'loop', gone: 'nowhere', 'current.log': 'audit.log' };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(traps, name));
    spawnSync('mkfifo', [join(traps, 'pipe')]);
    for (const command of [['scan', '-r', RULES], ['stats'], ['report', '-o', join(folder, 'traps.html')]]) {
      const { status, stdout, stderr } = run([...command, traps]);
      expect(status).toBe(0);
      expect(`${stdout}${stderr}`).toMatch(/\b1 events?\b/);
      expect(stderr).toContain(
        `Warning: could not read ${traps}/gone: no such file or directory
Warning: could not read ${traps}/loop: too many levels of symbolic links
Passed over in ${traps}: 2 links to what is read already, 1 named pipes
`,
      );
    }
    // A path that was given by itself is to be read.
    expect(run(['stats', join(traps, 'loop')])).toMatchObject({ status: 2, stdout: '' });
  });

  test('says what it could not read, and what was no audit event, once a file', () => {
    const mixed = file(
      'mixed.log',
      `${'I0801 starting\n'.repeat(50)}${String(FORMS['lines, as in audit.log'])}{"kind":"Event",\n`,
    );
    const { stderr, stdout } = run(['scan', '-r', RULES, '--rule', 'Exec', mixed]);
    expect(stderr).toContain(`${mixed}: passed over 50 lines without JSON\n`);
    expect(stdout).toMatch(/\nnot read: 1 not JSON\n$/);
    expect(run(['scan', file('x.xml', '<?xml?>\n')])).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /x\.xml: no events in it, but 1 lines without JSON; it begins with: <\?xml\?>\nError: There are no events in 1 file\n$/,
      ),
    });
    expect(run(['scan', 'nowhere.log'])).toMatchObject({
      status: 2,
      stderr: 'Error: Could not read nowhere.log: no such file or directory\n',
    });
    const damaged = file('damaged.gz', gzipSync('x'.repeat(1000)).subarray(0, 20));
    const cut = run(['scan', damaged, log]);
    expect(cut.stderr).toContain(`Warning: gunzip ${damaged}: unexpected end of file\n`);
    expect(cut.stdout).toContain(' of 2 files, 1 of them not read to the end (');
  });

  test('has help, and says how it is called', () => {
    expect(run(['scan', '--help']).stdout).toMatch(/^Usage: tsfalco scan/);
    expect(run(['scan'])).toMatchObject({
      status: 2,
      stderr: 'Error: scan needs files, folders or --cluster; see tsfalco scan --help\n',
    });
    expect(run(['scan', '--format', 'xml', log]).status).toBe(2);
    expect(run(['scan', '--cluster', 'c', log]).status).toBe(2);
  });
});

test('rotated files come before the current one', () => {
  const names = [
    'audit.log',
    'audit.log.1',
    'audit.log.10.gz',
    'audit.log.2',
    'audit-2026-08-02.log.gz',
    'audit-2026-08-01.log',
  ];
  expect(names.toSorted(byAge)).toEqual([
    ...['audit-2026-08-01.log', 'audit-2026-08-02.log.gz'],
    ...['audit.log.10.gz', 'audit.log.2', 'audit.log.1', 'audit.log'],
  ]);
});

test('progress is a line with a bar, the rest of the time, and no more than 80 columns', () => {
  const line = progressLine(260e6, 1250e6, 640);
  expect(line).toBe('[#####                   ]  20 %  260 of 1250 MB  406 MB/s  3 s left');
});

describe('stats', () => {
  const all = file('all.json', String(FORMS['an array over many lines']));

  test('counts events by fields, the most frequent first, with bars, in 80 columns', () => {
    const { status, stdout, stderr } = run(['stats', '--by', 'ka.verb,ka.user.name', all]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^count +share {2}ka\.verb {2}ka\.user\.name$/);
    expect(lines[1]).toMatch(/^ {4}\d {2}\d\d\.0 % {2}\w+ +\S+ +█{16}$/);
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(80);
    expect(stdout).toMatch(/\n5 events, \d rows, 1 file\n$/);
  });

  test('takes a condition in the full language, macros and lists too', () => {
    const where = (condition: string) =>
      run(['stats', '--by', 'ka.verb', '--where', condition, '--format', 'csv', all]);
    expect(where('ka.target.subresource = exec').stdout).toBe(
      'ka.verb,count,first,last\r\nget,1,2026-02-03T16:00:01.062Z,2026-02-03T16:00:01.062Z\r\n',
    );
    expect(where('not ka.target.subresource = exec').stderr).toMatch(/^4 of 5 events, \d rows?, 1 file\n$/);
    expect(where('ka.verv = get')).toMatchObject({
      status: 2,
      stderr:
        'Error: filter_check called with nonexistent field ka.verv\n  ka.verv = get\n  ^\nDid you mean ka.verb?\n',
    });
  });

  test('counts over time', () => {
    const { stdout } = run(['stats', '--every', '1s', all]);
    expect(stdout).toMatch(/^2026-02-03 16:00:0\d {6}\d {2}█+/);
    const json = run(['stats', '--every', '1h', '--by', 'ka.stage', '--format', 'json', all]).stdout;
    expect(json.split('\n')[0]).toMatch(
      /^\{"time":"2026-02-03T16:00:00\.000Z","by":\{"ka\.stage":"\w+"\},"count":\d\}$/,
    );
  });

  test('counts how many values another field has, and shows as many rows as wished', () => {
    const { stdout } = run(['stats', '--by', 'ka.stage', '--distinct', 'ka.user.name', '--top', '1', all]);
    expect(stdout).toMatch(/^count +share {2}distinct ka\.user\.name {2}ka\.stage\n/);
    expect(stdout).toMatch(/\nand 1 more with \d events: --top all\n/);
  });

  test.each([
    [['--by', 'ka.verbs'], 'did you mean ka.verb?'],
    [['--every', '5x'], '--every 5x is no span of time'],
    [['--top', '0'], '--top 0 is no number of rows'],
    [['--format', 'xml'], "Invalid format 'xml'"],
  ])('%j is refused in a line', (args, message) => {
    const { status, stdout, stderr } = run(['stats', ...args, all]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('--rules shows of correlations alerts, steps, and what the nearest group lacks', () => {
    const args = ['stats', '--rules', '-r', RULES, '-r', CORRELATION, log];
    const { stdout } = run(args);
    expect(stdout).toMatch(/\n {8}0 {2}Warning {3}Many Gets\n {11}\d events? met its steps, in \d groups?; /);
    expect(stdout).toMatch(/ {11}Any: 5\n {11}got: \d\n/);
    expect(stdout).toMatch(/ {13}missing: \d more events? within 3600 s; the fullest window has \d of 3\n/);
    expect(stdout).toContain('No event met a step of 1 correlation\n');
    const json = run([...args, '--format', 'json'])
      .stdout.trimEnd()
      .split('\n')
      .at(-1)!;
    expect(JSON.parse(json)).toMatchObject({
      correlation: 'Many Gets',
      alerts: 0,
      events: 5,
      steps: [{ name: 'Any', matches: 5 }, { name: 'got' }],
      nearest: { lacks: expect.stringContaining('missing: ') },
    });
    expect(run([...args, '--format', 'csv']).stdout).toMatch(/\nMany Gets,Warning,0,0\.0,,\r?\n/);
  });

  test('says how loud each rule is, and writes exceptions that silence it, with a test that passes', () => {
    const { stdout } = run(['stats', '--rules', '-r', RULES, all]);
    expect(stdout).toMatch(/^ {8}5 {2}Debug {5}Any\n {11}100000\.0 in 100,000 events, \d users\n/);
    expect(stdout).toContain('1 rule was silent\n6 alerts of 2 rules in 5 events\n');
    expect(run(['stats', '--rules', '-r', RULES, '--exceptions', 'exceptions.yaml', all]).stderr).toBe(
      'Exceptions for 2 rules in exceptions.yaml; test them: tsfalco test exceptions-test.yaml\n',
    );
    expect(run(['test', 'exceptions-test.yaml'])).toMatchObject({
      status: 0,
      stdout: '4 passed, 0 failed\n',
    });
    const left = run(['scan', '-r', RULES, '--with', 'exceptions.yaml', '--format', 'json', all]).stdout;
    expect(left.trim().split('\n').length).toBeLessThan(6);
    expect(left).not.toContain('"rule":"Exec"');
    expect(run(['stats', '--rules', '-r', RULES, '--exceptions', 'exceptions.yaml', all])).toMatchObject({
      status: 2,
      stderr: 'Error: exceptions.yaml is there already\n',
    });
  });
});

describe('export', () => {
  const all = file('all.json', String(FORMS['aws logs filter-log-events']));

  test('gives the events as lines, whatever the form, and nothing else', () => {
    expect(run(['export', all])).toEqual({
      status: 0,
      stdout: String(FORMS['lines, as in audit.log']),
      stderr: '',
    });
  });

  test('gives some of them, and chosen fields', () => {
    const some = [
      'export',
      '--where',
      'ka.target.subresource = exec',
      '--fields',
      'ka.auditid,ka.verb,ka.req.role.rules',
    ];
    expect(run([...some, all]).stdout).toBe(
      `{"ka.auditid":"${IDS[1]}","ka.verb":"get","ka.req.role.rules":null}\n`,
    );
    expect(run([...some, '--format', 'csv', all]).stdout).toBe(
      `ka.auditid,ka.verb,ka.req.role.rules\r\n${IDS[1]},get,\r\n`,
    );
  });

  test('gives pseudonyms for names, the same each time with a key', () => {
    const redacted = () => run(['export', '--redact-key', 'k', all]).stdout;
    expect(redacted()).toBe(redacted());
    expect(redacted()).not.toContain('alice');
    expect(run(['export', '--redact', all]).stdout).not.toBe(run(['export', '--redact', all]).stdout);
    const field = run([
      'export',
      '--redact',
      '--fields',
      'ka.user.name',
      '--where',
      'ka.user.name startswith alice',
      all,
    ]);
    expect(field.stdout).toMatch(/^\{"ka\.user\.name":"user-\w+"\}\n$/);
  });

  test('is refused in a line', () => {
    expect(run(['export', '--format', 'csv', all])).toMatchObject({
      status: 2,
      stderr: 'Error: --format csv needs --fields\n',
    });
    expect(run(['export', '--fields', 'ka.x', all]).status).toBe(2);
  });
});

describe('explain without a rule', () => {
  test('says of each event which rules match and why, and which it nearly meets', () => {
    const { status, stdout, stderr } = run(['explain', '-r', RULES, log]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.match(/^event #\d/gm)).toEqual([1, 2, 3, 4, 5].map((n) => `event #${n}`));
    const second = stdout.split('\n\n')[1]!;
    expect(second).toContain(
      `alice@example.com  101  ${IDS[1]}\n  matches 2 of 3 rules\n  Critical  Exec\n    exec | user=alice`,
    );
    expect(second).toContain('\n    ✓ ka.target.subresource = exec   ka.target.subresource is "exec"\n');
    expect(second).toContain(
      '\n  nearest misses:\n  Warning  Never\n    misses by: ka.verb = never   (it is get)',
    );
  });

  test('says in which correlations an event counts, and what their windows lack', () => {
    const args = ['explain', '-r', RULES, '-r', CORRELATION, '--num', '2'];
    const { stdout, stderr } = run([...args, log]);
    expect(stderr).toBe('');
    expect(stdout).toContain('\n  counts in:\n    Many Gets, as Any: alice@example.com\n');
    expect(stdout).toMatch(
      /\n\nMany Gets: event_count of 3 within 3600 s, by ka\.user\.name\n {2}alice@example\.com\n/,
    );
    expect(stdout).toContain('missing: ');
    expect(stdout).not.toContain('Never Met');
    const lines = run([...args, '--json', log])
      .stdout.trimEnd()
      .split('\n');
    const [event, windows] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(event).toMatchObject({ event: 2 });
    expect(event!['steps']).toContainEqual({
      correlation: 'Many Gets',
      step: 'Any',
      group: 'alice@example.com',
    });
    expect(windows).toMatchObject({ correlation: 'Many Gets' });
  });

  test('finds the event of an alert, in text or JSON, by its auditID', () => {
    const about = (alert: string) => run(['explain', '-r', RULES, '--alert', alert, '--json', log]);
    for (const alert of [
      `12:00:00.0: Warning x | audit=${IDS[1]} y`,
      `{"output_fields":{"ka.auditid":"${IDS[1]}"}}`,
    ]) {
      const found = JSON.parse(about(alert).stdout);
      expect(found).toMatchObject({
        event: 2,
        auditID: IDS[1],
        matches: [{ rule: 'Exec' }, { rule: 'Any' }],
      });
    }
    expect(about('12:00:00.0: Warning x')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('names no auditID'),
    });
    expect(about(`audit=${IDS[1]}0`)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('holds 5 events, and none with'),
    });
  });

  test('takes one event by its number; 1 where no rule matches', () => {
    expect(run(['explain', '--num', '#1', log])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('event #1  '),
    });
    expect(run(['explain', '--num', '9', log]).stderr).toContain('there is no event 9');
    expect(run(['explain', '--num', 'x', log]).status).toBe(2);
  });
});

describe('report', () => {
  test('writes one page, and says how large it is', () => {
    const { status, stdout, stderr } = run([
      'report',
      '-r',
      RULES,
      '-o',
      'report.html',
      '--title',
      'My log',
      log,
    ]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toBe('5 events: report.html (0.0 MB)\n');
    const page = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(page).toContain('<h1>My log</h1>');
    const [, packed = ''] = /id="data">([^<]+)</.exec(page) ?? [];
    expect(JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString())).toMatchObject({
      events: 5,
      alertCount: 6,
      rules: [{ name: 'Any' }, { name: 'Exec', priority: 'Critical' }],
    });
  });

  test.each([
    [['report'], 'report needs -o FILE'],
    [['report', '-o', 'x.html'], 'report needs files, folders or --cluster'],
    [['report', '-o', 'no/such/x.html', log], 'Could not write no/such/x.html: no such file or directory'],
  ])('%j is refused in a line', (args, message) => {
    const { status, stderr } = run(args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
