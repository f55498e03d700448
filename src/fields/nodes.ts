// Nodes: where fields find their values in an event. Paths of keys are looked up once an event and shared by all
// fields whose paths begin alike; what a path meets on the way must be objects (walk.ts steps through arrays).

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { CODED, type JsonDocument, NO_NODE, NODE_SIZE, PLAIN } from '../json/document.js';
import { internKey, type Key, NO_KEY } from '../json/keys.js';
import { codedMember, isArray, isObject, member, nodeBehind, valueText } from '../json/read.js';
import type { Place } from '../prefilter/prefilter.js';

/** A registered path. */
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
  /** The place that a path leads to. */
  place(path: Path): Place;
  /** Text of the value at `path`, as a field shows it; undefined if there is none. */
  text(event: Event, path: Path): ByteString | undefined;
}

// A path is twice the number of its last step, and one more if it is a path of audit events.
const ROOT = 0;
const EVENT: Path = 0;
const AUDIT: Path = 1;

interface PathStep {
  /** The step before. */
  readonly parent: number;
  readonly key: Key;
  /** By the numbers of their keys, the steps that go on from here; ROOT where there is none. */
  readonly next: Int16Array;
}

/** Makes the table of paths of one field table. */
export function createNodes(): Nodes {
  const steps: PathStep[] = [{ parent: ROOT, key: internKey(''), next: new Int16Array(NO_KEY) }];
  // By step: the node found, and the stamps of the events in which it was settled, its members were noted, and one
  // of them had a coded key.
  const nodes: number[] = [NO_NODE];
  const settled: number[] = [0];
  const noted: number[] = [0];
  const coded: number[] = [0];
  const auditId = step(ROOT, 'auditID');
  let stamp = 0;
  let isAudit = false;
  // What tells events apart. Documents and events are reused by their makers; equal text at an equal place means
  // equal nodes, whatever the objects.
  let text = '';
  let start = -1;

  function begin(event: Event): void {
    const { document, root } = event;
    const at = document.tape[root]!;
    if (at === start && root === nodes[ROOT] && document.text === text) return;
    text = document.text;
    start = at;
    stamp++;
    settle(ROOT, root);
    isAudit = resolve(document, auditId) !== NO_NODE;
  }

  function settle(step: number, node: number): number {
    nodes[step] = node;
    settled[step] = stamp;
    return node;
  }

  function resolve(document: JsonDocument, step: number): number {
    if (settled[step] === stamp) return nodes[step]!;
    const { parent, key } = steps[step]!;
    const within = resolve(document, parent);
    if (within === NO_NODE || !isObject(document, within)) return settle(step, NO_NODE);
    if (key.id >= document.keysBelow) return settle(step, member(document, within, key.text));
    if (noted[parent] !== stamp) note(document, parent, within);
    if (settled[step] === stamp) return nodes[step]!;
    return settle(step, coded[parent] === stamp ? codedMember(document, within, key.text) : NO_NODE);
  }

  // Goes once over an object and settles all steps that lead to its members.
  function note(document: JsonDocument, parent: number, within: number): void {
    const { tape } = document;
    const { next } = steps[parent]!;
    const behind = nodeBehind(document, within);
    noted[parent] = stamp;
    for (let at = within + NODE_SIZE; at < behind; at = nodeBehind(document, at + NODE_SIZE)) {
      const id = tape[at + 2]!;
      if (id === CODED) coded[parent] = stamp;
      const step = next[id]!;
      // The first of equal keys counts.
      if (step !== ROOT && settled[step] !== stamp) settle(step, at + NODE_SIZE);
    }
  }

  function step(parent: number, text: ByteString): number {
    const existing = steps.findIndex(
      (each, i) => i !== ROOT && each.parent === parent && each.key.text === text,
    );
    if (existing >= 0) return existing;
    const key = internKey(text);
    const made = steps.push({ parent, key, next: new Int16Array(NO_KEY) }) - 1;
    nodes.push(NO_NODE);
    settled.push(0);
    noted.push(0);
    coded.push(0);
    // Made while an event is read: what its object holds is to be looked at once more.
    noted[parent] = 0;
    if (key.id < NO_KEY) steps[parent]!.next[key.id] = made;
    return made;
  }

  function find(event: Event, path: Path): number {
    begin(event);
    return (path & 1) === AUDIT && !isAudit ? NO_NODE : resolve(event.document, path >> 1);
  }

  return {
    event: EVENT,
    audit: AUDIT,
    path: (from, keys) => keys.reduce(step, from >> 1) * 2 + (from & 1),
    find,
    place(path) {
      const keys: ByteString[] = [];
      for (let at = path >> 1; at !== ROOT; at = steps[at]!.parent) keys.unshift(steps[at]!.key.text);
      return { keys, audit: (path & 1) === AUDIT };
    },
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
  return beginsAsJson(event) && (isObject(event.document, node) || isArray(event.document, node));
}

/** Whether nothing stands before the event, where events are texts as they come (Event.text). */
export function beginsAsJson({ text }: Event): boolean {
  return text === undefined || text[0] === '{' || text[0] === '[';
}
