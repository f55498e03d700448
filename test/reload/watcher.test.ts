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
  /** Does something, and waits until it is noticed. */
  async function notices(action: () => void): Promise<void> {
    const before = changes;
    action();
    await until(() => changes > before, 20_000);
  }
  /** Does something that is to go unnoticed, and then something that is noticed once. */
  async function ignores(action: () => void, marker: () => void): Promise<void> {
    // What was done before may still be told of.
    await sleep(50);
    const before = changes;
    action();
    await notices(marker);
    expect(changes - before).toBe(1);
  }
  return { lines, notices, ignores };
}

function fileIn(folder: string, name = 'rules.yaml', text = 'a'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('writes, touches, replacements, removals, again and again', async () => {
  const folder = temporaryFolder();
  const path = fileIn(folder);
  const { notices, lines } = watching([path]);
  expect(lines).toEqual([`debug Watching file '${path}'`]);
  await notices(() => writeFileSync(path, 'b'));
  await notices(() => appendFileSync(path, 'c'));
  await notices(() => utimesSync(path, 1, 1));
  for (let n = 0; n < 3; n++) await notices(() => renameSync(fileIn(folder, 'new', `d${n}`), path));
  await notices(() => appendFileSync(path, 'e'));
  await notices(() => rmSync(path));
  await notices(() => fileIn(folder));
});

test('neighbours of a watched file are none of its business', async () => {
  const folder = temporaryFolder();
  const path = fileIn(folder);
  const { ignores } = watching([path]);
  await ignores(
    () => fileIn(folder, 'other.yaml'),
    () => utimesSync(path, 1, 1),
  );
});

test('a Kubernetes volume: the symlink in the middle is swapped', async () => {
  const folder = temporaryFolder();
  for (const version of ['..1', '..2']) {
    mkdirSync(join(folder, version));
    fileIn(join(folder, version), 'rules.yaml', version);
  }
  symlinkSync('..1', join(folder, '..data'));
  symlinkSync('..data/rules.yaml', join(folder, 'rules.yaml'));
  const { notices } = watching([join(folder, 'rules.yaml')]);
  const swap = (version: string) => () => {
    symlinkSync(version, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  await notices(swap('..2'));
  await notices(swap('..1'));
});

test('a directory: entries made, removed and renamed count, changes inside do not', async () => {
  const folder = temporaryFolder();
  const { notices, ignores, lines } = watching([], [folder]);
  expect(lines).toEqual([`debug Watching directory '${folder}'`]);
  const path = join(folder, 'b.txt');
  await notices(() => writeFileSync(path, 'x'));
  await ignores(
    () => appendFileSync(path, 'y'),
    () => mkdirSync(join(folder, 'c')),
  );
  await notices(() => renameSync(path, `${path}2`));
  await notices(() => rmSync(`${path}2`));
});

test('a directory that is itself replaced is watched again', async () => {
  const top = temporaryFolder();
  const folder = join(top, 'rules.d');
  mkdirSync(folder);
  const path = fileIn(folder);
  const { notices } = watching([path], [folder]);
  await notices(() => renameSync(folder, join(top, 'old')));
  // It is watched again from some moment on.
  mkdirSync(folder);
  fileIn(folder);
  await notices(() => {});
  await notices(() => appendFileSync(path, 'x'));
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
