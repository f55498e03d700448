// Strict base64 decoding, as Falco's `b64` transformer does it (spec: rules-language.md §2.12).

import type { ByteString } from '../../../bytes.js';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));

/**
 * Decodes the standard alphabet; padding is optional, at most two `=`.
 * @returns undefined for other characters, impossible lengths and non-zero bits behind the last byte.
 */
export function decodeBase64(text: ByteString): ByteString | undefined {
  let end = text.length;
  if (end > 0 && text[end - 1] === '=') end--;
  if (end < text.length && end > 0 && text[end - 1] === '=') end--;
  if (end === 0) return text.length === 0 ? '' : undefined;
  if (end % 4 === 1) return undefined;
  let out = '';
  // Bits that make no byte so far, and how many.
  let bits = 0;
  let count = 0;
  for (let at = 0; at < end; at++) {
    const value = VALUES.get(text[at]!);
    if (value === undefined) return undefined;
    bits = (bits << 6) | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += String.fromCharCode(bits >> count);
    bits &= (1 << count) - 1;
  }
  return bits === 0 ? out : undefined;
}
