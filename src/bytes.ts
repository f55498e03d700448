// Byte strings: JavaScript strings that hold one UTF-8 byte (0–255) in each char.
// Falco compares, measures, folds and cuts bytes; a byte string does all of that with the built-in string
// operations, is one byte a char in V8's memory, and turns back into bytes by a plain copy.
// Every string inside the engine (event text, constants, field values, rendered alerts) is one; text crosses
// the border of the engine through the functions here and nowhere else.

import { runtime } from './runtime/runtime.js';

/** A string whose chars are all ≤ 0xff, each standing for one byte of UTF-8 text. An alias: it documents, it does not check. */
export type ByteString = string;

const NON_ASCII = /[^\x00-\x7f]/;

/** Text → its UTF-8 bytes. ASCII text is returned as it is; lone surrogates become U+FFFD. */
export function toBytes(text: string): ByteString {
  return NON_ASCII.test(text) ? runtime.encode(text) : text;
}

/** UTF-8 bytes → text; invalid sequences become U+FFFD, one for each maximal invalid part (WHATWG). */
export function fromBytes(bytes: ByteString): string {
  return NON_ASCII.test(bytes) ? runtime.decode(bytes) : bytes;
}

/** Bytes → byte string. */
export function readBytes(bytes: Uint8Array, from = 0, to = bytes.length): ByteString {
  return runtime.read(bytes, from, to);
}

/** Byte string → bytes. */
export function bytesOf(text: ByteString): Uint8Array {
  const bytes = new Uint8Array(text.length);
  runtime.write(bytes, text, 0);
  return bytes;
}

/** Whether a byte string stands in bytes. */
export function includesBytes(bytes: Uint8Array, part: ByteString): boolean {
  return runtime.includes(bytes, part);
}

/** Whether every byte is ASCII, so that the byte string and its text are the same. */
export function isAscii(bytes: ByteString): boolean {
  return !NON_ASCII.test(bytes);
}

/** One code point → its UTF-8 bytes. */
export function codePointBytes(codePoint: number): ByteString {
  return codePoint < 0x80 ? String.fromCharCode(codePoint) : toBytes(String.fromCodePoint(codePoint));
}

/** Parts, one behind the other. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Base64 → bytes, with either alphabet. What is none of its letters is passed over, and it ends with the first `=`. */
export function base64Bytes(text: string): Uint8Array {
  const letters = text
    .split('=', 1)[0]!
    .replace(/[-_]/g, (letter) => (letter === '-' ? '+' : '/'))
    .replace(/[^A-Za-z0-9+/]/g, '');
  // One letter alone holds no byte.
  return bytesOf(atob(letters.length % 4 === 1 ? letters.slice(0, -1) : letters));
}

/** What gzip packed; undefined: it is damaged, longer than so many bytes, or nothing here unpacks it. */
export function gunzipped(packed: Uint8Array, most: number): Uint8Array | undefined {
  return runtime.gunzip(packed, most);
}
