// What can be read from an event that is not evaluated, for the log: who did what to which object. In: its text, whole or
// not, well-formed or not. Linear, and short, whatever it holds; nothing that a terminal would obey.

import type { ByteString } from '../bytes.js';

/** `auditID=… stage=… verb=… user=… resource=… namespace=… name=…`, as far as they are there; or empty. */
export function salvage(text: ByteString): ByteString {
  const user = objectAt(text, 'user');
  const object = objectAt(text, 'objectRef');
  const found: readonly (readonly [string, ByteString | undefined])[] = [
    ['auditID', textAt(text, 'auditID')],
    ['stage', textAt(text, 'stage')],
    ['verb', textAt(text, 'verb')],
    ['user', textAt(user, 'username')],
    ['resource', textAt(object, 'resource')],
    ['namespace', textAt(object, 'namespace')],
    ['name', textAt(object, 'name')],
  ];
  return found
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${printable(value!)}`)
    .join(' ');
}

/** What an object may take, bytes; names and users of API servers are shorter. */
const LONGEST_OBJECT = 2048;
const LONGEST_VALUE = 120;

// Inside a string, quotes are escaped: what is found is a key, or in a broken text at worst one of another object.
function objectAt(text: ByteString, key: string): ByteString {
  const mark = `"${key}":{`;
  const at = text.indexOf(mark);
  if (at < 0) return '';
  const part = text.slice(at + mark.length, at + mark.length + LONGEST_OBJECT);
  const end = part.indexOf('}');
  return end < 0 ? part : part.slice(0, end);
}

function textAt(text: ByteString, key: string): ByteString | undefined {
  const mark = `"${key}":"`;
  const at = text.indexOf(mark);
  if (at < 0) return undefined;
  const part = text.slice(at + mark.length, at + mark.length + LONGEST_VALUE + 1);
  const end = part.indexOf('"');
  return end >= 0 ? part.slice(0, end) : `${part.slice(0, LONGEST_VALUE)}...`;
}

// Controls, also those beyond ASCII (in UTF-8), as their bytes.
function printable(value: ByteString): ByteString {
  return value.replace(/[\x00-\x1f\x7f]|\xc2[\x80-\x9f]/g, (bytes) =>
    [...bytes].map((byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`).join(''),
  );
}
