// In: text that somebody else wrote: values of events, names of rules and files. Out: the same for a terminal or a line
// of a log, in which nothing moves the cursor, breaks the line, turns its direction or is invisible. What would is
// spelled as in JSON: \u001b. Falco writes such text as it is.

import { type ByteString, fromBytes, toBytes } from './bytes.js';

const PLAIN = /^[\x20-\x7e]*$/;
const PLAIN_LINES = /^[\x20-\x7e\n\t]*$/;
/** Controls, among them U+0080–9F; invisible marks and those of direction; ends of lines; what is no character. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffe\uffff]/gu;

/** A byte string as one line. */
export function printable(bytes: ByteString): ByteString {
  return PLAIN.test(bytes) ? bytes : toBytes(printableText(fromBytes(bytes)));
}

/** A byte string whose lines stay lines, and whose tabs stay tabs. */
export function printableLines(bytes: ByteString): ByteString {
  if (PLAIN_LINES.test(bytes)) return bytes;
  return bytes
    .split(/([\n\t])/)
    .map((part, n) => (n % 2 === 1 ? part : printable(part)))
    .join('');
}

/** The same as `printable` for text that is no byte string. */
export function printableText(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSEEN, spelled);
}

function spelled(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}
