// A file's text → payloads for unwrapping: lines, or the whole text where it is one document over several lines.

import type { ByteString } from '../bytes.js';

/** A pretty-printed document is one payload; otherwise each line is. */
export function payloadsOf(text: ByteString): readonly ByteString[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 1 && /^[ \t]*[[{][ \t\r]*$/.test(lines[0]!) ? [text] : lines;
}
