// What the built command prints and the package holds as files: the JSON schemas, and the page of the manual.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

const print = (...argv) => execFileSync(process.execPath, ['bin/tsfalco.js', ...argv], { encoding: 'utf8' });

mkdirSync('dist/schemas', { recursive: true });
for (const name of ['rules', 'tests', 'config'])
  writeFileSync(`dist/schemas/${name}.json`, print('schema', name));
writeFileSync('dist/tsfalco.1', print('completion', 'man'));
