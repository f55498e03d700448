// Numbers on the tape (document.ts) and of its limits. This file is compiled by TypeScript and by AssemblyScript
// (src/prefilter/assembly), which write the same tapes. Nothing but whole numbers stands in it.

/** Integers a node takes on the tape. */
export const NODE_SIZE = 3;

/** A string whose value is the text between its quotes. */
export const PLAIN = 0;
/** A string with escapes to decode, or with a NUL byte in it. */
export const CODED = 1;
/** A number, true, false or null. */
export const OTHER = 2;

/**
 * Deepest nesting that is accepted (objects and arrays together with the value inside). Falco's plugins take 300, so that
 * a value nested deeper hides its event; API servers read 10,000, and write no event that is much deeper.
 */
export const MAX_DEPTH = 16384;
