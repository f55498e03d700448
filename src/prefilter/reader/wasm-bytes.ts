// The bytes of the module in WebAssembly. In what the build makes of this file they are a constant (rolldown.config.ts), so
// that they go wherever a bundler puts the code; from the sources, the entry point hands them in.

import { runtime } from '../../runtime/runtime.js';

/** Undefined where there is no module. */
export function wasmBytes(): Uint8Array | undefined {
  return runtime.wasm();
}
