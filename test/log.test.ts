import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DgramSocket } from 'node-unix-socket';
import { expect, onTestFinished, test } from 'vitest';
import { compileRule, createRuleset } from '../src/engine/rules/ruleset.js';
import { createLog, type LogSettings } from '../src/log.js';
import type { Message } from '../src/outputs/output.js';
import { createSyslogOutput } from '../src/outputs/syslog.js';
import { createSyslog, type Syslog } from '../src/syslog.js';
import { eventText, openRules, withEvent } from './authoring/support.js';
import { message, messages, temporaryFolder, until } from './outputs/helpers.js';

const SETTINGS: LogSettings = { level: 'info', stderr: true, syslog: false, iso: false, libs: 'info' };
const now = () => new Date(2026, 10, 3, 7, 5, 9);

/** A log that writes to a file, and what is in it. */
function logTo(settings: Partial<LogSettings>, syslog?: Syslog) {
  const path = join(temporaryFolder(), 'log');
  const fd = openSync(path, 'w');
  onTestFinished(() => closeSync(fd));
  const log = createLog({ ...SETTINGS, ...settings }, { fd, now, ...(syslog && { syslog }) });
  return { log, text: () => readFileSync(path, 'latin1') };
}

test('lines in Falco’s format, one time for a message of several lines, at once', () => {
  const { log, text } = logTo({});
  log.write('info', 'na\xc3\xafve\n');
  log.write('error', 'two\nlines %s');
  log.write('debug', 'not this');
  expect(text()).toBe('Tue Nov 03 07:05:09 2026: na\xc3\xafve\nTue Nov 03 07:05:09 2026: two\nlines %s\n');
});

test('on a terminal what others wrote cannot move the cursor; in a file it stands as it is', () => {
  for (const terminal of [true, false]) {
    const path = join(temporaryFolder(), 'log');
    const fd = openSync(path, 'w');
    const log = createLog(SETTINGS, { fd, now, terminal });
    log.write('error', 'rule \x1b[2J\xc2\x9b\nsecond');
    log.raw('\x1b]0;x\x07');
    closeSync(fd);
    const [first, second] = terminal
      ? ['rule \\u001b[2J\\u009b\nsecond', '\\u001b]0;x\\u0007']
      : ['rule \x1b[2J\xc2\x9b\nsecond', '\x1b]0;x\x07'];
    expect(readFileSync(path, 'latin1')).toBe(`Tue Nov 03 07:05:09 2026: ${first}\n${second}\n`);
  }
});

test('ISO time is UTC', () => {
  const { log, text } = logTo({ iso: true });
  log.write('info', 'x');
  expect(text()).toBe(`${now().toISOString().slice(0, 19)}+0000: x\n`);
});

test('library lines have a filter of their own; plugin lines and raw lines have none', () => {
  const { log, text } = logTo({ level: 'error', libs: 'info' });
  log.libs('info', 'seen');
  log.libs('debug', 'unseen');
  log.configure({ ...SETTINGS, stderr: false, libs: undefined });
  log.libs('fatal', 'unseen');
  log.write('emergency', 'unseen');
  log.plugin('k8saudit', 'hello');
  log.raw('Error: x');
  const utc = now().toISOString();
  expect(text()).toBe(
    `Tue Nov 03 07:05:09 2026: [libs]: seen\n${utc.slice(0, 10).replaceAll('-', '/')} ${utc.slice(11, 19)} [k8saudit] hello\nError: x\n`,
  );
});

test.each([
  ['nobody reads along', false, undefined, ''],
  ['standard error is a terminal', true, undefined, 'Warning: no effect\n'],
  ['they were asked for', false, true, 'Warning: no effect\n'],
])('warnings about the configuration with log_stderr: false, where %s', (_why, terminal, always, wanted) => {
  const path = join(temporaryFolder(), 'log');
  const fd = openSync(path, 'w');
  onTestFinished(() => closeSync(fd));
  createLog({ ...SETTINGS, stderr: false }, { fd, now, terminal }).advise('no effect', always);
  expect(readFileSync(path, 'latin1')).toBe(wanted);
});

test('warnings about the configuration are lines of the log like others', () => {
  const { log, text } = logTo({});
  log.advise('no effect', true);
  expect(text()).toBe('Tue Nov 03 07:05:09 2026: no effect\n');
});

test('new settings count from now on', () => {
  const { log, text } = logTo({});
  log.configure({ ...SETTINGS, level: 'debug', iso: true });
  log.write('debug', 'x');
  expect(text()).toMatch(/^2026-.*\+0000: x\n$/);
  expect(log.settings().level).toBe('debug');
});

test('a log that cannot be written does not end the program', () => {
  const fd = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(fd));
  const log = createLog(SETTINGS, { fd });
  log.write('info', 'lost');
  log.raw('lost');
  expect(log.settings()).toEqual(SETTINGS);
});

test('syslog: facility user, severity by level or priority, identity falco', async () => {
  const device = join(temporaryFolder(), 'dev-log');
  const receiver = new DgramSocket();
  const got: string[] = [];
  receiver.bind(device);
  receiver.on('data', (data: Buffer) => got.push(data.toString('latin1')));
  onTestFinished(() => receiver.close());
  const syslog = createSyslog(device, undefined, now);
  const { log, text } = logTo({ syslog: true, stderr: false }, syslog);
  log.write('warning', 'one\n');
  log.write('info', 'two');
  const output = createSyslogOutput(syslog);
  await output.write([message('na\xc3\xafve', 0), message('last', 7)]);
  await until(() => got.length === 4);
  const time = 'Nov  3 07:05:09';
  expect(got).toEqual([
    `<12>${time} falco: one`,
    `<14>${time} falco: two`,
    `<8>${time} falco: na\xc3\xafve`,
    `<15>${time} falco: last`,
  ]);
  expect(text()).toBe('');
});

test('an alert is one line for syslog, whatever its event and its rule hold', async () => {
  const device = join(temporaryFolder(), 'dev-log');
  const receiver = new DgramSocket();
  const got: string[] = [];
  receiver.bind(device);
  receiver.on('data', (data: Buffer) => got.push(data.toString('latin1')));
  onTestFinished(() => receiver.close());
  const hostile = 'x\n<8>Nov  3 07:05:09 falco: forged\x1b[2J\r"\\%s';
  const workspace = openRules(`- rule: "R\\n<8>forged"
  desc: d
  condition: ka.verb = get
  output: "who=%ka.user.name\\nsecond"
  priority: WARNING
  source: k8s_audit
`);
  const messages: Message[] = [];
  for (const enabled of [false, true]) {
    const json = { enabled, output: true, tags: true, message: true, outputFields: true };
    const rules = workspace.rules.map((rule) => compileRule(rule, { json, isoTime: true, hostname: 'vm' }));
    const text = eventText({ user: { username: hostile } });
    withEvent(workspace, text, (event) => {
      for (const { line, rule } of createRuleset(rules, { matching: 'all' }).evaluate(event))
        messages.push({ line, priority: rule.priority, rule: rule.name });
    });
  }
  await createSyslogOutput(createSyslog(device, undefined, now)).write(messages);
  await until(() => got.length === 2);
  expect(got[0]).toContain('Warning who=x\\n<8>Nov  3 07:05:09 falco: forged\\u001b[2J\\r\\"');
  expect(got[1]).toContain('"rule":"R\\n<8>forged"');
  for (const datagram of got) expect(datagram).not.toMatch(/[\x00-\x1f\x7f]/);
});

test('a slow syslog loses nothing, and whoever asks waits for it', async () => {
  const device = join(temporaryFolder(), 'dev-log');
  // A receiver that starts to read late; its queue in the kernel is short.
  const script = `
    const socket = new (require('node-unix-socket').DgramSocket)();
    let count = 0;
    socket.on('data', () => {
      if (++count === 2000) console.log(count), socket.close();
    });
    socket.bind(process.argv[1]);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);`;
  const receiver = spawn(process.execPath, ['-e', script, device], { cwd: join(import.meta.dirname, '..') });
  let got = '';
  receiver.stdout.on('data', (data) => {
    got += data;
  });
  const ended = new Promise((resolve) => receiver.once('close', resolve));
  await until(() => existsSync(device));
  const syslog = createSyslog(device);
  const output = createSyslogOutput(syslog);
  const begun = performance.now();
  await output.write(messages(2000));
  expect(performance.now() - begun).toBeGreaterThan(100);
  await output.close();
  await ended;
  expect(got).toBe('2000\n');
});

test('alerts for a missing syslog are lost, and said', async () => {
  const output = createSyslogOutput(createSyslog(join(temporaryFolder(), 'none')));
  await expect(output.write([message('a')])).rejects.toMatchObject({
    message: 'syslog: nothing listens at /dev/log',
    failed: { reason: 'no_syslog' },
  });
});

test('a missing syslog is ignored by the log; a platform without sockets is said once asked', async () => {
  const missing = createSyslog(join(temporaryFolder(), 'none'));
  expect(missing.send(6, 'x')).toBeUndefined();
  await missing.drain();
  const folder = temporaryFolder();
  const without = createSyslog(folder, () => {
    throw new Error('no binary\nstack');
  });
  expect(existsSync(folder)).toBe(true);
  expect(without.send(6, 'x')).toBe('no datagram sockets on this platform: no binary');
  const output = createSyslogOutput(without);
  await expect(output.write([message('a'), message('b')])).rejects.toMatchObject({
    message: 'syslog: no datagram sockets on this platform: no binary',
    failed: { reason: 'write', undelivered: [{ line: 'a' }, { line: 'b' }] },
  });
});
