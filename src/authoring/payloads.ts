// A file's text → payloads for unwrapping, one a text, whatever the form (sources/forms).

import { type ByteString, bytesOf } from '../bytes.js';
import { payloadTexts } from '../sources/files/lines.js';
import { createFormsReader } from '../sources/forms/reader.js';
import type { Others } from '../sources/forms/record.js';
import type { Told } from '../sources/source.js';

/**
 * What is no event is among them, for an unwrapper to complain of.
 * @param others undefined: Kubernetes audit events are all that there may be
 */
export function payloadsOf(text: ByteString, others?: Others): readonly Told<ByteString>[] {
  const reader = createFormsReader({ longest: Number.POSITIVE_INFINITY, onTooLong: () => undefined, others });
  return [...reader.push(bytesOf(text)), ...reader.end()].flatMap(({ payload, plugin }) =>
    payloadTexts(payload).map((each) => ({ payload: each, plugin })),
  );
}
