// A file's text → payloads for unwrapping, one a text, whatever the form (sources/forms).

import { type ByteString, bytesOf } from '../bytes.js';
import { payloadTexts } from '../sources/files/lines.js';
import { createFormsReader } from '../sources/forms/reader.js';

/** What is no event is among them, for an unwrapper to complain of. */
export function payloadsOf(text: ByteString): readonly ByteString[] {
  const reader = createFormsReader({ longest: Number.POSITIVE_INFINITY, onTooLong: () => undefined });
  return [...reader.push(bytesOf(text)), ...reader.end()].flatMap(payloadTexts);
}
