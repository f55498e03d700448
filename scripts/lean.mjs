// The command and what it needs, and nothing else: `node scripts/lean.mjs FOLDER`, after `npm run build`. Packages of npm come
// as one file for all (36 MB of node_modules become 2), so that the build's compiled code stays valid beside them. What
// an image and a single executable hold.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NATIVE = 'node-unix-socket';
const BESIDE = [
  'package.json',
  'LICENSE',
  'falco.yaml',
  'bin',
  'dist/launch',
  'dist/command',
  'rules',
  'report',
];

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('node scripts/lean.mjs FOLDER');
  process.exit(2);
}

/** What the built command asks Node for, by name. */
function packagesOf() {
  const names = new Set();
  const scripts = readdirSync(join(ROOT, 'dist/command')).filter((name) => name.endsWith('.cjs'));
  for (const script of scripts) {
    const text = readFileSync(join(ROOT, 'dist/command', script), 'utf8');
    for (const [, name] of text.matchAll(/\brequire\([`"'](@[\w-]+\/[\w-]+|[\w-]+)[`"']\)/g))
      if (existsSync(join(ROOT, 'node_modules', name, 'package.json'))) names.add(name);
  }
  names.delete(NATIVE);
  return [...names].sort();
}

rmSync(folder, { recursive: true, force: true });
for (const path of BESIDE) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
rmSync(join(folder, 'rules/tests'), { recursive: true });

const packages = packagesOf();
const modules = join(folder, 'node_modules');
await build({
  stdin: {
    contents: packages
      .map((name) => `exports[${JSON.stringify(name)}] = require(${JSON.stringify(name)});`)
      .join('\n'),
    resolveDir: ROOT,
  },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  outfile: join(modules, 'all.cjs'),
  legalComments: 'external',
  logLevel: 'warning',
});
for (const name of packages) {
  const up = name
    .split('/')
    .map(() => '..')
    .join('/');
  const main = join(modules, name, 'index.js');
  mkdirSync(dirname(main), { recursive: true });
  writeFileSync(main, `module.exports = require('${up}/all.cjs')[${JSON.stringify(name)}];\n`);
}
// Kafka's client by itself: nothing else needs it, and its WebAssembly has to be in the file.
const KAFKA = '@platformatic/kafka';
await build({
  stdin: { contents: `module.exports = require('${KAFKA}');`, resolveDir: ROOT },
  alias: {
    '@platformatic/wasm-utils': join(ROOT, 'node_modules/@platformatic/wasm-utils/dist/bundled.js'),
  },
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  outfile: join(modules, KAFKA, 'index.js'),
  legalComments: 'external',
  logLevel: 'error',
});
for (const name of readdirSync(join(ROOT, 'node_modules')).filter((each) => each.startsWith(NATIVE)))
  cpSync(join(ROOT, 'node_modules', name), join(modules, name), { recursive: true });
console.log(`${folder}: the command and ${packages.length + 1} packages`);
