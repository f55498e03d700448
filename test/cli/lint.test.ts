import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lint } from '../../src/cli/commands/lint.js';
import { rule } from '../engine/rules/support.js';
import { runInProcess } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-lint-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function run(
  ...argv: readonly string[]
): Promise<{ readonly exit: number; readonly out: string; readonly err: string }> {
  const running = runInProcess((host) => lint(argv, host), {});
  return { exit: await running.exit, out: running.out(), err: running.err() };
}

const good = file('good.yaml', rule('ka.uri exists'));
const noted = file('noted.yaml', rule('ka.target.pod.name exists'));
const warned = file('warned.yaml', rule('ka.verb = Get'));
const broken = file('broken.yaml', rule('ka.verb ='));

describe('lint', () => {
  it('ends with 1 for findings of the level asked for', async () => {
    expect(await run(good)).toEqual({ exit: 0, out: 'nothing to say\n', err: '' });
    expect((await run(noted)).exit).toBe(0);
    expect((await run('--fail-on', 'note', noted)).exit).toBe(1);
    expect((await run(warned)).exit).toBe(1);
    expect((await run('--fail-on', 'error', warned)).exit).toBe(0);
    expect((await run('--fail-on', 'error', broken)).exit).toBe(1);
    expect((await run('--fail-on', 'never', broken)).exit).toBe(0);
  });

  it('loads the files together, in order', async () => {
    const macro = file('macro.yaml', '- macro: m\n  condition: ka.uri exists\n');
    const user = file('user.yaml', rule('m and ka.stage exists'));
    expect((await run(user)).exit).toBe(1);
    expect(await run('--fail-on', 'error', macro, user)).toMatchObject({ exit: 0 });
  });

  it('writes text, JSON and SARIF', async () => {
    expect((await run(warned)).out).toContain(`${warned}:3:14: warning: `);
    expect(JSON.parse((await run('--format', 'json', warned)).out).findings[0]).toMatchObject({
      id: 'never-true-check',
      file: warned,
    });
    expect(JSON.parse((await run('--format', 'sarif', warned)).out).version).toBe('2.1.0');
  });

  it('takes fields as the configuration may have them', async () => {
    const fields = file('fields.yaml', rule('ka.req.pod.containers.add_capabilities intersects (SYS_ADMIN)'));
    expect((await run(fields)).exit).toBe(1);
    expect((await run('--fixed-fields', fields)).exit).toBe(0);
  });

  it('reads folders and patterns, and counts what is left out', async () => {
    const below = join(folder, 'set');
    mkdirSync(join(below, 'deep'), { recursive: true });
    file('set/a.yaml', rule('m and ka.verb = get'));
    file('set/deep/b.yml', '- macro: m\n  condition: ka.uri exists\n');
    file('set/other.yaml', 'a: 1\n');
    expect(await run(below)).toMatchObject({ exit: 0, err: '1 YAML files without rules were left out\n' });
    expect((await run(join(below, '*.yaml'))).out).toContain("Undefined macro 'm'");
    expect((await run(join(below, '**/*.y*ml'))).exit).toBe(0);
  });

  it('takes files in order of need, unless told not to', async () => {
    const macro = file('z.yaml', '- macro: m\n  condition: ka.uri exists\n');
    const user = file('y.yaml', rule('m and ka.stage exists'));
    expect((await run(user, macro)).exit).toBe(0);
    expect((await run('--in-order', user, macro)).out).toContain(`it is defined later, in ${macro}:1`);
  });

  it('mends files, and says how often', async () => {
    const old = file('old.yaml', rule('ka.uri exists AND ka.verb = get'));
    expect((await run(old)).out).toContain('1 error; --fix mends 1\n');
    expect(await run('--fix', old)).toEqual({
      exit: 0,
      out: 'nothing to say\n',
      err: `${old}: mended in 1 place\n`,
    });
    expect(readFileSync(old, 'utf8')).toContain('exists and ka');
  });

  it('leaves notes out on request, and gives a table for comments', async () => {
    expect((await run('--quiet', noted)).out).toBe('nothing to say\n');
    expect((await run('--format', 'markdown', warned)).out).toContain('| warning | ');
  });

  it('says what it cannot do', async () => {
    expect((await run('--help')).out).toMatch(/^Usage: tsfalco lint /);
    for (const argv of [
      [],
      ['--format', 'xml', good],
      ['--fail-on', 'x', good],
      [join(folder, 'missing.yaml')],
      ['--nope'],
    ])
      await expect(run(...argv)).rejects.toMatchObject({ name: 'Failure', exitCode: 2 });
  });
});
