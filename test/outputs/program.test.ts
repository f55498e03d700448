import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProgramOutput } from '../../src/outputs/program.js';
import { message, messages, temporaryFolder, until } from './helpers.js';

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
  for (const program of ['exit 3', '/no/such/program 2>/dev/null', 'head -n1 >/dev/null']) {
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
