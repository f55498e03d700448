// Strict base64 decoding, as Falco's `b64` transformer does it (spec: rules-language.md §2.12).

import type { ByteString } from '../../../bytes.js';

const ALPHABET = /^[A-Za-z0-9+/]*$/;

/**
 * Decodes the standard alphabet; padding is optional, at most two `=`.
 * @returns undefined for other characters, impossible lengths and non-zero bits behind the last byte.
 */
export function decodeBase64(text: ByteString): ByteString | undefined {
  let end = text.length;
  if (end > 0 && text[end - 1] === '=') end--;
  if (end < text.length && end > 0 && text[end - 1] === '=') end--;
  if (end === 0) return text.length === 0 ? '' : undefined;
  const digits = text.slice(0, end);
  if (end % 4 === 1 || !ALPHABET.test(digits)) return undefined;
  const bytes = Buffer.from(digits, 'base64');
  // What does not encode back to itself has bits that no byte holds.
  return bytes.toString('base64').startsWith(digits) ? bytes.toString('latin1') : undefined;
}
