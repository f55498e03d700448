// Events as log shippers send them: one level deep in an object of the shipper's, as an object or as its text. In: an object
// that is no event. Out: where the event is. Vector, Logstash and benthos call it `message`, Fluent Bit `log`.

import type { ByteString } from '../bytes.js';
import { type JsonDocument, NO_NODE } from '../json/document.js';
import { isObject, isString, member, stringText } from '../json/read.js';

const KEYS = ['log', 'message', 'event'];
const JSON_START = /^\s*[[{]/;

/** A node of the same document, the text of a JSON value, or undefined if there is nothing that could be an event. */
export function wrappedIn(
  document: JsonDocument,
  node: number,
  isMarked: (document: JsonDocument, node: number) => boolean,
): number | ByteString | undefined {
  let text: ByteString | undefined;
  for (const key of KEYS) {
    const value = member(document, node, key);
    if (value === NO_NODE) continue;
    if (isObject(document, value) && isMarked(document, value)) return value;
    if (text === undefined && isString(document, value)) text = jsonIn(document, value);
  }
  return text;
}

function jsonIn(document: JsonDocument, node: number): ByteString | undefined {
  const text = stringText(document, node);
  return JSON_START.test(text) ? text : undefined;
}
