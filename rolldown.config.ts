// How dist is made: our modules in a few files, and with them the packages that are read at every start. Node spends
// 0.5 s of processor time on loading the 600 small modules that chevrotain (lodash-es above all) is written in. Every
// other package stays outside. The command is made of scripts, not modules: for those V8's compiled code can be kept.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'rolldown';

const CHEVROTAIN = ['chevrotain', '@chevrotain/[^/]+', 'lodash-es'];
const PINO = [
  '@pinojs/redact',
  'atomic-sleep',
  'on-exit-leak-free',
  'pino(?:-[^/]+)?',
  'process-warning',
  'quick-format-unescaped',
  'real-require',
  'safe-stable-stringify',
  'sonic-boom',
  'thread-stream',
];
const PACKAGE = /^[^./\0]/;

const isOutside = (builtIn: readonly string[]) => {
  const inside = new RegExp(`^(?:${builtIn.join('|')})(?:/|$)`);
  return (id: string, importer: string | undefined): boolean =>
    importer !== undefined && PACKAGE.test(id) && !inside.test(id);
};

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** What is not ASCII written as escapes: V8 then reads the text as one byte a character. */
const ascii: Plugin = {
  name: 'ascii',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === 'chunk') chunk.code = chunk.code.replace(/[^\x00-\x7f]/g, escaped);
    }
  },
};

/** A hash before each script: compiled code is kept for the script that it was made of (src/launch/compiled.ts). */
const stamped: Plugin = {
  name: 'stamped',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === 'chunk')
        chunk.code = `/*${createHash('sha256').update(chunk.code).digest('hex')}*/${chunk.code}`;
    }
  },
};

/** The WebAssembly module inside the bundle. The library's runs where there is no Buffer, which starts the command sooner. */
const embedded = (decode: (text: string) => string): Plugin => ({
  name: 'embedded',
  load(id) {
    if (!id.endsWith('/src/prefilter/reader/wasm-bytes.ts')) return null;
    const text = readFileSync('dist/json/scan.wasm', 'base64');
    return `export const wasmBytes = () => ${decode(`'${text}'`)};`;
  },
});

/** The command loads the engine of regular expressions with the first pattern: it takes as long as reading all rules. */
const lateRegex: Plugin = {
  name: 'late-regex',
  resolveId: (id, importer) => (id === 're2js' && importer?.endsWith('.ts') ? '\0late-regex' : null),
  load: (id) =>
    id === '\0late-regex'
      ? "export const RE2JS = { compile: (source) => require('re2js').RE2JS.compile(source) };"
      : null,
};

const minify = { compress: true, mangle: true, codegen: { removeWhitespace: true } } as const;

export default defineConfig([
  {
    input: {
      'launch/compiled': 'src/launch/compiled.ts',
      'launch/evaluator': 'src/launch/evaluator.ts',
      'launch/checker': 'src/launch/checker.ts',
      index: 'src/index.ts',
      core: 'src/core.ts',
      cloudwatch: 'src/cloudwatch.ts',
      plugin: 'src/plugin.ts',
      lambda: 'src/lambda.ts',
    },
    platform: 'node',
    external: isOutside(CHEVROTAIN),
    plugins: [embedded((text) => `Uint8Array.from(atob(${text}), (byte) => byte.charCodeAt(0))`)],
    output: {
      dir: 'dist',
      minify,
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name]-[hash].js',
    },
  },
  {
    input: { main: 'demo/main.ts', evaluator: 'src/cli/evaluator.ts', checker: 'src/cli/lsp/checker.ts' },
    platform: 'node',
    external: isOutside([...CHEVROTAIN, ...PINO]),
    plugins: [embedded((text) => `Buffer.from(${text}, 'base64')`), lateRegex, ascii, stamped],
    output: {
      dir: 'dist/command',
      format: 'cjs',
      // Node 20 refuses import() in scripts that it runs from compiled code.
      dynamicImportInCjs: false,
      minify,
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name]-[hash].cjs',
    },
  },
]);
