// The configurations of docs/operations.md are what the program takes: no key is misspelt, and none is without effect.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadConfig } from '../src/config/load.js';
import type { Files } from '../src/config/read/files.js';
import { loadLibraries } from '../src/plugins/libraries.js';
import { initPlugin } from '../src/plugins/settings.js';
import { parseYaml } from '../src/yaml.js';

const page = readFileSync(new URL('../docs/operations.md', import.meta.url), 'latin1');
const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text]) => text!);
const isConfig = (text: string): boolean => text.startsWith('# falco.yaml\n');

function fileOf(content: string): Files {
  return { read: () => content, kind: () => 'file', list: () => [], canOpen: () => true };
}

it('has configurations and other files', () => {
  expect(blocks.map(isConfig)).toEqual([true, true, true, true, false, false]);
});

it.each(blocks.filter(isConfig))('%s', async (text) => {
  const outcome = loadConfig({
    file: 'falco.yaml',
    overrides: [],
    unbuffered: false,
    env: {},
    files: fileOf(text),
  });
  if (!outcome.ok) throw new Error(outcome.error);
  expect(outcome.schema).toEqual([{ file: 'falco.yaml', status: 'ok' }]);
  const { plugins } = outcome.config;
  const libraries = await loadLibraries(plugins.map(({ libraryPath }) => libraryPath));
  for (const config of plugins)
    expect(initPlugin(libraries.find(config.libraryPath)!, config)).toMatchObject({
      ok: true,
      unknown: [],
      faults: [],
    });
});

it.each(blocks.filter((text) => !isConfig(text)))('%s', (text) => {
  const { documents, error } = parseYaml(text);
  expect(error).toBeUndefined();
  expect(documents).toHaveLength(1);
});
