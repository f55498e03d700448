// explain, test and repl as commands: the built program, as a child process.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { eventText, RULES } from '../authoring/support.js';
import { builtCommand } from '../build.js';

const BIN = builtCommand();
const folder = mkdtempSync(join(tmpdir(), 'tsfalco-authoring-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function run(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    input,
    encoding: 'utf8',
    cwd: folder,
  });
  return { status, stdout, stderr };
}

const rules = file('rules.yaml', RULES);
const event = file('event.json', eventText());
const other = file('other.json', eventText({ objectRef: {} }));

describe('explain', () => {
  const args = ['explain', '-r', rules, '--rule', 'Exec', '--event'];

  test('prints the tree; 0 for a match, 1 for none', () => {
    expect(run([...args, event])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^✓ and\n/) });
    const missed = run([...args, other]);
    expect(missed).toMatchObject({ status: 1, stderr: '' });
    expect(missed.stdout).toContain(
      '├─ ✗ ka.target.subresource = exec   ka.target.subresource has no value ◀',
    );
  });

  test('takes an event over several lines, and a list', () => {
    const pretty = file('pretty.json', JSON.stringify(JSON.parse(eventText()), undefined, 2));
    expect(run([...args, pretty])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^✓ and\n/),
      stderr: '',
    });
    const list = file(
      'list.json',
      `{"kind":"EventList","items":[${eventText()},${eventText({ objectRef: {} })}]}`,
    );
    expect(run([...args, list]).stdout.match(/^[✓✗] and$/gm)).toEqual(['✓ and', '✗ and']);
  });

  test('names the key that is missing where no ka.* field has a value', () => {
    const { status, stdout, stderr } = run([...args, '-'], eventText({ auditID: undefined }));
    expect(status).toBe(1);
    expect(stdout).toContain('✗');
    expect(stderr).toBe('the event has no key auditID, so that no ka.* field has a value\n');
  });

  test('writes a line of JSON an event, also from standard input', () => {
    const { status, stdout } = run([...args, '-', '--json'], `${eventText()}\n${eventText({ verb: 'x' })}\n`);
    const lines = stdout.trim().split('\n');
    expect(status).toBe(0);
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      rule: 'Exec',
      explanation: { verdict: true, operands: [{ operands: [{ left: 'Žofie' }] }, {}, {}] },
    });
  });

  test.each([
    [['explain'], 'explain needs a file, or -r, --rule and --event'],
    [['explain', '--nope'], "Unknown option '--nope'"],
    [['explain', '-r', rules, '--rule', 'None', '--event', event], 'Rule "None" is not among'],
    [['explain', '-r', rules, '--rule', 'exec', '--event', event], 'did you mean "Exec"?'],
    [['explain', '-r', 'no.yaml', '--rule', 'Exec', '--event', event], 'Could not open file no.yaml'],
    [['explain', '-r', rules, '--rule', 'Exec', '--event', 'no.json'], 'Could not read no.json'],
    [['explain', '-r', rules, '--rule', 'Exec', '--event', rules], 'holds no event of k8s_audit'],
  ])('%j fails in a line', (wrong, message) => {
    const { status, stdout, stderr } = run(wrong);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});

describe('test', () => {
  const suite = file(
    'suite.yaml',
    `rules: [rules.yaml]
enable: [Off]
tests:
  - test: an exec
    file: event.json
    expect: [{rule: Exec, output: exec by Žofie}, "Off"]
`,
  );
  const failing = file(
    'failing.yaml',
    'rules: [rules.yaml]\ntests:\n  - {test: "no exec", file: other.json, expect: [Exec]}\n',
  );

  test('passes, with coverage', () => {
    const { status, stdout } = run(['test', '--coverage', suite]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^1 passed, 0 failed\nCoverage of \S+suite\.yaml: 2 of 2 rules matched, 0 of 4 /);
    expect(stdout).toContain('  never true: ka.user.name startswith system:   (Exec)\n');
  });

  test('fails and says why', () => {
    const { status, stdout } = run(['test', suite, failing]);
    expect(status).toBe(1);
    expect(stdout).toContain('FAIL ');
    expect(stdout).toContain('  "Exec" should match and does not\n    ✗ and\n');
    expect(stdout).toMatch(/\n1 passed, 1 failed\n$/);
  });

  test('one bad suite keeps no other from running', () => {
    const bad = file('bad-suite.yaml', 'rules: [rules.yaml]\ntests:\n  - {test: a}\n');
    const { status, stdout, stderr } = run(['test', bad, suite]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '1 passed, 0 failed\n' });
    expect(stderr).toMatch(/^Error: \S*bad-suite\.yaml:3: test "a": needs `expect`/);
    const tap = run(['test', '--format', 'tap', bad, suite]).stdout;
    expect(tap).toContain('1..2\nnot ok 1 - ');
    expect(tap).toContain('ok 2 - ');
    const none = file('no-rules.yaml', 'tests: []\n');
    expect(run(['test', none]).stderr).toContain('no-rules.yaml: names no rules; write `rules: [FILE]`');
  });

  test('reports in TAP and JUnit XML', () => {
    expect(run(['test', '--format', 'tap', failing]).stdout).toMatch(/^TAP version 14\n1\.\.1\nnot ok 1 - /);
    expect(run(['test', '--format', 'junit', suite]).stdout).toContain('tests="1" failures="0"');
  });

  test.each([
    [['test'], 2, 'test needs at least one suite'],
    [['test', '--format', 'xml', 'suite.yaml'], 2, "Invalid format 'xml'"],
    [['test', 'none.yaml'], 1, 'Could not open file none.yaml'],
    [['test', 'rules.yaml'], 1, 'a suite must be a mapping'],
    [['test', '-r', 'event.json', 'suite.yaml'], 1, 'event.json is no rules file'],
    [['tset', 'suite.yaml'], 2, "There is no command 'tset'; did you mean test?"],
  ])('%j fails in a line, with exit code %i', (wrong, code, message) => {
    const { status, stderr } = run(wrong);
    expect(status).toBe(code);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});

describe('repl', () => {
  test('answers what comes through a pipe', () => {
    const input =
      'person and\\\nka.target.subresource = exec\nwhy\nrule "New" person | x | INFO\nsave new.yaml\nquit\nka.verb\n';
    const { status, stdout, stderr } = run(['repl', '-r', rules, event, other], input);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      /^ {2}#1 .* Žofie {2}101 ResponseStarted\n1 of 2 events matches \([\d.]+ us an event\)\nevent #1\n✓ and\n/,
    );
    expect(stdout).toMatch(/\n1 item written to new\.yaml\nLoad it behind .*\n$/);
    expect(readFileSync(join(folder, 'new.yaml'), 'utf8')).toContain('condition: >-\n    person\n');
  });

  test('starts on its own with our rules and sample events', () => {
    const { status, stdout } = run(['repl'], 'why #2 Exec Into System Namespace\n');
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^event #2\n✓ and\n/),
    });
  });

  test('runs the lines of -e on events from standard input', () => {
    const { status, stdout, stderr } = run(
      ['repl', '-r', rules, '-e', 'ka.verb', '-e', 'quit', '-e', 'ka.uri', '-'],
      eventText(),
    );
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: 'ka.verb: 1 value over 1 event\n       1  get\n',
      stderr: '',
    });
  });

  test('says what is no event, and runs a line that a script left open', () => {
    const bad = file('bad.jsonl', `${eventText()}\n{"kind":"Pod"}\n`);
    const { status, stdout, stderr } = run(['repl', '-r', rules, bad], 'ka.verb in (get,\n');
    expect(status).toBe(0);
    expect(stderr).toMatch(/^\S*bad\.jsonl: passed over 1 objects with the keys kind\n$/);
    expect(stdout).toMatch(/\n {2}ka\.verb in \(get,\n {2} *\^\n/);
  });

  test('unpacks gzip', () => {
    const packed = join(folder, 'audit.log.gz');
    writeFileSync(packed, gzipSync(`${eventText()}\n${eventText()}\n`));
    const { stdout } = run(['repl', '-r', rules, '-e', 'load audit.log.gz', '-e', 'ka.verb', packed]);
    expect(stdout).toBe('2 events read, 4 in all\nka.verb: 1 value over 4 events\n       4  get\n');
    writeFileSync(packed, '\x1f\x8bbroken', 'latin1');
    const broken = run(['repl', '-r', rules, packed], '');
    expect(broken.stderr).toMatch(/Warning: gunzip \S*audit\.log\.gz: /);
    expect(run(['repl', '-r', rules, '-e', 'load audit.log.gz', event]).stdout).toMatch(
      /^0 events read, 1 in all\nWarning: gunzip audit\.log\.gz: /,
    );
  });

  test('takes rules and settings of a falco.yaml', () => {
    const config = file(
      'falco.yaml',
      `rules_files: [${rules}]\nstatic_fields: {team: blue}\ntsfalco: {field_semantics: fixed}\n`,
    );
    const { stdout } = run(['repl', '-c', config, '-e', '%ka.verb %static.team', '-e', 'show Exec', event]);
    expect(stdout).toMatch(/^get blue\nrule Exec\n/);
    expect(run(['repl', '-c', 'none.yaml'])).toMatchObject({ status: 1, stdout: '' });
  });

  test('rules with an error keep it from starting', () => {
    const bad = file('bad.yaml', '- rule: X\n');
    expect(run(['repl', '-r', bad])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Error: \S*bad\.yaml:1:\d+: /),
    });
  });
});

describe('test --watch', () => {
  test('runs again when the rules change, and ends at SIGINT', async () => {
    const watched = file('watched.yaml', RULES);
    const suite = file(
      'watched-suite.yaml',
      'rules: [watched.yaml]\ntests:\n  - {test: an exec, file: event.json, expect: [Exec]}\n',
    );
    const child = spawn(process.execPath, [BIN, 'test', '--watch', suite], {
      cwd: folder,
    });
    let out = '';
    let faults = '';
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
    });
    child.stderr.on('data', (data: Buffer) => {
      faults += data.toString();
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await expect.poll(() => out).toBe('1 passed, 0 failed\n');
    writeFileSync(watched, RULES.replace('= exec', '= attach'));
    await expect.poll(() => out).toContain('0 passed, 1 failed\n');
    expect(out).toContain('\nwatched.yaml has changed\nFAIL ');
    writeFileSync(watched, '- rule: broken\n');
    await expect.poll(() => faults).toContain('watched.yaml: Invalid');
    const before = out.length;
    writeFileSync(watched, RULES);
    writeFileSync(join(folder, 'other.yaml'), '- rule: broken\n');
    await expect.poll(() => out).toMatch(/1 passed, 0 failed\n$/);
    // Files that no suite has read are none of its business.
    expect(out.slice(before)).not.toContain('other.yaml');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });
});
