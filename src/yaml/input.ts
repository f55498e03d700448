// Byte strings ↔ what js-yaml reads. Bytes that it would refuse or take for characters of their own (control characters,
// parts of UTF-8) become characters of a private range, one for one, so that offsets stay as they are. A leaf.

import { codePointBytes } from '../bytes.js';

const SHIFT = 0xf600;
const ODD_BYTES = /[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\xff]/g;
const NOT_PLAIN = /[^\x00-\x7f]/;

export function toInput(text: string): string {
  return text.replace(ODD_BYTES, (byte) => String.fromCharCode(byte.charCodeAt(0) + SHIFT));
}

/** A value's bytes; undefined if escapes in it stand for no character. */
export function fromInput(value: string): string | undefined {
  if (!NOT_PLAIN.test(value)) return value;
  let bytes = '';
  for (const char of value) {
    const code = char.codePointAt(0)!;
    if (code >= 0xd800 && code <= 0xdfff) return undefined;
    const isByte = code > SHIFT && code <= SHIFT + 0xff;
    bytes += isByte ? String.fromCharCode(code - SHIFT) : codePointBytes(code);
  }
  return bytes;
}
