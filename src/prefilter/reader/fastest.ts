// The scanner: JSON text → tape (document.ts), in one pass that also checks that the text is well-formed.
// Two of them give the same answers: one in WebAssembly with SIMD, one in JavaScript for where that is missing.

import type { JsonScanner } from '../../json/document.js';
import type { EventForm, EventReader } from './event-reader.js';
import { createJsReader } from './reader-js.js';
import { createWasmReader } from './reader-wasm.js';

/** Makes the fastest scanner there is, with a tape of its own. */
export function createScanner(): JsonScanner {
  return createWasmReader() ?? createJsReader();
}

/**
 * Makes the fastest reader of events there is.
 * @param form what the events are; undefined: nothing that it could judge
 */
export function createEventReader(form: EventForm | undefined): EventReader {
  return createWasmReader(form) ?? createJsReader();
}
