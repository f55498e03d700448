// Takes the types out of dist that no public name leads to: tsc writes those of every file, a tenth of them is for others.
// In: dist/**/*.d.ts, and package.json's exports. Out: the same without the rest.

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const waiting = Object.values(exports).flatMap(({ types }) =>
  types === undefined ? [] : [normalize(types)],
);
const reached = new Set();
for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
  if (reached.has(file)) continue;
  if (!existsSync(file)) throw new Error(`${file} is public, or named by a public file, and is not there`);
  reached.add(file);
  const named = readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport\(?)\s*["'](\.[^"']+)\.js["']/g);
  for (const [, path] of named) waiting.push(`${join(dirname(file), path)}.d.ts`);
}
for (const file of readdirSync('dist', { recursive: true }).map((name) => join('dist', name)))
  if (file.endsWith('.d.ts') && !reached.has(file)) rmSync(file);
