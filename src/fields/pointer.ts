// JSON pointers in an event: where they lead, and which place that is. Objects are passed on shared paths (nodes.ts), arrays
// by index.

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { NO_NODE } from '../json/document.js';
import { internKey } from '../json/keys.js';
import { element, isArray, member } from '../json/read.js';
import type { Place } from '../prefilter/prefilter.js';
import type { Nodes, Path } from './nodes.js';

/** The keys of a pointer; its first slash may be left out. */
export function tokensOf(pointer: ByteString): readonly ByteString[] {
  return (pointer.startsWith('/') ? pointer.slice(1) : pointer)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * The place that a pointer leads to; that to the whole event leads to none within it.
 * @param as how its value is read
 * @param absent what is read if nothing stands there
 */
export function placeOf(
  tokens: readonly ByteString[],
  as: NonNullable<Place['as']> | 'value' = 'value',
  absent?: ByteString,
): Place | undefined {
  if (tokens.length === 1 && tokens[0] === '') return undefined;
  return {
    keys: tokens,
    audit: false,
    ...(as !== 'value' && { as }),
    ...(absent !== undefined && { absent }),
  };
}

/** Finds the node that a pointer's tokens lead to. Objects are passed on shared paths, arrays by index. */
export function createPointer(nodes: Nodes, tokens: readonly ByteString[]): (event: Event) => number {
  const paths: Path[] = [nodes.event];
  for (const token of tokens) paths.push(nodes.path(paths[paths.length - 1]!, [token]));
  const indexes = tokens.map((token) => internKey(token).index);
  if (!indexes.some((index) => index >= 0)) return (event) => nodes.find(event, paths[tokens.length]!);
  return (event) => {
    let node = nodes.find(event, paths[tokens.length]!);
    for (let taken = tokens.length; node === NO_NODE && taken > 0; ) {
      node = nodes.find(event, paths[--taken]!);
      if (node !== NO_NODE)
        return isArray(event.document, node) ? followKeys(event, node, tokens, taken) : NO_NODE;
    }
    return node;
  };
}

/**
 * Goes along keys from a node; through arrays by index.
 * @param taken how many of the keys lead to the node
 */
export function followKeys(event: Event, from: number, keys: readonly ByteString[], taken = 0): number {
  const { document } = event;
  let node = from;
  for (let i = taken; i < keys.length && node !== NO_NODE; i++) {
    const key = keys[i]!;
    node = isArray(document, node)
      ? element(document, node, internKey(key).index)
      : member(document, node, key);
  }
  return node;
}
