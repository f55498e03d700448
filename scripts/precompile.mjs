// Has V8 compile the built command, and keeps its code (src/launch/compiled.ts). One run of a command after the other, each
// adding the functions that it calls, so that the usual ones start without compiling anything.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RUN = `import { openCompiled } from './dist/launch/compiled.js';
process.argv.splice(1, 0, 'tsfalco');
const compiled = openCompiled();
process.on('exit', () => compiled.save());
compiled.run('main.cjs');`;

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-precompile-'));
const config = join(folder, 'falco.yaml');

writeFileSync(
  config,
  `plugins:
  - name: k8saudit
    library_path: libk8saudit.so
    open_params: ${join(ROOT, 'examples/events.jsonl')}
  - name: json
    library_path: libjson.so
load_plugins: [k8saudit, json]
log_syslog: false
stdout_output: { enabled: true }
webserver: { enabled: false }
`,
);

const RULES = join(ROOT, 'rules/k8s_audit_rules.yaml');
const COMMANDS = [
  ['--version'],
  ['-c', config, '-r', RULES, '--disable-source', 'syscall'],
  ['-c', config, '-r', RULES, '--disable-source', 'syscall', '-o', 'json_output=true'],
  ['-c', config, '-V', RULES],
  ['lint', RULES],
  ['test', join(ROOT, 'rules/tests/k8s_audit_rules.yaml')],
];

try {
  for (const args of COMMANDS) {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', RUN, '--', ...args],
      { cwd: ROOT, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`tsfalco ${args.join(' ')} ended with ${status}: ${stderr}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
