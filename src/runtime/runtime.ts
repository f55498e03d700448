// Runtime: what the engine needs of where it runs, handed in, so that it runs anywhere: how bytes become strings, the
// machine's name, the offset of local time, the scanner in WebAssembly. In: what an entry point hands in (node.ts, or a
// program's own values). Out: the values in force. A leaf.

import { PORTABLE } from './portable.js';

/** Strings hold one byte a char here (src/bytes.ts). */
export interface Runtime {
  /** Name of the machine, for `evt.hostname`. */
  readonly machineName: () => string;
  /** Seconds that local time is ahead of UTC. @param now milliseconds since the epoch */
  readonly utcOffset: (now: number) => number;
  /** The module that `assembly/` is built into, where it is not in the code itself; undefined: there is none. */
  readonly wasm: () => Uint8Array | undefined;
  /** Text → a byte string of its UTF-8. */
  readonly encode: (text: string) => string;
  /** Byte string of UTF-8 → text; invalid sequences become U+FFFD. */
  readonly decode: (bytes: string) => string;
  /** A part of a memory as bytes. */
  readonly view: (memory: ArrayBufferLike, at: number, length: number) => Uint8Array;
  /** Bytes → byte string. */
  readonly read: (bytes: Uint8Array, from: number, to: number) => string;
  /** Writes a byte string into bytes that have room for it. */
  readonly write: (bytes: Uint8Array, text: string, at: number) => void;
  /** Whether a byte string stands in bytes. */
  readonly includes: (bytes: Uint8Array, part: string) => boolean;
  /** Whether bytes are UTF-8 without a fault. */
  readonly isUtf8: (bytes: Uint8Array) => boolean;
  /** What gzip packed; undefined: it is damaged, longer than `most` bytes, or nothing here unpacks it. */
  readonly gunzip: (packed: Uint8Array, most: number) => Uint8Array | undefined;
}

/** The values in force. */
export let runtime: Runtime = PORTABLE;

/**
 * Hands in what there is; the rest stays as it is. Call it before anything else: texts that were read before may have been
 * read more slowly, rulesets that were made before keep the machine's name.
 */
export function useRuntime(values: Partial<Runtime>): void {
  runtime = { ...runtime, ...values };
}
