import { readdirSync, readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import * as cloudwatch from '../src/cloudwatch.js';
import * as core from '../src/core.js';
import * as library from '../src/index.js';
import { runtime } from '../src/runtime/runtime.js';

it('exports these names and no others', () => {
  expect(Object.keys(library).sort()).toEqual([
    'SourceError',
    'SuiteError',
    'explain',
    'formatRules',
    'lintRules',
    'listFields',
    'listWords',
    'loadRules',
    'openSource',
    'quoteText',
    'testRules',
    'useRuntime',
    'watch',
  ]);
  const sources = ['SourceError', 'openSource', 'watch'];
  expect(Object.keys(core).sort()).toEqual(
    Object.keys(library)
      .filter((name) => !sources.includes(name))
      .sort(),
  );
  expect(Object.keys(cloudwatch).sort()).toEqual(['openEksSource']);
});

async function run(example: string): Promise<string[]> {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...parts) => lines.push(parts.join(' ')));
  await import(`../examples/${example}.ts`);
  log.mockRestore();
  return lines;
}

it('runs the example', async () => {
  const lines = await run('library');
  expect(lines.slice(0, 2)).toEqual([
    'Warning "Change in a sensitive namespace": mallory did delete configmaps/coredns in kube-system',
    'who: mallory',
  ]);
  expect(lines[2]).toContain('ka.target.namespace is "kube-system"');
});

it('runs the example of a tool that writes rules', async () => {
  const lines = (await run('authoring')).join('\n');
  expect(lines).toMatch(/^o\\neill read shop\/token\ntrue ✓ and\n/);
  expect(lines).toMatch(
    /\nand of 2 parts\nok: a person is found\nok: others are not\n\d+ fields are texts, /,
  );
});

it('runs the example for any runtime', async () => {
  const before = { ...runtime };
  expect(await run('core')).toEqual(['Shell (user=alice pod=web-0 host=my-page)']);
  core.useRuntime(before);
});

it('runs the example of sources', async () => {
  expect(await run('sources')).toEqual([
    'alice@example.com in kube-system/aws-node-x7k2p',
    'carol@example.com in argocd/api-c319bd28f-b4c49',
  ]);
});

it('runs the example of a plugin', async () => {
  expect(await run('plugin')).toEqual(['alice in north']);
});

it('shows parts of the examples in its page', () => {
  const folder = new URL('../examples/', import.meta.url);
  const examples = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const page = readFileSync(new URL('../docs/library.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
  expect(blocks.length).toBeGreaterThan(6);
  for (const block of blocks)
    expect(
      examples.some((text) => text.includes(block)),
      block,
    ).toBe(true);
  for (const name of Object.keys(library)) expect(page).toContain(`\`${name}`);
});

it('opens a cluster without a call', () => {
  const source = cloudwatch.openEksSource('my-cluster', { region: 'eu-west-1', env: {} });
  expect(source).toMatchObject({ name: 'k8s_audit', plugin: 'k8saudit-eks', clusterName: 'my-cluster' });
});
