// A Lambda function ready to be zipped: `node scripts/lambda.mjs FOLDER [--compile]`, after `npm run build`. Out: lambda.cjs, which runs
// engine.cjs (the engine and its WebAssembly), and the rules beside them. The SDK stays outside: Lambda's Node brings it. With --compile
// also what V8 makes of the engine here: for functions with this very Node, as in an image; any other leaves it aside.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const [folder, option] = process.argv.slice(2);
if (folder === undefined || !(option === undefined || option === '--compile')) {
  console.error('node scripts/lambda.mjs FOLDER [--compile]');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  logLevel: 'warning',
};

const engine = await build({
  ...common,
  entryPoints: [join(ROOT, 'examples/lambda/handler.ts')],
  alias: { 'tsfalco/lambda': join(ROOT, 'dist/lambda.js') },
  external: ['@aws-sdk/*'],
  // Scripts of compiled code cannot import anything; what is required is found wherever Lambda keeps it.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  write: false,
});
const [{ text }] = engine.outputFiles;
const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
writeFileSync(join(folder, 'engine.cjs'), `/*${hash}*/${text}`);

await build({
  ...common,
  stdin: {
    contents: `import { openCompiled } from './dist/launch/compiled.js';
const compiled = openCompiled(__dirname + '/');
export const { handler } = compiled.run('engine.cjs');
if (process.env.TSFALCO_COMPILE === 'here') compiled.save();`,
    resolveDir: ROOT,
  },
  // The command's folder, which is not asked for.
  define: { 'import.meta.url': '"file:///"' },
  outfile: join(folder, 'lambda.cjs'),
});

const rules = ['k8s_audit_rules.yaml', 'eks_audit_rules.yaml'].map((name) =>
  readFileSync(join(ROOT, 'rules', name), 'utf8'),
);
writeFileSync(join(folder, 'rules.yaml'), rules.join('\n'));
copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));

if (option === '--compile') {
  // With every function that loading our rules has called.
  const env = { ...process.env, TSFALCO_COMPILE: 'here' };
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'lambda.cjs')], {
    encoding: 'utf8',
    env,
  });
  if (status !== 0) throw new Error(stderr);
}
for (const name of readdirSync(folder)) console.log(`${name}: ${statSync(join(folder, name)).size} bytes`);
