// SECURITY.md: each promise names a test that is there.

import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ROOT = new URL('../', import.meta.url);
const page = readFileSync(new URL('SECURITY.md', ROOT), 'utf8');
const promises = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| promise'));

test.each(promises)('%s', (line) => {
  const named = [...line.matchAll(/`(test\/[^`]*\.test\.ts)`/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
});

test('nobody is left out', () => expect(promises.length).toBeGreaterThan(12));
