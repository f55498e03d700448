// Events as log shippers send them: one level deep in an object of the shipper's, as an object or as its text. In: an object
// that is no event. Out: where the event is. Vector, Logstash and benthos call it `message`, Fluent Bit `log`. Azure's diagnostic
// settings send lists of records, whose properties hold an event's text as `log`.

import type { ByteString } from '../bytes.js';
import { type JsonDocument, NO_NODE, NODE_SIZE } from '../json/document.js';
import { isArray, isObject, isString, member, nodeBehind, stringText } from '../json/read.js';

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

/** Texts in Azure's records (`{"records": [{"properties": {"log": "…"}}, …]}`); undefined: the object is no list of them. */
export function recordsIn(document: JsonDocument, node: number): readonly ByteString[] | undefined {
  const records = member(document, node, 'records');
  if (records === NO_NODE || !isArray(document, records)) return undefined;
  const texts: ByteString[] = [];
  const behind = nodeBehind(document, records);
  for (let at = records + NODE_SIZE; at < behind; at = nodeBehind(document, at)) {
    if (!isObject(document, at)) return undefined;
    const properties = member(document, at, 'properties');
    if (properties === NO_NODE || !isObject(document, properties)) return undefined;
    const log = member(document, properties, 'log');
    if (log === NO_NODE || !isString(document, log)) return undefined;
    texts.push(stringText(document, log));
  }
  return texts;
}
