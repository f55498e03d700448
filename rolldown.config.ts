// How dist is made: our modules in a few files, and chevrotain with them. Node spends 0.5 s of processor time on loading
// the 600 small modules that they (lodash-es above all) are written in. Every other package stays outside.

import { defineConfig } from 'rolldown';

const BUILT_IN = /^(?:chevrotain|@chevrotain\/[^/]+|lodash-es)(?:\/|$)/;
const PACKAGE = /^[^./\0]/;

export default defineConfig({
  input: {
    'cli/main': 'src/cli/main.ts',
    'cli/evaluator': 'src/cli/evaluator.ts',
    index: 'src/index.ts',
    cloudwatch: 'src/cloudwatch.ts',
  },
  platform: 'node',
  external: (id, importer) => importer !== undefined && PACKAGE.test(id) && !BUILT_IN.test(id),
  output: {
    dir: 'dist',
    cleanDir: true,
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  },
});
