// Several event sources in one run, as Falco: their tables, rules and counts apart, one's trouble not another's. Through the
// built command, with two built-in plugins and one of one's own.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { builtCommand } from '../build.js';

const COMMAND = builtCommand();
const folder = mkdtempSync(join(tmpdir(), 'tsfalco-several-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, content: string): void => writeFileSync(join(folder, name), content);

const captured = readFileSync(fileURLToPath(new URL('../plugins/logs/mixed.jsonl', import.meta.url)), 'utf8');
mkdirSync(join(folder, 'trail'));
write('trail/a.json', `{"Records":[${captured.split('\n').slice(0, 2).join(',')}]}`);
const audit = (verb: string): string =>
  `{"kind":"Event","auditID":"${verb}","verb":"${verb}","stageTimestamp":"2026-03-01T00:00:00Z"}\n`;
write('audit.jsonl', audit('get') + audit('list') + audit('watch'));
write('bells.txt', 'ann\nbob\n');

write(
  'bell.mjs',
  `export default {
  name: 'bell', version: '1.0.0', description: 'd', contact: 'c',
  settings: { properties: { pin: { type: 'string', description: 'p', secret: true } } },
  source: {
    name: 'bell',
    live: () => false,
    open({ params, settings, io }) {
      if (params === 'broken') throw new Error('no bell answers to ' + settings.pin);
      return io.files(params);
    },
  },
  envelope: {
    *decode(line) {
      if (line === 'cut') throw new Error('cut off');
      yield { text: JSON.stringify({ who: line }) };
    },
  },
  fields: {
    'bell.who': { place: '/who' },
    'bell.bad': { read(event) { throw new Error('no reader today'); } },
  },
};
`,
);
const rule = (name: string, condition: string, output: string, source: string): string =>
  `- {rule: ${name}, desc: d, condition: "${condition}", output: "${output}", priority: NOTICE, source: ${source}}\n`;
write(
  'rules.yaml',
  [
    rule('Trail', 'ct.name exists', '%ct.name', 'aws_cloudtrail'),
    rule('Audit', 'ka.verb exists', '%ka.verb', 'k8s_audit'),
    rule('Bad', 'bell.bad = x', 'x', 'bell'),
    rule('Bell', 'bell.who exists', '%bell.who', 'bell'),
  ].join(''),
);

interface Params {
  readonly trail?: string;
  readonly bell?: string;
  readonly more?: string;
}

function run({ trail = 'trail', bell = 'bells.txt', more = '' }: Params, ...args: readonly string[]) {
  write(
    'falco.yaml',
    `rules_files: [rules.yaml]
load_plugins: [cloudtrail, k8saudit, bell]
plugins:
  - {name: cloudtrail, library_path: libcloudtrail.so, open_params: ${trail}}
  - {name: k8saudit, library_path: libk8saudit.so, open_params: audit.jsonl}
  - {name: bell, library_path: ./bell.mjs, init_config: {pin: "4711-4711"}, open_params: ${bell}}
engine: {kind: nodriver}
stdout_output: {enabled: true}
log_stderr: true
log_syslog: false
webserver: {enabled: false}
${more}`,
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, '-c', 'falco.yaml', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], TZ: 'UTC' },
  });
  const counts = new Map(
    [...stdout.matchAll(/^ {3}(Trail|Audit|Bell|Bad): (\d+)$/gm)].map(([, name, count]) => [
      name,
      Number(count),
    ]),
  );
  return { status, stdout, stderr, counts: Object.fromEntries(counts) };
}

test('each has its fields, its rules and its counts', () => {
  const { status, stdout, stderr, counts } = run({}, '--disable-source', 'syscall');
  expect(status).toBe(0);
  expect(stderr).toContain('Loaded event sources: syscall, aws_cloudtrail, k8s_audit, bell\n');
  expect(stderr).toContain('Enabled event sources: aws_cloudtrail, k8s_audit, bell\n');
  expect(counts).toEqual({ Trail: 2, Audit: 3, Bell: 2 });
  expect(stdout).toMatch(/: Notice ConsoleLogin\n/);
  expect(stdout).toMatch(/: Notice ann\n/);
});

test.each([
  [['--enable-source', 'bell', '--enable-source', 'k8s_audit'], { Audit: 3, Bell: 2 }],
  [['--disable-source', 'syscall', '--disable-source', 'k8s_audit'], { Trail: 2, Bell: 2 }],
  [['--enable-source', 'aws_cloudtrail'], { Trail: 2 }],
])('%j leaves those', (args, expected) => {
  expect(run({}, ...args)).toMatchObject({ status: 0, counts: expected });
});

test.each([
  [['--enable-source', 'bel'], 'Error: Attempted enabling an unknown event source: bel\n'],
  [['--disable-source', 'bel'], 'Error: Attempted disabling an unknown event source: bel\n'],
  [
    ['--enable-source', 'bell', '--disable-source', 'k8s_audit'],
    'Error: You can not mix --enable-source and --disable-source\n',
  ],
])('%j is refused as Falco refuses it', (args, text) => {
  expect(run({}, ...args)).toMatchObject({ status: 1, stderr: expect.stringContaining(text) });
});

test('a payload that a decoder throws for, and a reader that always does, cost the others nothing', () => {
  write('torn.txt', 'ann\ncut\nbob\n');
  const { status, stderr, counts } = run({ bell: 'torn.txt' }, '--disable-source', 'syscall');
  expect(status).toBe(0);
  expect(counts).toEqual({ Trail: 2, Audit: 3, Bell: 2 });
  expect(stderr).toContain('cut off');
  expect(stderr).toContain('bell: 1 dropped: 1 not JSON');
  expect(stderr.match(/field bell\.bad has no value where its plugin fails: no reader today/g)).toHaveLength(
    1,
  );
});

test('one that does not open ends the run, as in Falco, and its line holds no secret', () => {
  const { status, stderr } = run({ bell: 'broken' }, '--disable-source', 'syscall');
  expect(status).toBe(1);
  expect(stderr).toContain('no bell answers to ***');
  expect(stderr).not.toContain('4711');
});

test('metrics are told by source', () => {
  const more =
    'metrics: {enabled: true, interval: 1h, output_file: metrics.jsonl, rules_counters_enabled: true}\n';
  expect(run({ more }, '--disable-source', 'syscall').status).toBe(0);
  const samples = readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(
      (line) =>
        (JSON.parse(line) as { readonly output_fields: Readonly<Record<string, unknown>> }).output_fields,
    );
  expect(new Set(samples.map((fields) => fields['evt.source']))).toEqual(
    new Set(['aws_cloudtrail', 'k8s_audit', 'bell']),
  );
});
