// In: an event on its tape. Out: the same as readers of plugins see it (PluginEvent), in JavaScript strings. One view serves
// one event after the other.

import { fromBytes, toBytes } from '../bytes.js';
import type { Event } from '../event.js';
import { fieldText, type Nodes } from '../fields/nodes.js';
import { createPointer, followKeys, tokensOf } from '../fields/pointer.js';
import { elementTexts } from '../fields/shape.js';
import { NO_NODE } from '../json/document.js';
import { compactText, isString, stringText } from '../json/read.js';
import type { PluginEvent, Pointer } from './plugin.js';

export interface View {
  /** The view of an event, until it is asked for the next one. */
  of(event: Event): PluginEvent;
}

/** Pointers that are remembered. Readers use a few; one that makes them up must not fill the memory. */
const MOST_POINTERS = 1000;

export function createView(nodes: Nodes): View {
  const finders = new Map<Pointer, (event: Event) => number>();
  let event: Event;

  function find(pointer: Pointer): number {
    const known = finders.get(pointer);
    if (known !== undefined) return known(event);
    if (pointer === '') return event.root;
    const keys = tokensOf(toBytes(pointer));
    if (finders.size >= MOST_POINTERS) return followKeys(event, event.root, keys);
    const finder = createPointer(nodes, keys);
    finders.set(pointer, finder);
    return finder(event);
  }

  function read(pointer: Pointer, text: (node: number) => string): string | undefined {
    const node = find(pointer);
    return node === NO_NODE ? undefined : fromBytes(text(node));
  }

  const view: PluginEvent = {
    get source() {
      return event.source;
    },
    get plugin() {
      return event.plugin;
    },
    get num() {
      return event.num;
    },
    get seconds() {
      return event.seconds;
    },
    get nanos() {
      return event.nanos;
    },
    get settings() {
      return event.origin?.settings;
    },
    get state() {
      return event.origin?.state;
    },
    label: (name) => event.origin?.labels?.[name],
    payload: () => fromBytes(event.text ?? compactText(event.document, event.root)),
    text: (pointer) => read(pointer, (node) => fieldText(event, node)),
    string: (pointer) => {
      const node = find(pointer);
      const { document } = event;
      return node !== NO_NODE && isString(document, node) ? fromBytes(stringText(document, node)) : undefined;
    },
    json: (pointer) => read(pointer, (node) => compactText(event.document, node)),
    list: (pointer) => elementTexts(event, find(pointer))?.map(fromBytes),
    value: (pointer) => {
      const text = read(pointer, (node) => compactText(event.document, node));
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
  };

  return {
    of(next) {
      event = next;
      return view;
    },
  };
}
