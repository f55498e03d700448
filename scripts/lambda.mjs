// A Lambda function ready to be zipped: `node scripts/lambda.mjs FOLDER`, after `npm run build`. Out: lambda.mjs, one file with the engine and
// its WebAssembly, and the rules beside it. The SDK stays outside: Lambda's Node brings it.

import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('node scripts/lambda.mjs FOLDER');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const outfile = join(folder, 'lambda.mjs');
await build({
  entryPoints: [join(ROOT, 'examples/lambda/handler.ts')],
  alias: { 'tsfalco/lambda': join(ROOT, 'dist/lambda.js') },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minify: true,
  external: ['@aws-sdk/*'],
  // What re2js and others require is Node's own.
  banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
  outfile,
  logLevel: 'warning',
});
const rules = ['k8s_audit_rules.yaml', 'eks_audit_rules.yaml'].map((name) =>
  readFileSync(join(ROOT, 'rules', name), 'utf8'),
);
writeFileSync(join(folder, 'rules.yaml'), rules.join('\n'));
copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
console.log(`${outfile}: ${statSync(outfile).size} bytes`);
