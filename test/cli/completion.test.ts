import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SUB_COMMANDS } from '../../src/cli/arguments/sub-commands.js';
import { completion } from '../../src/cli/commands/completion.js';
import { runInProcess } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function print(shell: string): Promise<string> {
  const running = runInProcess((host) => completion([shell], host), {});
  expect(await running.exit).toBe(0);
  return running.out();
}

/** What bash proposes for a line. */
async function proposed(...line: readonly string[]): Promise<readonly string[]> {
  const script = join(folder, 'completion.bash');
  writeFileSync(script, await print('bash'));
  const quoted = line.map((word) => `'${word}'`).join(' ');
  const run = `source ${script}; COMP_WORDS=(${quoted}); COMP_CWORD=${line.length - 1}; _tsfalco; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', run], { encoding: 'utf8', cwd: folder }).split('\n').filter(Boolean);
}

describe('bash', () => {
  it('completes commands, options, values and files', async () => {
    writeFileSync(join(folder, 'rules.yaml'), '');
    expect(await proposed('tsfalco', '')).toEqual(Object.keys(SUB_COMMANDS));
    expect(await proposed('tsfalco', 'lint', '--f')).toEqual([
      '--format',
      '--fail-on',
      '--fix',
      '--fixed-fields',
    ]);
    expect(await proposed('tsfalco', 'lint', '--fail-on', 'n')).toEqual(['note', 'never']);
    expect(await proposed('tsfalco', 'test', 'rul')).toEqual(['rules.yaml']);
    expect(await proposed('tsfalco', 'schema', 'r')).toEqual(['rules']);
    expect(await proposed('tsfalco', '--dry')).toEqual(['--dry-run']);
  });
});

it('zsh and fish know the same words', async () => {
  for (const shell of ['zsh', 'fish']) {
    const script = await print(shell);
    for (const word of [...Object.keys(SUB_COMMANDS), 'fail-on', 'dry-run', 'sarif'])
      expect(script).toContain(word);
  }
});

const hasZsh = spawnSync('zsh', ['-c', 'true']).status === 0;
it.skipIf(!hasZsh)('zsh reads its script', async () => {
  const script = join(folder, '_tsfalco');
  writeFileSync(script, await print('zsh'));
  expect(spawnSync('zsh', ['-n', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

it('the page of the manual has all commands and options', async () => {
  const page = await print('man');
  expect(page).toMatch(/^\.TH TSFALCO 1/);
  expect(page).toContain('tsfalco lint');
  expect(page).toContain('\\-\\-strict\\-config');
  expect(page).not.toMatch(/^\.[^A-Za-z]/m);
});
