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
const plain = join(folder, 'plain.yaml');

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

// Alerts that are written where events are prefiltered; our own rules have none of them.
writeFileSync(
  plain,
  `- list: verbs
  items: [get, list, create]
- macro: read
  condition: (ka.verb in (verbs) and not ka.user.name startswith "nobody")
- rule: Plain
  desc: d
  condition: read
  output: Read (user=%ka.user.name verb=%ka.verb uri=%ka.uri reason=%ka.auth.reason)
  priority: NOTICE
  source: k8s_audit
  exceptions:
    - {name: names, fields: [ka.target.name], comps: [in], values: [[[nothing]]]}
`,
);

const RULES = join(ROOT, 'rules/k8s_audit_rules.yaml');
const COMMANDS = [
  ['--version'],
  ['-c', config, '-r', RULES, '--disable-source', 'syscall'],
  ['-c', config, '-r', plain, '--disable-source', 'syscall'],
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
