// Small byte-string helpers with the semantics of the C functions that Falco's comparisons use (C locale, NUL ends).

import { type ByteString, isAscii } from '../../../bytes.js';

/** What a C string function sees: the bytes up to the first NUL. */
export function cutAtNul(bytes: ByteString): ByteString {
  const at = bytes.indexOf('\0');
  return at < 0 ? bytes : bytes.slice(0, at);
}

/** The bytes without the NULs at their end. */
export function withoutTrailingNuls(bytes: ByteString): ByteString {
  let end = bytes.length;
  while (end > 0 && bytes.charCodeAt(end - 1) === 0) end--;
  return end === bytes.length ? bytes : bytes.slice(0, end);
}

/** ASCII letters in lower case, every other byte as it is. */
export function lowerAscii(bytes: ByteString): ByteString {
  // The built-in would also fold bytes that stand for Latin-1 letters.
  return isAscii(bytes) ? bytes.toLowerCase() : bytes.replace(/[A-Z]+/g, (run) => run.toLowerCase());
}

/** ASCII letters in upper case, every other byte as it is. */
export function upperAscii(bytes: ByteString): ByteString {
  return isAscii(bytes) ? bytes.toUpperCase() : bytes.replace(/[a-z]+/g, (run) => run.toUpperCase());
}

/** The last component of a path: what follows the last `/`. */
export function basename(bytes: ByteString): ByteString {
  return bytes.slice(bytes.lastIndexOf('/') + 1);
}
