// The scanner: JSON text → tape (document.ts), in one pass that also checks that the text is well-formed.
// Two of them give the same answers: one in WebAssembly with SIMD, one in JavaScript for where that is missing.

import type { JsonScanner } from './document.js';
import type { EventReader } from './event-reader.js';
import { createJsReader } from './reader-js.js';
import { createWasmReader } from './reader-wasm.js';

/** Makes the fastest scanner there is, with a tape of its own. */
export function createScanner(): JsonScanner {
  return createEventReader();
}

/** Makes the fastest reader of events there is. */
export function createEventReader(): EventReader {
  return createWasmReader() ?? createJsReader();
}
