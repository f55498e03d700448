// The configurations of docs/operations.md are what the program takes: no key is misspelt, and none is without effect.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findBuiltin } from '../src/config/builtin.js';
import { loadConfig } from '../src/config/load.js';
import { initPlugin } from '../src/config/plugin-init.js';
import type { Files } from '../src/config/read/files.js';
import { parseYaml } from '../src/yaml.js';

const page = readFileSync(new URL('../docs/operations.md', import.meta.url), 'latin1');
const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text]) => text!);
const isConfig = (text: string): boolean => text.startsWith('# falco.yaml\n');

function fileOf(content: string): Files {
  return { read: () => content, kind: () => 'file', list: () => [], canOpen: () => true };
}

it('has configurations and other files', () => {
  expect(blocks.map(isConfig)).toEqual([true, true, true, false, false]);
});

it.each(blocks.filter(isConfig))('%s', (text) => {
  const outcome = loadConfig({
    file: 'falco.yaml',
    overrides: [],
    unbuffered: false,
    env: {},
    files: fileOf(text),
  });
  if (!outcome.ok) throw new Error(outcome.error);
  expect(outcome.schema).toEqual([{ file: 'falco.yaml', status: 'ok' }]);
  for (const { libraryPath, initConfig } of outcome.config.plugins)
    expect(initPlugin(findBuiltin(libraryPath)!, initConfig)).toMatchObject({ ok: true, unknown: [] });
});

it.each(blocks.filter((text) => !isConfig(text)))('%s', (text) => {
  const { documents, error } = parseYaml(text);
  expect(error).toBeUndefined();
  expect(documents).toHaveLength(1);
});
