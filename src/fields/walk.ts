// Walk: the search through lists that the fields about containers, volumes and rules share. It goes along keys;
// where it meets an array it goes on in every element, or in one of them if an index is given.
// A value that is an object where an array is expected counts as its only element (spec §1.5).

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import type { JsonDocument } from '../json/document.js';
import { NO_NODE } from '../json/document.js';
import { children, element, isArray, member } from '../json/read.js';
import type { Nodes, Path } from './nodes.js';

/** No index: every element. */
export const EVERY = -1;

/** A key that stays where it is, so that the elements of the last array are the result. */
export const ITSELF = '';

/**
 * Walks an event; the result is undefined if the walk fails before it meets an array.
 * An element in which it fails leaves a hole (NO_NODE), so that results line up with elements.
 */
export type Walk = (event: Event, index: number) => readonly number[] | undefined;

/** Prepares the walk from the audit event along `keys`. */
export function createWalk(nodes: Nodes, keys: readonly ByteString[]): Walk {
  // The nodes behind 0, 1, 2 … keys. All walks share what they have in common, up to the first array.
  const paths: Path[] = [nodes.audit];
  for (const key of keys.slice(0, -1)) paths.push(nodes.path(paths[paths.length - 1]!, [key]));
  return (event, index) => {
    let taken = paths.length - 1;
    let node = nodes.find(event, paths[taken]!);
    while (node === NO_NODE) {
      if (taken === 0) return undefined;
      node = nodes.find(event, paths[--taken]!);
      // Shared paths stop at arrays, and at nothing else that a walk could pass.
      if (node !== NO_NODE && !isArray(event.document, node)) return undefined;
    }
    const found: number[] = [];
    return walk(event.document, node, keys, taken, index, found) ? found : undefined;
  };
}

// Without recursion: arrays may nest more deeply than the stack is high. What is still to be walked, the first of it last:
// nodes, and how many keys were taken on the way to each.
function walk(
  document: JsonDocument,
  from: number,
  keys: readonly ByteString[],
  taken: number,
  index: number,
  found: number[],
): boolean {
  const first = stepOn(document, from, keys, taken, index);
  if (first === undefined) return false;
  const nodes = [first.node];
  const keysTaken = [first.taken];
  while (nodes.length > 0) {
    const node = nodes.pop()!;
    const passed = keysTaken.pop()!;
    // The end of the walk, or a hole in it.
    if (node === NO_NODE || passed === keys.length) {
      found.push(node);
      continue;
    }
    for (const child of children(document, node).reverse()) {
      const next = stepOn(document, child, keys, passed, index);
      nodes.push(next?.node ?? NO_NODE);
      keysTaken.push(next?.taken ?? 0);
    }
  }
  return true;
}

interface Reached {
  readonly node: number;
  readonly taken: number;
}

// Goes on along the keys, up to their end or to an array of which every element is meant.
function stepOn(
  document: JsonDocument,
  from: number,
  keys: readonly ByteString[],
  taken: number,
  index: number,
): Reached | undefined {
  let node = from;
  for (let i = taken; i < keys.length; i++) {
    if (isArray(document, node)) {
      if (index === EVERY) return { node, taken: i };
      node = element(document, node, index);
      if (node === NO_NODE) return undefined;
    }
    if (keys[i] !== ITSELF) node = member(document, node, keys[i]!);
    if (node === NO_NODE) return undefined;
  }
  return { node, taken: keys.length };
}
