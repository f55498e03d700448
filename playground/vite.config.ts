// How the playground is made: a page, a style and one script, which a browser also opens from a folder. Modules and what
// is fetched across origins it refuses there, so the script is a classic one.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The scanner in WebAssembly, inside the script. */
const embedded: Plugin = {
  name: 'embedded',
  enforce: 'pre',
  load(id) {
    if (!id.endsWith('/src/prefilter/reader/wasm-bytes.ts')) return null;
    const text = readFileSync(here('../dist/json/scan.wasm'), 'base64');
    return `export const wasmBytes = () => Uint8Array.from(atob('${text}'), (byte) => byte.charCodeAt(0));`;
  },
};

const ELSEWHERE = /^(?:node:|@aws-sdk\/|@azure\/|@google-cloud\/|ws$|\.\/open\.js$)/;

const NOTHING = 'module.exports = Object.create(new Proxy({}, { get: () => function nothing() {} }));';

/** Clients of services, what only Node has, and what opens sources: plugins bring them along, and nothing here is opened. */
const elsewhere: Plugin = {
  name: 'elsewhere',
  enforce: 'pre',
  resolveId: (id, importer) =>
    ELSEWHERE.test(id) && (id !== './open.js' || importer?.includes('/src/plugins/') === true)
      ? '\0elsewhere'
      : null,
  load: (id) => (id === '\0elsewhere' ? { code: NOTHING, moduleType: 'js' } : null),
};

const classic: Plugin = {
  name: 'classic',
  transformIndexHtml: {
    order: 'post',
    handler: (html) =>
      html.replace('<script type="module" crossorigin', '<script defer').replace(/ crossorigin(?=[ >])/g, ''),
  },
};

const told: Plugin = {
  name: 'told',
  closeBundle() {
    this.info('open playground/dist/index.html in a browser; it needs no server');
  },
};

export default defineConfig({
  root: here('.'),
  base: './',
  define: { 'import.meta.url': '""' },
  plugins: [embedded, elsewhere, classic, told],
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      output: {
        format: 'iife',
        entryFileNames: 'playground.js',
        assetFileNames: 'playground.[ext]',
      },
    },
  },
});
