// Patterns: places in an object, written as keys, with `*` for any element of an array or any member. Many patterns are
// one tree, so that one pass over a JSON value finds what stands at all of them. What a pattern finds goes into its slot.

import type { ByteString } from '../bytes.js';
import { type JsonDocument, NO_NODE, NODE_SIZE } from '../json/document.js';
import { isArray, isObject, nodeBehind, stringText } from '../json/read.js';

/** Any element of an array, or any member of an object. */
export const EACH = '*';

/** A step of the tree: where patterns go on, and the slots of those that end here. */
export interface Branch {
  readonly keys: Map<ByteString, Branch>;
  each: Branch | undefined;
  readonly slots: number[];
}

export const createBranch = (): Branch => ({ keys: new Map(), each: undefined, slots: [] });

/** Adds a pattern to the tree below `root`. */
export function addPattern(root: Branch, keys: readonly ByteString[], slot: number): void {
  let branch = root;
  for (const key of keys) branch = key === EACH ? (branch.each ??= createBranch()) : below(branch, key);
  branch.slots.push(slot);
}

function below(branch: Branch, key: ByteString): Branch {
  const known = branch.keys.get(key);
  if (known !== undefined) return known;
  const made = createBranch();
  branch.keys.set(key, made);
  return made;
}

/** The branches that a key or an index leads to. There are few: one by its name, and one for each. */
export function stepInto(branches: readonly Branch[], key: ByteString): readonly Branch[] {
  return branches.flatMap(({ keys, each }) => {
    const named = keys.get(key);
    return [...(named === undefined ? [] : [named]), ...(each === undefined ? [] : [each])];
  });
}

/** Called for each value at the end of a pattern. `key`: the member's, or that of the array around it. */
export type Found = (slot: number, node: number, key: ByteString) => void;

/**
 * Finds what stands at all patterns below `branch` in the value at `node`. Values that are null are none. The depth of
 * calls is that of the patterns.
 */
export function findAll(
  document: JsonDocument,
  branch: Branch,
  node: number,
  key: ByteString,
  found: Found,
): void {
  if (isNull(document, node)) return;
  for (const slot of branch.slots) found(slot, node, key);
  const { each, keys } = branch;
  if (isObject(document, node)) {
    if (keys.size > 0 || each !== undefined) findMembers(document, branch, node, found);
  } else if (each !== undefined && isArray(document, node)) {
    const behind = nodeBehind(document, node);
    for (let at = node + NODE_SIZE; at < behind; at = nodeBehind(document, at))
      findAll(document, each, at, key, found);
  }
}

function findMembers(document: JsonDocument, { keys, each }: Branch, node: number, found: Found): void {
  for (const [name, value] of membersOf(document, node)) {
    const named = keys.get(name);
    if (named !== undefined) findAll(document, named, value, name, found);
    if (each !== undefined) findAll(document, each, value, name, found);
  }
}

/** The members of an object: of equal keys the last, as in Go's maps. */
export function membersOf(document: JsonDocument, node: number): ReadonlyMap<ByteString, number> {
  const members = new Map<ByteString, number>();
  const behind = nodeBehind(document, node);
  for (let at = node + NODE_SIZE; at < behind; at = nodeBehind(document, at + NODE_SIZE))
    members.set(stringText(document, at), at + NODE_SIZE);
  return members;
}

/** Value of the last member called `key`; NO_NODE if there is none or `node` is no object. */
export function lastMember(document: JsonDocument, node: number, key: ByteString): number {
  return isObject(document, node) ? (membersOf(document, node).get(key) ?? NO_NODE) : NO_NODE;
}

export function isNull(document: JsonDocument, node: number): boolean {
  return node === NO_NODE || document.text.startsWith('null', document.tape[node]);
}

/** All slots of the patterns that begin here. */
export function slotsBelow(branch: Branch): readonly number[] {
  const { slots, keys, each } = branch;
  const next = [...keys.values(), ...(each === undefined ? [] : [each])];
  return [...slots, ...next.flatMap(slotsBelow)];
}
