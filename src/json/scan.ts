// The scanner: JSON text → tape (document.ts), in one pass that also checks that the text is well-formed.
// Two of them give the same answers: one in WebAssembly with SIMD, one in JavaScript for where that is missing.

import type { JsonScanner } from './document.js';
import { createJsScanner } from './scan-js.js';
import { createWasmScanner } from './scan-wasm.js';

/** Makes the fastest scanner there is, with a tape of its own. */
export function createScanner(): JsonScanner {
  return createWasmScanner() ?? createJsScanner();
}
