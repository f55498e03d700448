// Files that are none: pipes, devices. Nothing that -c, -r or -V names may hang.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createFiles, SYSTEM_FILES } from '../../../src/config/read/files.js';

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

function pipe(name: string): string {
  const path = join(folder, name);
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  return path;
}

describe('a pipe', () => {
  it('that nobody writes into is given up, with a reason', () => {
    const path = pipe('silent');
    expect(() => createFiles(40).read(path)).toThrow('a pipe out of which nothing came for 0.04 s');
    expect(() => createFiles(40).read(path, 100)).toThrow('a pipe out of which nothing came');
    expect(SYSTEM_FILES.canOpen(path)).toBe(true);
  });

  it('is read to its end, whoever opens it first', async () => {
    const path = pipe('written');
    // Waits in opening until the pipe is read.
    const writer = spawn('sh', ['-c', 'echo one > "$0"', path], { stdio: 'ignore' });
    await new Promise((resolve) => writer.on('spawn', resolve));
    expect(SYSTEM_FILES.read(path)).toBe('one\n');
    await new Promise((resolve) => writer.on('exit', resolve));
  });
});

describe('a device', () => {
  it('without end is read as far as wanted, or refused', () => {
    expect(SYSTEM_FILES.read('/dev/zero', 5)).toBe('\0'.repeat(5));
    expect(() => SYSTEM_FILES.read('/dev/zero')).toThrow('it holds more than 67108864 bytes');
    expect(SYSTEM_FILES.read('/dev/null')).toBe('');
  });
});

it('a file is read whole, or as far as wanted; a folder is none', () => {
  const path = join(folder, 'file');
  writeFileSync(path, 'text');
  expect([SYSTEM_FILES.read(path), SYSTEM_FILES.read(path, 2), SYSTEM_FILES.read(path, 9)]).toEqual([
    'text',
    'te',
    'text',
  ]);
  expect(() => SYSTEM_FILES.read(folder)).toThrow('EISDIR');
});
