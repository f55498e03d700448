// The scanner: JSON text → tape (document.ts), in one pass that also checks that the text is well-formed.
// Two of them give the same answers: one in WebAssembly with SIMD, one in JavaScript for where that is missing.

import type { ByteString } from '../bytes.js';
import type { JsonDocument } from './document.js';
import { createJsScanner } from './scan-js.js';
import { createWasmScanner } from './scan-wasm.js';

export interface JsonScanner {
  /**
   * Scans the one JSON value in text[from, to). White space may surround it.
   * @returns the document with its root at node 0, or undefined if the text is not well-formed
   * (syntax-error.ts says why).
   * The document is borrowed: the next scan by this scanner overwrites its tape.
   */
  scan(text: ByteString, from?: number, to?: number): JsonDocument | undefined;
}

/** Makes the fastest scanner there is, with a tape of its own. */
export function createScanner(): JsonScanner {
  return createWasmScanner() ?? createJsScanner();
}
