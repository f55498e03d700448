import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createWatcher } from '../../src/reload/watcher.js';
import { temporaryFolder, until } from '../outputs/helpers.js';

function watching(files: string[], directories: string[] = []) {
  const lines: string[] = [];
  let changes = 0;
  const watcher = createWatcher({
    files,
    directories,
    onChange: () => changes++,
    log: (level, text) => lines.push(`${level} ${text}`),
  });
  onTestFinished(() => watcher.close());
  /** Does something and tells whether it was noticed. */
  async function noticed(action: () => void): Promise<boolean> {
    await sleep(50);
    const before = changes;
    action();
    await until(() => changes > before, 1500).catch(() => {});
    await sleep(50);
    return changes > before;
  }
  return { lines, noticed };
}

function fileIn(folder: string, name = 'rules.yaml', text = 'a'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('writes, touches, replacements, removals, again and again', async () => {
  const folder = temporaryFolder();
  const path = fileIn(folder);
  const { noticed, lines } = watching([path]);
  expect(lines).toEqual([`debug Watching file '${path}'`]);
  expect(await noticed(() => writeFileSync(path, 'b'))).toBe(true);
  expect(await noticed(() => appendFileSync(path, 'c'))).toBe(true);
  expect(await noticed(() => utimesSync(path, 1, 1))).toBe(true);
  for (let n = 0; n < 3; n++)
    expect(await noticed(() => renameSync(fileIn(folder, 'new', `d${n}`), path))).toBe(true);
  expect(await noticed(() => appendFileSync(path, 'e'))).toBe(true);
  expect(await noticed(() => rmSync(path))).toBe(true);
  expect(await noticed(() => fileIn(folder))).toBe(true);
});

test('neighbours of a watched file are none of its business', async () => {
  const folder = temporaryFolder();
  const { noticed } = watching([fileIn(folder)]);
  expect(await noticed(() => fileIn(folder, 'other.yaml'))).toBe(false);
});

test('a Kubernetes volume: the symlink in the middle is swapped', async () => {
  const folder = temporaryFolder();
  for (const version of ['..1', '..2']) {
    mkdirSync(join(folder, version));
    fileIn(join(folder, version), 'rules.yaml', version);
  }
  symlinkSync('..1', join(folder, '..data'));
  symlinkSync('..data/rules.yaml', join(folder, 'rules.yaml'));
  const { noticed } = watching([join(folder, 'rules.yaml')]);
  const swap = (version: string) => () => {
    symlinkSync(version, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  expect(await noticed(swap('..2'))).toBe(true);
  expect(await noticed(swap('..1'))).toBe(true);
});

test('a directory: entries made, removed and renamed count, changes inside do not', async () => {
  const folder = temporaryFolder();
  const { noticed, lines } = watching([], [folder]);
  expect(lines).toEqual([`debug Watching directory '${folder}'`]);
  const path = join(folder, 'b.txt');
  expect(await noticed(() => writeFileSync(path, 'x'))).toBe(true);
  expect(await noticed(() => appendFileSync(path, 'y'))).toBe(false);
  expect(await noticed(() => renameSync(path, `${path}2`))).toBe(true);
  expect(await noticed(() => rmSync(`${path}2`))).toBe(true);
});

test('a directory that is itself replaced is watched again', async () => {
  const top = temporaryFolder();
  const folder = join(top, 'rules.d');
  mkdirSync(folder);
  const path = fileIn(folder);
  const { noticed } = watching([path], [folder]);
  expect(await noticed(() => renameSync(folder, join(top, 'old')))).toBe(true);
  mkdirSync(folder);
  fileIn(folder);
  await sleep(700);
  expect(await noticed(() => appendFileSync(path, 'x'))).toBe(true);
});

test('what is not there cannot be watched', () => {
  const folder = temporaryFolder();
  expect(() => watching([join(folder, 'no.yaml')])).toThrow(
    `could not watch file: ${join(folder, 'no.yaml')}`,
  );
  expect(() => watching([], [join(folder, 'no')])).toThrow(
    `could not watch directory: ${join(folder, 'no')}`,
  );
});

test('nothing to watch', () => {
  expect(watching([]).lines).toEqual([
    'debug Nothing to watch, restart handler will only serve forced restart requests',
  ]);
});
