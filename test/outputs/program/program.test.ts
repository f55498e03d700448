import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProgramOutput as create, type ProgramOptions } from '../../../src/outputs/program/program.js';
import { keptLog, message, messages, temporaryFolder, until } from '../helpers.js';

const createProgramOutput = (options: Omit<ProgramOptions, 'log'>, log = keptLog().log) =>
  create({ ...options, log });

const env = { PATH: '/usr/bin:/bin', WHO: 'me' };

test('a process an alert, waited for', async () => {
  const path = join(temporaryFolder(), 'log');
  const program = `sleep 0.05; cat >> ${path}; echo end $WHO >> ${path}`;
  const output = createProgramOutput({ program, keepAlive: false, env });
  await output.write([message('one \xc3\xa4'), message('two')]);
  expect(readFileSync(path, 'utf8')).toBe('one ä\nend me\ntwo\nend me\n');
  await output.close();
});

test('one process for all alerts, until the end', async () => {
  const path = join(temporaryFolder(), 'log');
  const output = createProgramOutput({
    program: `cat >> ${path}; echo end >> ${path}`,
    keepAlive: true,
    env,
  });
  await output.write(messages(2));
  await output.write(messages(1, 'more'));
  await output.close();
  expect(readFileSync(path, 'utf8')).toBe('alert 0\nalert 1\nmore 0\nend\n');
});

test('reopening ends the process and starts the next one', async () => {
  const path = join(temporaryFolder(), 'log');
  const output = createProgramOutput({
    program: `echo start >> ${path}; cat >> ${path}`,
    keepAlive: true,
    env,
  });
  await output.write([message('one')]);
  await output.reopen?.();
  await until(() => readFileSync(path, 'utf8') === 'start\none\nstart\n');
  await output.write([message('two')]);
  await output.close();
  expect(readFileSync(path, 'utf8')).toBe('start\none\nstart\ntwo\n');
});

test('programs that fail or read nothing are no business of ours', async () => {
  for (const program of ['exit 3', 'head -n1 >/dev/null']) {
    const output = createProgramOutput({ program, keepAlive: false, env });
    await output.write([message('x'.repeat(500_000))]);
    await output.close();
  }
});

test('a kept process that ended is started again', async () => {
  const path = join(temporaryFolder(), 'log');
  const output = createProgramOutput({ program: `head -n1 >> ${path}`, keepAlive: true, env });
  await output.write([message('one')]);
  await until(() => existsSync(path) && readFileSync(path, 'utf8') === 'one\n');
  await new Promise((resolve) => setTimeout(resolve, 100));
  await output.write([message('two')]);
  await output.close();
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
});

test('a program that is not there loses its alerts, and they are said', async () => {
  const program = '/no/such/program 2>/dev/null';
  const output = createProgramOutput({ program, keepAlive: false, env });
  await expect(output.write(messages(1))).rejects.toMatchObject({
    message: `program: the shell could not start ${program} (status 127)`,
    failed: { reason: 'exited', undelivered: messages(1) },
  });
  await output.close();
});

test('what a kept process leaves unread is for its successor', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'log');
  const { lines, log } = keptLog();
  // Reads nothing at first, and ends when told to; the one after it reads all.
  const program = `if test -e ${folder}/second; then cat >> ${path}; else touch ${folder}/second; while ! test -e ${folder}/go; do sleep 0.02; done; echo gone >> ${path}; fi`;
  const output = createProgramOutput({ program, keepAlive: true, env }, log);
  await output.write(messages(3));
  writeFileSync(join(folder, 'go'), '');
  await until(() => existsSync(path) && readFileSync(path, 'utf8') === 'gone\n');
  await output.reopen?.();
  await output.write(messages(1, 'more'));
  await output.close();
  expect(readFileSync(path, 'utf8')).toBe('gone\nalert 0\nalert 1\nalert 2\nmore 0\n');
  expect(lines).toEqual(['warning program: it ended with 3 alerts unread: started again']);
});

test('a kept process that never reads loses its alerts, and they are said', async () => {
  const output = createProgramOutput({ program: 'exec <&-; sleep 0.05', keepAlive: true, env });
  const large = messages(1, 'x'.repeat(200_000));
  await expect(output.write(large)).rejects.toMatchObject({
    failed: { reason: 'exited', undelivered: large },
  });
  const unread = createProgramOutput({ program: 'sleep 0.05', keepAlive: true, env });
  await unread.write(messages(2));
  await expect(unread.close()).rejects.toMatchObject({
    message: 'program: it ended without reading all',
    failed: { reason: 'exited', undelivered: messages(2) },
  });
});

test('a process that hangs can be given up', async () => {
  const output = createProgramOutput({ program: 'sleep 3', keepAlive: false, env });
  const begun = performance.now();
  const writing = output.write([message('one')]);
  setTimeout(() => output.abandon?.(), 200);
  await writing;
  expect(performance.now() - begun).toBeLessThan(2000);
});

test('standard input is a pipe, which can be opened again', async () => {
  const path = join(temporaryFolder(), 'log');
  const program = `cat /dev/stdin >> ${path}; test -p /dev/stdin && echo pipe >> ${path}`;
  for (const keepAlive of [false, true]) {
    const output = createProgramOutput({ program, keepAlive, env });
    await output.write(messages(2));
    await output.close();
  }
  expect(readFileSync(path, 'utf8')).toBe('alert 0\npipe\nalert 1\npipe\nalert 0\nalert 1\npipe\n');
});

test('what one program leaves unread is nothing to the next', async () => {
  const path = join(temporaryFolder(), 'log');
  const output = createProgramOutput({ program: `head -c 3 >> ${path}`, keepAlive: false, env });
  await output.write([message('one and more'), message('two and more')]);
  await output.close();
  expect(readFileSync(path, 'utf8')).toBe('onetwo');
});
