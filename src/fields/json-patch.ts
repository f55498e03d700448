// JSON patches (RFC 6902) as API servers read them: operations, their paths in pieces, their values.

import type { ByteString } from '../bytes.js';
import { type JsonDocument, NO_NODE } from '../json/document.js';
import { children, isObject, valueText } from '../json/read.js';
import { membersOf } from './patterns.js';

export interface Operation {
  readonly op: ByteString;
  /** Keys and indexes, without escapes. */
  readonly path: readonly ByteString[];
  /** Of copy and move: where the value comes from. */
  readonly from: readonly ByteString[];
  /** NO_NODE if there is none. */
  readonly value: number;
}

/** The operations of the array at `node`. What is no operation is left out: a server refuses the whole patch then. */
export function operationsOf(document: JsonDocument, node: number): readonly Operation[] {
  return children(document, node).flatMap((each) =>
    isObject(document, each) ? [operationOf(document, each)] : [],
  );
}

function operationOf(document: JsonDocument, node: number): Operation {
  const members = membersOf(document, node);
  const text = (key: ByteString): ByteString => {
    const found = members.get(key);
    return found === undefined ? '' : valueText(document, found);
  };
  return {
    op: text('op'),
    path: piecesOf(text('path')),
    from: piecesOf(text('from')),
    value: members.get('value') ?? NO_NODE,
  };
}

/** The pieces of a JSON pointer. What stands before its first slash is nothing, as the API server's library has it. */
export function piecesOf(pointer: ByteString): readonly ByteString[] {
  return pointer
    .split('/')
    .slice(1)
    .map((piece) => piece.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Whether `path` leads to the place `of` or to something around it. */
export function leadsTo(path: readonly ByteString[], of: readonly ByteString[]): boolean {
  return path.length <= of.length && path.every((piece, i) => piece === of[i]);
}
