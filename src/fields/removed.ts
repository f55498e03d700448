// Whether a request takes away what stood at a place: by null, by an operation of a JSON patch, by putting something in
// the place of what was around it. What a whole object or a server-side apply leaves out cannot be told from one event.

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { type JsonDocument, NO_NODE } from '../json/document.js';
import { children, isArray, isObject, keyText } from '../json/read.js';
import type { Changes } from './changes.js';
import { leadsTo, type Operation, operationsOf } from './json-patch.js';
import { isNull, lastMember } from './patterns.js';

/** @param keys the place, through objects. If the event shows the object as it is now, nothing must be there. */
export function removes(changes: Changes, event: Event, keys: readonly ByteString[]): boolean {
  const { document } = event;
  const body = changes.request(event);
  if (body === NO_NODE || changes.isWhole(event)) return false;
  const response = changes.response(event);
  if (response !== NO_NODE && !isNull(document, follow(document, response, keys))) return false;
  return isArray(document, body)
    ? removedByOperations(document, body, keys)
    : removedBy(document, body, keys);
}

function follow(document: JsonDocument, from: number, keys: readonly ByteString[]): number {
  return keys.reduce((node, key) => (node === NO_NODE ? NO_NODE : lastMember(document, node, key)), from);
}

// Directives of strategic patches that drop what the patch does not name.
const DROPPING: ReadonlySet<ByteString> = new Set(['$patch', '$retainKeys']);

function removedBy(document: JsonDocument, body: number, keys: readonly ByteString[]): boolean {
  let dropped = false;
  let node = body;
  for (const key of keys) {
    if (!isObject(document, node)) return isNull(document, node);
    dropped ||= children(document, node).some((value) => DROPPING.has(keyText(document, value)));
    node = lastMember(document, node, key);
    if (node === NO_NODE) return dropped;
  }
  return isNull(document, node);
}

function removedByOperations(document: JsonDocument, body: number, keys: readonly ByteString[]): boolean {
  let removed = false;
  for (const operation of operationsOf(document, body)) {
    const { op, path, from } = operation;
    if ((op === 'remove' && leadsTo(path, keys)) || (op === 'move' && leadsTo(from, keys))) removed = true;
    if (op !== 'remove' && op !== 'test' && leadsTo(path, keys)) removed = isGone(document, operation, keys);
  }
  return removed;
}

// After something was put at the place or around it. What is copied there is not known; the response knows.
function isGone(
  document: JsonDocument,
  { op, path, value }: Operation,
  keys: readonly ByteString[],
): boolean {
  if (op === 'copy' || op === 'move') return path.length < keys.length;
  return isNull(document, follow(document, value, keys.slice(path.length)));
}
