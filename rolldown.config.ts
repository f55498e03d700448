// How dist is made: our modules in a few files, and with them the packages that are read at every start. Node spends
// 0.5 s of processor time on loading the 600 small modules that chevrotain (lodash-es above all) is written in. Every
// other package stays outside. The command is made of scripts, not modules: for those V8's compiled code can be kept.

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

const minify = { compress: true, mangle: false, codegen: { removeWhitespace: true } } as const;

export default defineConfig([
  {
    input: {
      'launch/compiled': 'src/launch/compiled.ts',
      'launch/evaluator': 'src/launch/evaluator.ts',
      index: 'src/index.ts',
      cloudwatch: 'src/cloudwatch.ts',
    },
    platform: 'node',
    external: isOutside(CHEVROTAIN),
    output: {
      dir: 'dist',
      cleanDir: true,
      minify,
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name]-[hash].js',
    },
  },
  {
    input: { main: 'src/cli/main.ts', evaluator: 'src/cli/evaluator.ts' },
    platform: 'node',
    external: isOutside([...CHEVROTAIN, ...PINO]),
    plugins: [ascii],
    output: {
      dir: 'dist/command',
      format: 'cjs',
      minify,
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name]-[hash].cjs',
    },
  },
]);
