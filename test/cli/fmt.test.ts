import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { fmt } from '../../src/cli/commands/fmt.js';
import { rule } from '../engine/rules/support.js';
import { runInProcess } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-fmt-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...argv: readonly string[]) {
  const running = runInProcess((host) => fmt(argv, host), {});
  return { exit: await running.exit, out: running.out(), err: running.err() };
}

it('fmt --check names what is laid out in another way, fmt lays it out, and then all is well', async () => {
  const path = join(folder, 'a.yaml');
  writeFileSync(path, rule('ka.verb=get   and ka.uri exists'));
  expect(await run('--check', folder)).toEqual({
    exit: 1,
    out: `${path}\n`,
    err: '1 to be laid out, 0 as they should be\n',
  });
  expect((await run(folder)).exit).toBe(0);
  expect(readFileSync(path, 'utf8')).toContain('condition: ka.verb = get and ka.uri exists\n');
  expect(await run('--check', folder)).toMatchObject({ exit: 0, out: '' });
});

it('fmt leaves what is no rules file, and says so', async () => {
  const path = join(folder, 'values.yml');
  writeFileSync(path, 'customRules:\n  a: |\n    - list: x\n      items: [a]\n');
  expect((await run(path)).err).toContain(`${path}: left as it is: it is no rules file`);
  await expect(run()).rejects.toMatchObject({ exitCode: 2 });
  await expect(run(join(folder, 'missing'))).rejects.toMatchObject({ exitCode: 2 });
});
