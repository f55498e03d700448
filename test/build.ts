// What the build made, and whether it made it of the sources as they are: tests of an old build say nothing of a change.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

function newest(path: string): { readonly path: string; readonly time: number } {
  const found = statSync(path);
  if (!found.isDirectory()) return { path, time: found.mtimeMs };
  let best = { path, time: 0 };
  for (const name of readdirSync(path)) {
    const each = newest(join(path, name));
    if (each.time > best.time) best = each;
  }
  return best;
}

/** @throws Error, where `file` is missing or older than one of its sources, with what to do */
function checkBuilt(file: string, sources: readonly string[], command: string): void {
  // scripts/mutate.mjs changes sources on purpose.
  if (process.env['TSFALCO_ANY_BUILD'] === '1') return;
  const built = statSync(join(ROOT, file), { throwIfNoEntry: false });
  if (built === undefined) throw new Error(`${file} is missing: run ${command}`);
  for (const source of sources) {
    const { path, time } = newest(join(ROOT, source));
    if (time > built.mtimeMs) throw new Error(`${file} is older than ${path}: run ${command}`);
  }
}

/** The scanner in WebAssembly, which the sources read from the build. */
export const checkScanner = (): void =>
  checkBuilt(
    'dist/json/scan.wasm',
    ['src/prefilter/assembly', 'src/prefilter/shared.ts', 'src/json/tape.ts'],
    'npm run build:wasm (or npm run build)',
  );

/** The command, ready to run. */
export function builtCommand(): string {
  checkBuilt('dist/command/main.cjs', ['src', 'demo', 'rolldown.config.ts'], 'npm run build');
  return join(ROOT, 'bin/tsfalco.js');
}
