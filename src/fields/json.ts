// json.* and jevt.*: any value of an event by JSON pointer, the whole event indented, its time (spec:
// fields-and-sources.md §2). The plugin `json` provides them for events of every source.

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { NO_NODE } from '../json/document.js';
import { internKey } from '../json/keys.js';
import { element, isArray, member, prettyText } from '../json/read.js';
import { isStrictJson } from '../json/strict.js';
import type { Place } from '../screen.js';
import { unsignedNanos } from '../time.js';
import { fieldText, isContainer, type Nodes, type Path, untilNul } from './nodes.js';
import { ownValue } from './own-pointers.js';
import { keyed, type Shape, scalar } from './shape.js';

/**
 * json.value: the argument is a pointer; its first slash may be left out, an empty one is the whole event.
 * @param own fields that pointers may name (own-pointers.ts)
 */
export function pointedValue(nodes: Nodes, own: Readonly<Record<string, Shape>>): Shape {
  const shape = keyed((pointer) => {
    const extract = ownValue(nodes, own, pointer);
    if (extract !== undefined) return extract;
    if (pointer === '')
      return (event) => (isContainer(event, event.root) ? fieldText(event, event.root) : undefined);
    const find = createPointer(nodes, tokensOf(pointer));
    return (event) => {
      const node = find(event);
      return node === NO_NODE ? undefined : fieldText(event, node);
    };
  });
  return {
    ...shape,
    place: (pointer = '') =>
      ownValue(nodes, own, pointer) === undefined ? placeOf(tokensOf(pointer)) : undefined,
  };
}

function tokensOf(pointer: ByteString): readonly ByteString[] {
  return (pointer.startsWith('/') ? pointer.slice(1) : pointer)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

// The pointer to the whole event leads to no place within it.
function placeOf(tokens: readonly ByteString[]): Place | undefined {
  return tokens.length > 1 || tokens[0] !== '' ? { keys: tokens, audit: false } : undefined;
}

/** json.obj: the event indented by two spaces. */
export function indentedEvent(): Shape {
  return scalar((event) => {
    const { document, root } = event;
    // Falco's plugin prints with a stricter parser than it reads with.
    if (!isContainer(event, root) || !isStrictJson(document, root)) return undefined;
    return untilNul(prettyText(document, root));
  });
}

/** json.rawtime: the event's time in nanoseconds since the epoch. */
export function rawTime(): Shape {
  return {
    ...scalar((event) => (isContainer(event, event.root) ? String(unsignedNanos(event)) : undefined)),
    place: () => ({ keys: ['stageTimestamp'], audit: false, time: true }),
  };
}

// Finds the node that a pointer's tokens lead to. Objects are passed on shared paths, arrays by index.
function createPointer(nodes: Nodes, tokens: readonly ByteString[]): (event: Event) => number {
  const paths: Path[] = [nodes.event];
  for (const token of tokens) paths.push(nodes.path(paths[paths.length - 1]!, [token]));
  const indexes = tokens.map((token) => internKey(token).index);
  if (!indexes.some((index) => index >= 0)) return (event) => nodes.find(event, paths[tokens.length]!);
  return (event) => {
    let node = nodes.find(event, paths[tokens.length]!);
    for (let taken = tokens.length; node === NO_NODE && taken > 0; ) {
      node = nodes.find(event, paths[--taken]!);
      if (node !== NO_NODE) return isArray(event.document, node) ? follow(event, node, taken) : NO_NODE;
    }
    return node;
  };

  function follow(event: Event, from: number, taken: number): number {
    const { document } = event;
    let node = from;
    for (let i = taken; i < tokens.length && node !== NO_NODE; i++) {
      const index = indexes[i]!;
      node = isArray(document, node) ? element(document, node, index) : member(document, node, tokens[i]!);
    }
    return node;
  }
}
