// Pipes and devices in place of files, with the command as people call it.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/tsfalco.js', import.meta.url));
const RULES = '- macro: m\n  condition: ka.verb = get\n';
const CONFIG = `load_plugins: [k8saudit]
plugins: [{name: k8saudit, library_path: libk8saudit.so, open_params: nothing.jsonl}]
stdout_output: {enabled: true}
`;

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-pipes-'));
beforeAll(() => {
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(join(folder, 'falco.yaml'), CONFIG);
});
afterAll(() => rmSync(folder, { recursive: true }));

function bash(script: string) {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', script.replaceAll('tsfalco', '"$0" "$1"'), process.execPath, BIN],
    { cwd: folder, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

it.each([
  ['process substitution', 'tsfalco -c falco.yaml -V <(sleep 0.1; cat rules.yaml)'],
  ['standard input', 'cat rules.yaml | tsfalco -c falco.yaml -V /dev/stdin'],
  ['a configuration by process substitution', 'tsfalco -c <(cat falco.yaml) -V rules.yaml'],
])('%s is read', (_what, script) => {
  const { status, stdout } = bash(script);
  expect(stdout).toMatch(/: Ok, with warnings\n$/);
  expect(status).toBe(0);
});

it('an endless configuration is refused at once', () => {
  expect(bash('tsfalco -c /dev/zero --dry-run')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('text has more than 4194304 bytes'),
  });
});
