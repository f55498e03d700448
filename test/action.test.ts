// What the GitHub Action runs, with the built command in place of the published one.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { builtCommand } from './build.js';
import { rule } from './engine/rules/support.js';

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-action-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'rules'));
mkdirSync(join(folder, 'tests'));

const SUITE = `rules: [../rules/a.yaml]
tests:
  - test: a get is seen
    event: {kind: Event, apiVersion: audit.k8s.io/v1, auditID: a, stage: ResponseComplete, stageTimestamp: "2026-01-01T00:00:00Z", verb: get}
    expect: [R]
`;

function run(condition: string, env: Readonly<Record<string, string>> = {}) {
  writeFileSync(join(folder, 'rules/a.yaml'), rule(condition));
  writeFileSync(join(folder, 'tests/a.yaml'), SUITE);
  const output = join(folder, 'output');
  writeFileSync(output, '');
  const { status } = spawnSync('bash', [resolve('scripts/action.sh')], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...{
        PATH: process.env['PATH'],
        TSFALCO: `${process.execPath} ${builtCommand()}`,
        GITHUB_OUTPUT: output,
      },
      ...{
        RULES: 'rules/*.yaml',
        TESTS: 'tests',
        FMT: 'true',
        FAIL_ON: 'warning',
        SARIF: 'out.sarif',
        ...env,
      },
    },
  });
  const summary = /^summary=(.*)$/m.exec(readFileSync(output, 'utf8'))![1]!;
  return {
    status,
    summary: readFileSync(summary, 'utf8'),
    sarif: JSON.parse(readFileSync(join(folder, 'out.sarif'), 'utf8') || '{}'),
  };
}

it('passes where nothing is wrong, and says so', () => {
  const { status, summary, sarif } = run('ka.verb = get');
  expect([status, sarif.runs[0].results]).toEqual([0, []]);
  expect(summary).toContain('**tsfalco lint: nothing to say**');
  expect(summary).toContain('**tsfalco test: 1 passed');
});

it('fails for findings, failures and layout, with all of them in the summary', () => {
  const { status, summary, sarif } = run('ka.verb=Get');
  expect(status).toBe(1);
  expect(sarif.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('rules/a.yaml');
  expect(summary).toContain('never-true-check');
  expect(summary).toContain('1 failed');
  expect(summary).toContain('- rules/a.yaml');
});

it('ends with 2 where nothing could be checked', () => {
  expect(run('ka.verb = get', { FAIL_ON: 'loud' }).status).toBe(2);
});
