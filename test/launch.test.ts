// The command starts from code that V8 compiled before, and as well without it, or with code that is of no use.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-launch-'));
  for (const name of ['bin', 'dist', 'package.json'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const version = (root: string): string =>
  execFileSync(process.execPath, [join(root, 'bin/tsfalco.js'), '--version'], { encoding: 'utf8' });

const codeFiles = (): readonly string[] =>
  readdirSync(join(folder, 'dist/command'))
    .filter((name) => name.endsWith('.code'))
    .map((name) => join(folder, 'dist/command', name));

test('the build leaves code beside the scripts', () => {
  expect(codeFiles().length).toBeGreaterThan(15);
  expect(codeFiles()).toContain(join(folder, 'dist/command/main.cjs.code'));
});

test.each<readonly [string, (path: string) => void]>([
  ['no code', (path) => rmSync(path)],
  ['code that was cut off', (path) => writeFileSync(path, readFileSync(path).subarray(0, 100))],
  ['no code but noise', (path) => writeFileSync(path, 'noise')],
  ['an empty file', (path) => writeFileSync(path, '')],
])('starts with %s', (_name, damage) => {
  const expected = version(folder);
  for (const path of codeFiles()) damage(path);
  expect(version(folder)).toBe(expected);
});
