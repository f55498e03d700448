// Path-prefix search: does any of a set of paths, globs allowed in each component, lead to a given path?
// Falco's operator pmatch (spec: rules-language.md §2.9), without its order-dependent misses: all components that
// fit are followed at once, so the answer needs no luck and time is bounded by the size of the set per component.

import type { ByteString } from '../../../bytes.js';
import { compileGlob, type GlobMatcher, hasWildcard } from './glob.js';
import { cutAtNul } from './text.js';

interface PathNode {
  /** A path ends here: it matches whatever follows. */
  terminal: boolean;
  readonly literals: Map<ByteString, PathNode>;
  readonly globs: Map<ByteString, { readonly matches: GlobMatcher; readonly node: PathNode }>;
}

function createNode(): PathNode {
  return { terminal: false, literals: new Map(), globs: new Map() };
}

/** Compiles a set of paths to a test for paths that one of them is a prefix of. */
export function compilePathPrefixes(paths: readonly ByteString[]): (value: ByteString) => boolean {
  const root = createNode();
  for (const path of paths) addPath(root, components(path));
  if (paths.length === 0) return () => false;
  return (value) => root.terminal || matches(root, components(value));
}

// Empty components do not count, so leading, trailing and double slashes do not matter.
function components(path: ByteString): ByteString[] {
  return path.split('/').filter((component) => component !== '');
}

function addPath(root: PathNode, path: readonly ByteString[]): void {
  let node = root;
  for (const component of path) {
    if (node.terminal) return;
    node = hasWildcard(component) ? globChild(node, component) : literalChild(node, component);
  }
  node.terminal = true;
  // What the path is a prefix of is covered by it.
  node.literals.clear();
  node.globs.clear();
}

function literalChild(node: PathNode, component: ByteString): PathNode {
  const known = node.literals.get(component);
  if (known !== undefined) return known;
  const child = createNode();
  node.literals.set(component, child);
  return child;
}

function globChild(node: PathNode, component: ByteString): PathNode {
  const known = node.globs.get(component);
  if (known !== undefined) return known.node;
  const child = createNode();
  node.globs.set(component, { matches: compileGlob(component, false), node: child });
  return child;
}

function matches(root: PathNode, path: readonly ByteString[]): boolean {
  let nodes: readonly PathNode[] = [root];
  for (const component of path) {
    const next: PathNode[] = [];
    for (const node of nodes) {
      const literal = node.literals.get(component);
      if (literal !== undefined) next.push(literal);
      for (const glob of node.globs.values()) {
        if (glob.matches(cutAtNul(component))) next.push(glob.node);
      }
    }
    if (next.some((node) => node.terminal)) return true;
    if (next.length === 0) return false;
    nodes = next;
  }
  return false;
}
