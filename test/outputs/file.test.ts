import { existsSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toBytes } from '../../src/bytes.js';
import { createFileOutput } from '../../src/outputs/file.js';
import { message, messages, temporaryFolder } from './helpers.js';

test('lines are appended, and a name may hold any text', async () => {
  const path = join(temporaryFolder(), 'größe.log');
  writeFileSync(path, 'earlier\n');
  const output = createFileOutput({ filename: toBytes(path), keepAlive: false, buffered: false });
  await output.write([message('one \xc3\xa4'), message('two')]);
  await output.close();
  expect(readFileSync(path, 'utf8')).toBe('earlier\none ä\ntwo\n');
});

test.each([
  [false, 'two\n', 'one\n'],
  [true, '', 'one\ntwo\n'],
])('a renamed file with keep_alive %s', async (keepAlive, fresh, old) => {
  const folder = temporaryFolder();
  const path = join(folder, 'a.log');
  const output = createFileOutput({ filename: path, keepAlive, buffered: false });
  await output.write([message('one')]);
  renameSync(path, `${path}.1`);
  await output.write([message('two')]);
  expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(fresh);
  expect(readFileSync(`${path}.1`, 'utf8')).toBe(old);
  await output.reopen?.();
  expect(existsSync(path)).toBe(true);
  await output.write([message('three')]);
  await output.close();
  expect(readFileSync(path, 'utf8')).toBe(`${fresh}three\n`);
});

test('a kept file that is deleted is made anew', async () => {
  const path = join(temporaryFolder(), 'a.log');
  const output = createFileOutput({ filename: path, keepAlive: true, buffered: false });
  await output.write([message('one')]);
  unlinkSync(path);
  await output.write([message('two')]);
  await output.close();
  expect(readFileSync(path, 'utf8')).toBe('two\n');
});

test('buffered lines of a kept file come at the latest when it closes', async () => {
  const path = join(temporaryFolder(), 'a.log');
  const output = createFileOutput({ filename: path, keepAlive: true, buffered: true });
  await output.write(messages(2));
  expect(existsSync(path)).toBe(false);
  await output.close();
  expect(readFileSync(path, 'utf8')).toBe('alert 0\nalert 1\n');
});

test('a file that cannot be opened loses its alerts, until it can', async () => {
  const path = join(temporaryFolder(), 'nodir', 'a.log');
  const output = createFileOutput({ filename: path, keepAlive: false, buffered: false });
  const fault = {
    message: `file: failed to open output file ${path}`,
    failed: { reason: 'refused', undelivered: messages(2) },
  };
  await expect(output.write(messages(2))).rejects.toMatchObject(fault);
  mkdirSync(join(path, '..'));
  await output.write([message('late')]);
  expect(readFileSync(path, 'utf8')).toBe('late\n');
});
