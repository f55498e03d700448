// Nodes: where fields find their values in an event. Paths of keys are looked up once an event and shared by all
// fields whose paths begin alike; what a path meets on the way must be objects (walk.ts steps through arrays).

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { NO_NODE, PLAIN } from '../json/document.js';
import { isArray, isObject, member, valueText } from '../json/read.js';

/** A registered path: its number in the table of its Nodes. */
export type Path = number;

export interface Nodes {
  /** The event itself. */
  readonly event: Path;
  /** The event if it is an audit event, which is one with a key `auditID` (ka.* fields read no other). */
  readonly audit: Path;
  /** Registers the path that leads from `from` over `keys`. Equal paths are one. */
  path(from: Path, keys: readonly ByteString[]): Path;
  /** Node of the value at `path` in the event; NO_NODE if there is none. */
  find(event: Event, path: Path): number;
  /** Text of the value at `path`, as a field shows it; undefined if there is none. */
  text(event: Event, path: Path): ByteString | undefined;
}

const EVENT: Path = 0;
const AUDIT: Path = 1;
const AUDIT_ID: Path = 2;

/** Makes the table of paths of one field table. */
export function createNodes(): Nodes {
  // By path: the path one key shorter, that key, the node found, and the event (by stamp) it was found in.
  const parents: Path[] = [EVENT, EVENT, EVENT];
  const keys: ByteString[] = ['', '', 'auditID'];
  const nodes: number[] = [NO_NODE, NO_NODE, NO_NODE];
  const stamps: number[] = [0, 0, 0];
  let stamp = 0;
  // What tells events apart. Documents and events are reused by their makers; equal text at an equal place means
  // equal nodes, whatever the objects.
  let text = '';
  let start = -1;
  let root = -1;

  function begin(event: Event): void {
    const { document } = event;
    const at = document.tape[event.root]!;
    if (at === start && event.root === root && document.text === text) return;
    text = document.text;
    start = at;
    root = event.root;
    stamp++;
    nodes[EVENT] = root;
    stamps[EVENT] = stamp;
    nodes[AUDIT_ID] = member(document, root, 'auditID');
    stamps[AUDIT_ID] = stamp;
    nodes[AUDIT] = nodes[AUDIT_ID] === NO_NODE ? NO_NODE : root;
    stamps[AUDIT] = stamp;
  }

  function resolve(event: Event, path: Path): number {
    if (stamps[path] === stamp) return nodes[path]!;
    const parent = resolve(event, parents[path]!);
    const node = parent === NO_NODE ? NO_NODE : member(event.document, parent, keys[path]!);
    nodes[path] = node;
    stamps[path] = stamp;
    return node;
  }

  function find(event: Event, path: Path): number {
    begin(event);
    return resolve(event, path);
  }

  function step(from: Path, key: ByteString): Path {
    for (let path = AUDIT_ID; path < keys.length; path++) {
      if (parents[path] === from && keys[path] === key) return path;
    }
    parents.push(from);
    keys.push(key);
    nodes.push(NO_NODE);
    stamps.push(0);
    return keys.length - 1;
  }

  return {
    event: EVENT,
    audit: AUDIT,
    path: (from, path) => path.reduce(step, from),
    find,
    text(event, path) {
      const node = find(event, path);
      return node === NO_NODE ? undefined : fieldText(event, node);
    },
  };
}

/** Text of a value as a field shows it: a string decoded, all else compact JSON, and a NUL ends it. */
export function fieldText({ document }: Event, node: number): ByteString {
  const { text, tape } = document;
  // The common case, without a call: a string that stands in the text as it is, and holds no NUL.
  if (tape[node + 2] === PLAIN) return text.slice(tape[node]! + 1, tape[node + 1]! - 1);
  return untilNul(valueText(document, node));
}

/** Values of fields are C strings in Falco: the first NUL ends them. */
export function untilNul(text: ByteString): ByteString {
  const nul = text.indexOf('\0');
  return nul < 0 ? text : text.slice(0, nul);
}

/** Whether a value can hold others: Falco's plugins read only payloads that begin with `{` or `[`. */
export function isContainer(event: Event, node: number): boolean {
  return isObject(event.document, node) || isArray(event.document, node);
}
