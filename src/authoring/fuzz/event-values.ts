// Every value inside an event, with its JSON pointer, and the text of the event with one place changed.
// Works on the text, so that all the rest stays as it was written.

import type { ByteString } from '../../bytes.js';
import { type JsonDocument, NODE_SIZE } from '../../json/document.js';
import { children, isArray, isObject, keyText, nodeEnd, nodeStart } from '../../json/read.js';

/** A value inside an event. */
export interface EventValue {
  /** JSON pointer: `/objectRef/namespace`. */
  readonly pointer: ByteString;
  /** Node of the value. */
  readonly node: number;
  /** The object's member is removed with its key; an array's element is one of several. */
  readonly parent: 'object' | 'array';
  /** Node of the object or array that holds it. */
  readonly holder: number;
}

/** What can be done at a place. Values are JSON texts. */
export type Change =
  | { readonly kind: 'replace'; readonly json: ByteString }
  | { readonly kind: 'remove' }
  /** Another member with this key, as the holder's first or last one. */
  | { readonly kind: 'key'; readonly json: ByteString }
  | { readonly kind: 'before' | 'behind'; readonly key: ByteString; readonly json: ByteString };

/** All values in document order but the event itself, at most `limit`. */
export function valuesOf(document: JsonDocument, limit: number): readonly EventValue[] {
  const found: EventValue[] = [];
  const open: { readonly node: number; readonly pointer: ByteString }[] = [{ node: 0, pointer: '' }];
  for (let holder = open.pop(); holder !== undefined; holder = open.pop()) {
    const parent = isObject(document, holder.node) ? 'object' : 'array';
    const inside: (typeof open)[number][] = [];
    for (const [index, node] of children(document, holder.node).entries()) {
      if (found.length === limit) return found;
      const token = parent === 'object' ? escapeToken(keyText(document, node)) : String(index);
      const pointer = `${holder.pointer}/${token}`;
      found.push({ pointer, node, parent, holder: holder.node });
      if (isObject(document, node) || isArray(document, node)) inside.push({ node, pointer });
    }
    open.push(...inside.reverse());
  }
  return found;
}

const escapeToken = (key: ByteString): ByteString => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** The last key of a pointer. */
export const lastKey = (pointer: ByteString): ByteString =>
  pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');

export const holderOf = (pointer: ByteString): ByteString => pointer.slice(0, pointer.lastIndexOf('/'));

/** JSON text of a value. */
export const jsonAt = (document: JsonDocument, node: number): ByteString =>
  document.text.slice(nodeStart(document, node), nodeEnd(document, node));

/** The document's text with one change made. The document is compact. */
export function changeText(
  document: JsonDocument,
  place: Pick<EventValue, 'node' | 'parent' | 'holder'>,
  change: Change,
): ByteString {
  const { text } = document;
  const splice = (from: number, to: number, json: ByteString): ByteString =>
    text.slice(0, from) + json + text.slice(to);
  const [start, end] = [nodeStart(document, place.node), nodeEnd(document, place.node)];
  switch (change.kind) {
    case 'replace':
      return splice(start, end, change.json);
    case 'remove': {
      const from = place.parent === 'object' ? nodeStart(document, place.node - NODE_SIZE) : start;
      // With the comma behind it, or before it if it is the last one.
      if (text[end] === ',') return splice(from, end + 1, '');
      return splice(text[from - 1] === ',' ? from - 1 : from, end, '');
    }
    case 'key': {
      const key = place.node - NODE_SIZE;
      return splice(nodeStart(document, key), nodeEnd(document, key), change.json);
    }
    case 'before':
    case 'behind':
      return insertMember(document, place.holder, change);
  }
}

function insertMember(
  document: JsonDocument,
  holder: number,
  { kind, key, json }: Extract<Change, { readonly key: ByteString }>,
): ByteString {
  const { text } = document;
  const [start, end] = [nodeStart(document, holder), nodeEnd(document, holder)];
  const member = isObject(document, holder) ? `${JSON.stringify(key)}:${json}` : json;
  const empty = end - start === 2;
  if (kind === 'before')
    return `${text.slice(0, start + 1)}${member}${empty ? '' : ','}${text.slice(start + 1)}`;
  return `${text.slice(0, end - 1)}${empty ? '' : ','}${member}${text.slice(end - 1)}`;
}
