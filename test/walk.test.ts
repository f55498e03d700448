// docs/walk.md names files; they exist.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

test('every file that the walk names is there', () => {
  const text = readFileSync(`${ROOT}docs/walk.md`, 'utf8');
  const names = [...text.matchAll(/`(src\/[\w/.-]+)`/g)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !existsSync(ROOT + name))).toEqual([]);
});
