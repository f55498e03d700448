// The schemas as an editor uses them: yaml-language-server reads good and bad files with them.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema, schemaText } from '../../src/cli/commands/schema.js';
import { rule } from '../engine/rules/support.js';
import { openClient, type TestClient } from '../language-client.js';
import { runInProcess } from './in-process.js';

let client: TestClient;
const folder = mkdtempSync(join(tmpdir(), 'tsfalco-schema-'));

beforeAll(async () => {
  client = await openClient(['node_modules/yaml-language-server/bin/yaml-language-server', '--stdio']);
  const schemas: Record<string, string> = {};
  for (const name of ['rules', 'tests', 'config']) {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, (await schemaText(name))!);
    schemas[pathToFileURL(path).href] = `*.${name}.yaml`;
  }
  await client.configure({ yaml: { validate: true, schemas, schemaStore: { enable: false } } });
});

afterAll(async () => {
  await client.close();
  rmSync(folder, { recursive: true });
});

const CORRELATION = `- correlation: C
  desc: d
  type: temporal
  rules: [R, {rule: R, as: again}, {as: read, condition: ka.verb = get, source: k8s_audit}]
  group-by: [who]
  aliases: {who: {read: ka.user.name}}
  timespan: 1h
  condition: {gte: 2}
  output: o
  priority: ERROR
  source: k8s_audit
  suppress: 0
- correlation: C
  enabled: false
  override: {enabled: replace}
`;

const problems = async (kind: string, text: string): Promise<readonly string[]> =>
  (await client.diagnostics(`file:///x.${kind}.yaml`, 'yaml', text)).map(({ message }) => message);

describe('good files', () => {
  it.each([
    ['rules', readFileSync('rules/k8s_audit_rules.yaml', 'utf8')],
    [
      'rules',
      `- required_engine_version: 15\n${rule('ka.uri exists')}- rule: R\n  enabled: false\n  override: {enabled: replace}\n`,
    ],
    ['rules', readFileSync('rules/k8s_correlation_rules.yaml', 'utf8')],
    ['rules', CORRELATION],
    ['rules', `${rule('ka.uri exists')}  alert: false\n  suppress: {by: [ka.user.name], for: 10m}\n`],
    ['tests', readFileSync('rules/tests/k8s_correlation_rules.yaml', 'utf8')],
    ['tests', readFileSync('rules/tests/eks_audit_rules.yaml', 'utf8')],
    ['config', readFileSync('falco.yaml', 'utf8')],
  ])('%s', async (kind, text) => expect(await problems(kind, text)).toEqual([]));
});

describe('bad files', () => {
  it.each([
    ['rules', rule('ka.uri exists').replace('INFO', 'HIGH')],
    ['rules', rule('ka.uri exists').replace('desc:', 'descr:')],
    ['rules', '- macro: m\n'],
    ['rules', '- list: l\n  items: [a]\n  condition: x\n'],
    ['rules', '- name: x\n'],
    ['rules', CORRELATION.replace('temporal', 'temporary')],
    ['rules', CORRELATION.replace('timespan', 'timespam')],
    ['rules', CORRELATION.replace('as: again', 'az: again')],

    ['tests', 'rules: [a.yaml]\n'],
    ['tests', 'tests:\n  - test: a\n    event: e\n    expects: [R]\n'],
    ['tests', 'tests:\n  - test: a\n    event: e\n    file: f\n    expect: [R]\n'],
    ['config', 'jsn_output: true\n'],
    ['config', 'tsfalco: {field_semantics: other}\n'],
    ['config', 'http_output: {enabled: 1}\n'],
  ])('%s: %j', async (kind, text) => expect(await problems(kind, text)).not.toEqual([]));
});

it('tsfalco schema prints them, and knows no others', async () => {
  const run = (...argv: readonly string[]) => runInProcess((host) => schema(argv, host), {});
  const running = run('rules');
  expect(await running.exit).toBe(0);
  expect(JSON.parse(running.out())).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
  });
  await expect(run('other').exit).rejects.toMatchObject({ exitCode: 2 });
});
