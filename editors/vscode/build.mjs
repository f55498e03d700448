// Makes tsfalco.vsix: the extension with its client in one file, and the schemas of the built command.
// In the root of the repository: npm run vscode

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const SCHEMAS = join(HERE, '../../dist/schemas');
if (!existsSync(SCHEMAS)) throw new Error('dist/schemas is missing: run npm run build');

await build({
  entryPoints: [join(HERE, 'extension.cjs')],
  outfile: join(HERE, 'dist/extension.js'),
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
});
mkdirSync(join(HERE, 'schemas'), { recursive: true });
cpSync(SCHEMAS, join(HERE, 'schemas'), { recursive: true });
const vsce = ['--yes', '@vscode/vsce@3.6.2', 'package', '--no-dependencies', '--out', 'tsfalco.vsix'];
execFileSync('npx', [...vsce, '--allow-missing-repository', '--skip-license'], { cwd: HERE, stdio: 'inherit' });
