// JSON decoded as Go decodes it into a structure: only the members that the structure names, by names of any case; of members
// that come twice the later one wins, and objects are merged (spec: plugins.md §4.4, §5, §7.2). Values of another type than
// wanted end Falco's plugins; here scalars are taken as what they are meant for, and everything else as absent.

import { fromBytes, toBytes } from '../bytes.js';
import { type JsonDocument, NODE_SIZE } from '../json/document.js';
import { compactText, isArray, isObject, isString, nodeBehind, nodeKind, stringText } from '../json/read.js';
import { createLateScanner } from '../json/scan-js.js';

export type GoType = 'string' | 'number' | 'boolean' | GoStruct | GoList;

export interface GoStruct {
  readonly members: Readonly<Record<string, GoType>>;
}

export interface GoList {
  readonly of: GoType;
}

/** A decoded value; members that did not come are missing. */
export type GoValue = string | number | boolean | GoObject | readonly GoValue[];

export interface GoObject {
  readonly [key: string]: GoValue | undefined;
}

// One for all: what is decoded holds nothing of its document.
const scanner = createLateScanner();

/** Decodes a JSON object. Errors: SyntaxError where the text is no JSON object; `null` counts as an empty one. */
export function decodeStruct(text: string, struct: GoStruct): GoObject {
  const document = scanner.scan(toBytes(text));
  if (document === undefined) throw new SyntaxError('it is no JSON');
  if (nodeKind(document, 0) === 'null') return {};
  if (!isObject(document, 0)) throw new SyntaxError('it is no JSON object');
  return members(document, 0, struct, {});
}

function decode(
  document: JsonDocument,
  node: number,
  type: GoType,
  before: GoValue | undefined,
): GoValue | undefined {
  if (typeof type === 'string') return scalar(document, node, type) ?? before;
  if (nodeKind(document, node) === 'null') return before;
  if ('of' in type) return isArray(document, node) ? elements(document, node, type) : before;
  if (!isObject(document, node)) return before;
  return members(document, node, type, (before ?? {}) as GoObject);
}

/** Names of a structure's members by how they are written in small letters. */
const namesOf = new WeakMap<GoStruct, ReadonlyMap<string, string>>();

function smallNames(struct: GoStruct): ReadonlyMap<string, string> {
  const known = namesOf.get(struct);
  if (known !== undefined) return known;
  const names = new Map(Object.keys(struct.members).map((name) => [name.toLowerCase(), name]));
  namesOf.set(struct, names);
  return names;
}

function members(document: JsonDocument, object: number, struct: GoStruct, before: GoObject): GoObject {
  const found: Record<string, GoValue | undefined> = { ...before };
  const { members: types } = struct;
  const names = smallNames(struct);
  const end = nodeBehind(document, object);
  for (let at = object + NODE_SIZE; at < end; at = nodeBehind(document, at + NODE_SIZE)) {
    const name = names.get(fromBytes(stringText(document, at)).toLowerCase());
    if (name !== undefined) found[name] = decode(document, at + NODE_SIZE, types[name]!, found[name]);
  }
  return found;
}

function elements(document: JsonDocument, array: number, { of }: GoList): readonly GoValue[] {
  const found: GoValue[] = [];
  const end = nodeBehind(document, array);
  for (let at = array + NODE_SIZE; at < end; at = nodeBehind(document, at))
    found.push(decode(document, at, of, undefined) ?? zeroOf(of));
  return found;
}

function zeroOf(type: GoType): GoValue {
  if (type === 'string') return '';
  if (type === 'number') return 0;
  if (type === 'boolean') return false;
  return 'of' in type ? [] : {};
}

function scalar(
  document: JsonDocument,
  node: number,
  type: 'string' | 'number' | 'boolean',
): GoValue | undefined {
  if (isObject(document, node) || isArray(document, node)) return undefined;
  const text = isString(document, node) ? fromBytes(stringText(document, node)) : compactText(document, node);
  if (!isString(document, node) && text === 'null') return undefined;
  if (type === 'string') return text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}
