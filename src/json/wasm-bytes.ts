// The WebAssembly module's bytes. From the sources they are read from the file that the build makes of assembly/; in what
// the build makes of this file they are a constant (rolldown.config.ts), so that they go wherever a bundler puts the code.

import { existsSync, readFileSync } from 'node:fs';

/** Undefined where the module has not been built. */
export function wasmBytes(): Uint8Array | undefined {
  const file = new URL('../../dist/json/scan.wasm', import.meta.url);
  return existsSync(file) ? readFileSync(file) : undefined;
}
