// Substring search whose time is bounded by the sum of both lengths, whatever the two texts are.

import type { ByteString } from '../../../bytes.js';

// Up to here the built-in search is quick on any text: at most this many steps a byte. Constants are never longer.
const SHORT = 255;

/** Whether `needle` occurs in `text`; the empty string occurs everywhere. */
export function contains(text: ByteString, needle: ByteString): boolean {
  if (needle.length <= SHORT || needle.length > text.length) return text.includes(needle);
  return containsLong(text, needle);
}

// Knuth, Morris and Pratt. The built-in search takes the product of both lengths on texts made for it, and with a
// field on the right-hand side both texts come from the event.
function containsLong(text: ByteString, needle: ByteString): boolean {
  const fallback = new Int32Array(needle.length);
  for (let i = 1, matched = 0; i < needle.length; i++) {
    while (matched > 0 && needle[i] !== needle[matched]) matched = fallback[matched - 1]!;
    if (needle[i] === needle[matched]) matched++;
    fallback[i] = matched;
  }
  for (let i = 0, matched = 0; i < text.length; i++) {
    while (matched > 0 && text[i] !== needle[matched]) matched = fallback[matched - 1]!;
    if (text[i] === needle[matched]) matched++;
    if (matched === needle.length) return true;
  }
  return false;
}
