// Shapes: the ways in which a field takes an argument and gives values, and the plainest readers.
// In: how to read an event. Out: the parts of a Field that are not its name (tables add names and descriptions).

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { NO_NODE } from '../json/document.js';
import { children, isArray } from '../json/read.js';
import type { Extract, Field, FieldArgument } from './field.js';
import { fieldText, type Nodes, type Path } from './nodes.js';
import { EVERY } from './walk.js';

/** A field without its name, type and description. All fields of audit events are texts or lists of texts. */
export type Shape = Pick<Field, 'isList' | 'argument' | 'bind' | 'place' | 'elseCluster'>;

const INDEX: FieldArgument = { required: false, index: true, key: false };
const KEY: FieldArgument = { required: true, index: false, key: true };

/** One text, no argument. */
export function scalar(extract: Extract): Shape {
  return { isList: false, argument: null, bind: () => extract };
}

/** The text at a path. */
export function textAt(nodes: Nodes, from: Path, ...keys: readonly ByteString[]): Shape {
  const path = nodes.path(from, keys);
  const place = nodes.place(path);
  return { ...scalar((event) => nodes.text(event, path)), place: () => place };
}

/** One text, with any text as the argument, which must be given. */
export function keyed(bind: (key: ByteString) => Extract): Shape {
  return { isList: false, argument: KEY, bind: (argument) => bind(argument ?? '') };
}

/** A list, no argument. `read` may give an empty list: the field is missing then. */
export function list(read: (event: Event) => readonly ByteString[] | undefined): Shape {
  return { isList: true, argument: null, bind: () => (event) => unlessEmpty(read(event)) };
}

/** A list that an index may narrow to one element of the event (EVERY without one). */
export function indexed(read: (event: Event, index: number) => readonly ByteString[] | undefined): Shape {
  return {
    isList: true,
    argument: INDEX,
    bind: (argument) => {
      const index = argument === undefined ? EVERY : Number(argument);
      return (event) => unlessEmpty(read(event, index));
    },
  };
}

/** The elements of the array at a path, as texts; missing if it is no array. */
export function listAt(nodes: Nodes, from: Path, ...keys: readonly ByteString[]): Shape {
  const path = nodes.path(from, keys);
  return list((event) => elementTexts(event, nodes.find(event, path)));
}

/** Texts of an array's elements; undefined if `node` is none or no array. */
export function elementTexts(event: Event, node: number): readonly ByteString[] | undefined {
  if (node === NO_NODE || !isArray(event.document, node)) return undefined;
  return children(event.document, node).map((child) => fieldText(event, child));
}

// A list without elements is a missing value in Falco.
function unlessEmpty(values: readonly ByteString[] | undefined): readonly ByteString[] | undefined {
  return values === undefined || values.length === 0 ? undefined : values;
}
