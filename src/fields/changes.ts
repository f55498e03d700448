// Changes: what a request sets in the object that it is about, whatever the client's way of saying it: a whole object,
// a server-side apply, a merge patch, a strategic patch, a JSON patch. In: audit events. Out: texts, by pattern.
// Falco has nothing like it: its fields read what a whole object or a patch of the same form has in it.
//
// What came out shows what a patch copies, and what the server adds or leaves out. So where the response is the object,
// it counts with a whole object, and what a patch gives counts only if it is there. A patch sets no more than what it
// names: the rest was there before.

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { NO_NODE } from '../json/document.js';
import { isArray, isObject, valueText } from '../json/read.js';
import { operationsOf } from './json-patch.js';
import type { Nodes } from './nodes.js';
import {
  addPattern,
  type Branch,
  createBranch,
  findAll,
  isNull,
  lastMember,
  slotsBelow,
  stepInto,
} from './patterns.js';

/** Text of a value at a pattern, `key` being its own or its array's; undefined: it does not count. */
export type Show = (event: Event, node: number, key: ByteString) => ByteString | undefined;

/** What is found at some patterns. */
export interface Slot {
  /** Texts that the request sets, each once. */
  set(event: Event): readonly ByteString[];
  /** Texts in the object as it is now, as far as the event shows it, each once. */
  result(event: Event): readonly ByteString[];
}

export interface Changes {
  /**
   * Registers patterns whose values are one list. Once, at load time.
   * @param spelled whether the texts of objects and arrays may differ in request and response
   */
  slot(patterns: readonly (readonly ByteString[])[], show: Show, spelled: boolean): Slot;
  /** The request's body, if it is a change; NO_NODE if there is none. */
  request(event: Event): number;
  /** The object in the response; NO_NODE if the event has none. */
  response(event: Event): number;
  /** Whether the body is the whole object: not a patch of one that was there. */
  isWhole(event: Event): boolean;
}

interface Texts {
  /** By slot; most have none. */
  readonly texts: Map<number, Set<ByteString>>;
  /** Slots of which all counts that the result has: the request shows that they change, but not to what. */
  readonly all: Set<number>;
}

const NO_TEXTS: ReadonlySet<ByteString> = new Set();

function textsOf({ texts }: Texts, slot: number): ReadonlySet<ByteString> {
  return texts.get(slot) ?? NO_TEXTS;
}

function addText({ texts }: Texts, slot: number, text: ByteString): void {
  const known = texts.get(slot);
  if (known === undefined) texts.set(slot, new Set([text]));
  else known.add(text);
}

export function createChanges(nodes: Nodes): Changes {
  const at = (...keys: readonly ByteString[]) => nodes.path(nodes.audit, keys);
  const paths = {
    verb: at('verb'),
    code: at('responseStatus', 'code'),
    subresource: at('objectRef', 'subresource'),
    request: at('requestObject'),
    response: at('responseObject'),
  };
  const root = createBranch();
  const shows: Show[] = [];
  const spelledFreely = new Set<number>();
  const read = onceAnEvent(() => ({
    given: undefined as Texts | undefined,
    result: undefined as Texts | undefined,
    set: new Map<number, readonly ByteString[]>(),
  }));

  const isChange = (event: Event): boolean =>
    ['create', 'update', 'patch'].includes(nodes.text(event, paths.verb) ?? '');
  const request = (event: Event): number => (isChange(event) ? nodes.find(event, paths.request) : NO_NODE);
  const response = (event: Event): number => {
    const node = isChange(event) ? nodes.find(event, paths.response) : NO_NODE;
    return isObjectItself(event, node) ? node : NO_NODE;
  };
  // A patch that created the object is a server-side apply.
  const isWhole = (event: Event): boolean =>
    nodes.text(event, paths.verb) !== 'patch' ||
    (nodes.text(event, paths.code) === '201' && !isArray(event.document, request(event)));

  const empty = (): Texts => ({ texts: new Map(), all: new Set() });

  function collect(event: Event, into: Texts, branch: Branch, node: number, key: ByteString): void {
    const { document } = event;
    findAll(document, branch, node, key, (slot, found, name) => {
      const text = shows[slot]!(event, found, name);
      if (text !== undefined) addText(into, slot, text);
      const container = isObject(document, found) || isArray(document, found);
      if (container && spelledFreely.has(slot)) into.all.add(slot);
    });
  }

  function collectWhole(event: Event, node: number): Texts {
    const into = empty();
    if (node === NO_NODE) return into;
    const keys = PARTS.get(nodes.text(event, paths.subresource) ?? '') ?? [];
    const part = keys.reduce(
      (from, key) => (from === NO_NODE ? NO_NODE : lastMember(event.document, from, key)),
      node,
    );
    for (const branch of keys.reduce(stepInto, [root] as readonly Branch[]))
      if (part !== NO_NODE) collect(event, into, branch, part, keys.at(-1) ?? '');
    return into;
  }

  function collectPatch(event: Event, node: number): Texts {
    const into = empty();
    if (isArray(event.document, node)) collectOperations(event, node, into);
    else if (node !== NO_NODE) collect(event, into, root, node, '');
    return into;
  }

  function collectOperations(event: Event, node: number, into: Texts): void {
    const copied = new Set<Branch>();
    for (const { op, path, value } of operationsOf(event.document, node)) {
      const gives = op === 'add' || op === 'replace';
      if (!gives && op !== 'copy' && op !== 'move') continue;
      let branches: readonly Branch[] = [root];
      let key = '';
      for (const piece of path) {
        for (const { slots } of branches) for (const slot of slots) touch(event, into, slot, value, key);
        branches = stepInto(branches, piece);
        if (!INDEX.test(piece)) key = piece;
      }
      for (const branch of branches) {
        if (gives) collect(event, into, branch, value, key);
        else if (!copied.has(branch)) {
          copied.add(branch);
          for (const slot of slotsBelow(branch)) into.all.add(slot);
        }
      }
    }
  }

  // An operation changes something within the value at the end of a pattern.
  function touch(event: Event, into: Texts, slot: number, value: number, key: ByteString): void {
    const text = isNull(event.document, value) ? undefined : shows[slot]!(event, value, key);
    if (text !== undefined) addText(into, slot, text);
    if (spelledFreely.has(slot)) into.all.add(slot);
  }

  const resultOf = (event: Event): Texts => {
    const known = read(event);
    return (known.result ??= collectWhole(event, response(event)));
  };
  const givenBy = (event: Event): Texts => {
    const known = read(event);
    if (known.given === undefined) {
      const body = request(event);
      known.given = isWhole(event) ? collectWhole(event, body) : collectPatch(event, body);
    }
    return known.given;
  };

  function setBy(event: Event, slot: number): readonly ByteString[] {
    const answered = response(event) !== NO_NODE;
    const body = request(event);
    // What the server adds counts, and so it does where the body is missing: too large for the log, or of another form.
    if (answered && (isWhole(event) || body === NO_NODE))
      return [...new Set([...textsOf(givenBy(event), slot), ...textsOf(resultOf(event), slot)])];
    const texts = textsOf(givenBy(event), slot);
    if (!answered) return [...texts];
    if (givenBy(event).all.has(slot)) return [...textsOf(resultOf(event), slot)];
    if (texts.size === 0) return [];
    const present = textsOf(resultOf(event), slot);
    return [...texts].filter((text) => present.has(text));
  }

  return {
    slot(patterns, show, spelled) {
      const slot = shows.push(show) - 1;
      if (spelled) spelledFreely.add(slot);
      for (const keys of patterns) addPattern(root, keys, slot);
      read.forget();
      return {
        set(event) {
          const { set } = read(event);
          const known = set.get(slot);
          if (known !== undefined) return known;
          const texts = setBy(event, slot);
          set.set(slot, texts);
          return texts;
        },
        result: (event) => [...textsOf(response(event) === NO_NODE ? givenBy(event) : resultOf(event), slot)],
      };
    },
    request,
    response,
    isWhole,
  };
}

// Subresources whose body is the whole object, of which the request sets a part.
const PARTS: ReadonlyMap<ByteString, readonly ByteString[]> = new Map([
  ['status', ['status']],
  ['approval', ['status']],
  ['ephemeralcontainers', ['spec', 'ephemeralContainers']],
]);

const INDEX = /^(?:[-+]?[0-9]+|-)$/;

// What servers answer with instead of the object, for the client's asking or because it failed.
const OTHER_KINDS: ReadonlySet<ByteString> = new Set([
  'Status',
  'Table',
  'PartialObjectMetadata',
  'PartialObjectMetadataList',
]);

function isObjectItself({ document }: Event, node: number): boolean {
  if (node === NO_NODE || !isObject(document, node)) return false;
  const kind = lastMember(document, node, 'kind');
  return kind !== NO_NODE && !OTHER_KINDS.has(valueText(document, kind));
}

interface Once<T> {
  (event: Event): T;
  /** What was made counts no more. */
  forget(): void;
}

// Makes something anew for each event, and keeps it while the event is the same. Documents are reused by their makers:
// equal text at an equal place is what makes events equal.
function onceAnEvent<T>(make: () => T): Once<T> {
  let made: T | undefined;
  let text = '';
  let start = -1;
  const once = ({ document, root }: Event): T => {
    const from = document.tape[root]!;
    if (made === undefined || from !== start || document.text !== text) {
      made = make();
      text = document.text;
      start = from;
    }
    return made;
  };
  return Object.assign(once, {
    forget: () => {
      made = undefined;
    },
  });
}
