// The command starts from code that V8 compiled before, and as well without it, or with code that is of no use.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { builtCommand } from './build.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
let folder = '';
builtCommand();

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

/** Code of a script of the same length, with another word in it: V8 itself takes that for the script's. */
function plantOtherCode(): void {
  const scripts = readdirSync(join(folder, 'dist/command'))
    .filter((name) => name.endsWith('.cjs'))
    .map((name) => join(folder, 'dist/command', name));
  const script = scripts.find((path) => readFileSync(path, 'utf8').includes('Falco version: '));
  if (script === undefined) throw new Error('no script prints the version');
  const text = readFileSync(script, 'utf8');
  writeFileSync(script, text.replace('Falco version: ', 'Other version: '));
  for (const path of codeFiles()) rmSync(path);
  const run = `import { openCompiled } from './dist/launch/compiled.js';
process.argv.splice(1, 0, 'tsfalco');
const compiled = openCompiled();
process.on('exit', () => compiled.save());
compiled.run('main.cjs');`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', run, '--', '--version'], { cwd: folder });
  writeFileSync(script, text);
}

test.each<readonly [string, RegExp, string]>([
  ['another Node', /^v\S+/, 'v20.19.1'],
  ['another script', /[0-9a-f]{64}(?=\n)/, '0'.repeat(64)],
  ['another processor', /(?<=^v\S+ \S+ )\S+/, 'riscv64'],
])('leaves code for %s aside', (_name, part, other) => {
  plantOtherCode();
  expect(version(folder)).toMatch(/^Other version: /);
  for (const path of codeFiles()) {
    const code = readFileSync(path, 'latin1');
    expect(code).toMatch(part);
    writeFileSync(path, code.replace(part, other), 'latin1');
  }
  expect(version(folder)).toMatch(/^Falco version: /);
});
