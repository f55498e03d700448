// A plugin of someone else's that misbehaves, or changes while it runs, through the built command.

import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, realpathSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { builtCommand } from '../build.js';
import { eventually } from '../eventually.js';

const COMMAND = builtCommand();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsfalco-modules-')));
afterAll(() => rmSync(folder, { recursive: true }));

const MODULE = `export default {
  name: 'hostile', version: '1.0.0', description: 'd', contact: 'c',
  source: { name: 'hostile', open: ({ params, io }) => io.files(params) },
  fields: {
    'h.name': { place: '/name' },
    'h.throws': { read: (event) => { if (event.text('/bad') === 'throws') throw new Error('no such luck'); return 'fine'; } },
    'h.odd': { read: (event) => (event.text('/bad') === 'odd' ? 7 : 'fine') },
  },
};
`;
const RULES = `- rule: Odd one
  desc: d
  condition: h.name = n7 or h.throws = nothing or h.odd = nothing
  output: "%h.name %h.throws %h.odd"
  priority: NOTICE
  source: hostile
`;
writeFileSync(join(folder, 'rules.yaml'), RULES);
writeFileSync(join(folder, 'hostile.mjs'), MODULE);

const ARGS = [COMMAND, '-c', 'falco.yaml', '--disable-source', 'syscall'];

function configure(params: string): void {
  writeFileSync(
    join(folder, 'falco.yaml'),
    `load_plugins: [hostile]
plugins:
  - {name: hostile, library_path: ./hostile.mjs, open_params: ${params}}
rules_files: [rules.yaml]
stdout_output: {enabled: true}
log_stderr: true
log_syslog: false
engine: {kind: nodriver}
`,
  );
}

const timeless = (text: string): string =>
  text.replaceAll(/^\w{3} \w{3} +\d+ [\d:]+ \d{4}: |^[\d:.]+ |Elapsed time: .*/gm, '');

test('readers that fail cost the same value on threads as on one, and are told', () => {
  const file = openSync(join(folder, 'events.jsonl'), 'w');
  // More than a run reads before it starts threads.
  for (let i = 0; i < 24_000; i++) {
    const bad = i % 100 === 7 ? 'throws' : i % 100 === 8 ? 'odd' : '';
    writeSync(file, `${JSON.stringify({ name: `n${i % 1000}`, bad, pad: 'x'.repeat(2000) })}\n`);
  }
  closeSync(file);
  configure('events.jsonl');
  const run = (threads: string) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...ARGS, '--threads', threads], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { status, stdout: timeless(stdout), stderr: timeless(stderr) };
  };
  const alone = run('1');
  expect(alone.status).toBe(0);
  expect(alone.stdout.split('\n').filter((line) => line.endsWith('n7 <NA> fine'))).toHaveLength(24);
  expect(alone.stderr).toContain('field h.throws has no value where its plugin fails: no such luck');
  expect(alone.stderr).toContain('(100 times so far): gives a number, not a string');
  expect(alone.stderr).toContain(`Loaded plugin 'hostile@1.0.0' from file ${join(folder, 'hostile.mjs')}`);
  expect(run('3')).toEqual(alone);
});

test('a module that has changed is told at a reload, and read at the next start', async () => {
  configure('"-"');
  const child = spawn(process.execPath, ARGS, { cwd: folder });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [out, log] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await eventually(() => log.includes("Opening 'hostile'"));
  writeFileSync(join(folder, 'hostile.mjs'), MODULE.replace("return 'fine'", "return 'changed'"));
  child.kill('SIGHUP');
  await eventually(() => /hostile\.mjs has changed; it is read at the next start/.test(log));
  await eventually(() => log.split("Opening 'hostile'").length === 3);
  child.stdin.end('{"name": "n7"}\n');
  expect(await ended).toBe(0);
  expect(out).toContain('n7 fine fine');
});
