// A JSON text and its tape: where each value starts and ends, in document order, nothing decoded.
// Values are read from the text on demand, exactly as they were written (number spelling, key order, escapes,
// the first of duplicate keys), which JSON.parse cannot give, and what no rule reads is never touched again.
//
// Tape: three 32-bit integers for each key and each value.
//   [node]     offset of the first byte (the opening quote of a string)
//   [node + 1] offset behind the last byte
//   [node + 2] what it is. Object: the node behind the whole value; array: the same, negative; string: PLAIN,
//              or CODED if it holds a backslash or a NUL; other scalars: OTHER; key: as a string, or its number (keys.ts)
// The members of an object follow it as key node, value nodes, key node, …; the elements of an array follow it.

import type { ByteString } from '../bytes.js';

export { CODED, MAX_DEPTH, NODE_SIZE, OTHER, PLAIN } from './tape.js';

export interface JsonDocument {
  /** The text that the offsets point into; may hold more than this document (a chunk of lines). */
  readonly text: ByteString;
  readonly tape: Int32Array;
  /** Whether the text has no white space between its tokens, so that slices of it are compact JSON. */
  readonly compact: boolean;
  /** Keys with smaller numbers (keys.ts) have them on the tape, unless they are coded. */
  readonly keysBelow: number;
}

/** Reads texts of one kind of caller, one after the other. */
export interface JsonScanner {
  /**
   * Scans the one JSON value in text[from, to). White space may surround it.
   * @returns the document with its root at node 0, or undefined if the text is not well-formed
   * (syntax-error.ts says why).
   * The document is borrowed: the next scan by this scanner overwrites its tape.
   */
  scan(text: ByteString, from?: number, to?: number): JsonDocument | undefined;
}

/** "No such node". */
export const NO_NODE = -1;
