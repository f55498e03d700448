import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { test } from '../../src/cli/commands/test.js';
import { rule } from '../engine/rules/support.js';
import { runInProcess } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-suites-'));
afterAll(() => rmSync(folder, { recursive: true }));

const EVENT =
  '{kind: Event, apiVersion: audit.k8s.io/v1, auditID: a, stage: ResponseComplete, stageTimestamp: "2026-01-01T00:00:00Z", verb: get, requestURI: /x}';
const suite = (rules: string, ...tests: readonly (readonly [string, string])[]): string =>
  `rules: [${rules}]\ntests:\n${tests.map(([name, expected]) => `  - test: ${name}\n    event: ${EVENT}\n    expect: ${expected}\n`).join('')}`;
const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

mkdirSync(join(folder, 'deep'));
write('one.yaml', rule('ka.verb = get'));
write('two.yaml', rule('ka.verb = put'));
const first = write('a.test.yaml', suite('one.yaml', ['a get is seen', 'R'], ['a put is not', 'none']));
write('deep/b.test.yaml', suite('../two.yaml', ['nothing is seen', 'none'], ['a Get is wrong', 'R']));

async function run(...argv: readonly string[]) {
  const running = runInProcess((host) => test(argv, host), {});
  return { exit: await running.exit, out: running.out(), err: running.err() };
}

describe('tsfalco test', () => {
  it('takes folders, and says where there is no suite', async () => {
    expect((await run(folder)).out).toMatch(/2 passed, 2 failed|2 failed, 2 passed/);
    mkdirSync(join(folder, 'empty'));
    await expect(run(join(folder, 'empty'))).rejects.toMatchObject({ exitCode: 2 });
  });

  it('--filter runs what has the text in its name', async () => {
    expect((await run('--filter', 'GET IS SEEN', folder)).out).toMatch(/1 passed/);
    await expect(run('--filter', 'nowhere', folder)).rejects.toMatchObject({
      exitCode: 2,
      message: "no test has 'nowhere' in its name",
    });
  });

  it('--bail stops behind the first suite with a failure', async () => {
    const { exit, out } = await run('--bail', '--format', 'tap', folder);
    expect(exit).toBe(1);
    expect(out).not.toContain('nothing is seen');
  });

  it('--changed runs suites that changed, or whose rules did', async () => {
    const git = (...argv: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...argv], { cwd: folder });
    git('init', '-q');
    git('add', '-A');
    git('commit', '-qm', 'all');
    const before = process.cwd();
    process.chdir(folder);
    try {
      expect(await run('--changed', '.')).toEqual({
        exit: 0,
        out: '',
        err: 'no suite is touched by the changes\n',
      });
      write('two.yaml', rule('ka.verb = get'));
      expect((await run('--changed', '--format', 'tap', '.')).out).toContain('b.test.yaml');
      expect((await run('--changed', '--format', 'tap', '.')).out).not.toContain('a.test.yaml');
      await expect(run('--since', 'no-such-commit', '.')).rejects.toMatchObject({ exitCode: 2 });
    } finally {
      process.chdir(before);
    }
  });

  it('a suite by its name is run whatever else there is', async () => {
    expect((await run('--filter', 'a get is seen', first)).exit).toBe(0);
  });
});
