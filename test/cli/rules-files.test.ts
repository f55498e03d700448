import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtCommand } from '../build.js';

const BIN = builtCommand();
const RULE = `- rule: R
  desc: d
  condition: ka.verb = get
  output: x
  priority: INFORMATIONAL
  source: k8s_audit
`;
const CONFIG = `load_plugins: [k8saudit]
plugins: [{name: k8saudit, library_path: libk8saudit.so, open_params: nothing.jsonl}]
stdout_output: {enabled: true}
log_stderr: true
log_syslog: false
engine: {kind: nodriver}
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rules-files-'));
  for (const name of ['rules.d', 'x.yaml']) mkdirSync(join(folder, name));
  for (const name of ['rules.d/a.yaml', 'rules.d/notes.txt', 'x.yaml/a.yaml', 'rules.txt']) {
    writeFileSync(join(folder, name), RULE);
  }
  writeFileSync(join(folder, 'falco.yaml'), CONFIG);
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['rules.d', '   rules.d/a.yaml | schema validation: ok', undefined],
  [
    'x.yaml',
    undefined,
    "Rules file 'x.yaml/a.yaml' is left out: its path may hold .yaml or .yml only once, at its end",
  ],
  ['rules.txt', undefined, "Rules file 'rules.txt' is left out: its name must end in .yaml or .yml"],
])('-r %s', (name, loaded, leftOut) => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [BIN, '-c', 'falco.yaml', '--disable-source', 'syscall', '--dry-run', '-r', name],
    { cwd: folder, encoding: 'utf8' },
  );
  expect(status).toBe(0);
  const lines = stderr.split('\n').map((line) => line.replace(/^\w+ \w+ \d+ [\d:]+ \d+: /, ''));
  expect(
    lines.filter((line) => line.includes('| schema validation') && !line.includes('falco.yaml')),
  ).toEqual(loaded === undefined ? [] : [expect.stringContaining(loaded)]);
  expect(lines.filter((line) => line.includes('left out'))).toEqual(leftOut === undefined ? [] : [leftOut]);
});
