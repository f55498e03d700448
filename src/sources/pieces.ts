// A body of any size → payloads of a bounded one: the elements of an array, the items of an EventList, values that follow
// each other (lines or not). Finds where values end and checks nothing: that is the scanner's business, which needs several
// times the size of what it reads. A body that is cut off gives what is whole in it, and the rest.

import { readBytes } from '../bytes.js';
import type { Payload } from './source.js';

/** Where a value is, and what stands around it. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** `value`: at the top; `element`: in an array; `item`: in an EventList; `rest`: behind it there is no end. */
  readonly kind: 'value' | 'element' | 'item' | 'rest';
  /** Where the array begins that holds it; else where it begins itself. */
  readonly list: number;
}

export interface PieceOptions {
  /** Values are put together up to about so many bytes. */
  readonly size: number;
  /** A larger value is left out. */
  readonly largest: number;
  /** Hears of a value that is left out, and where it is. */
  readonly onTooLarge?: (bytes: number, from: number) => void;
}

const [QUOTE, COMMA, COLON, BACKSLASH, NEWLINE] = [0x22, 0x2c, 0x3a, 0x5c, 0x0a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Values that go together. It grows, since there may be millions. */
interface Group {
  readonly from: number;
  to: number;
  readonly kind: Span['kind'];
  readonly list: number;
  count: number;
  /** Whether each value stands on a line of its own. */
  readonly lines: boolean;
}

/** Payloads with all values of a body, in order. */
export function* piecesOf(body: Uint8Array, options: PieceOptions): Generator<Payload> {
  const { size, largest, onTooLarge } = options;
  let group: Group | undefined;
  for (const span of spansOf(body)) {
    const { from, to, kind, list } = span;
    if (to - from > largest) onTooLarge?.(to - from, from);
    else if (group !== undefined && to - group.from <= size && belongs(body, group, span)) {
      group.to = to;
      group.count++;
    } else {
      if (group !== undefined) yield payloadOf(body, group);
      group = { from, to, kind, list, count: 1, lines: kind === 'value' && !has(body, NEWLINE, from, to) };
    }
  }
  if (group !== undefined) yield payloadOf(body, group);
}

/** The first value of a body alone, found without looking at what is behind it; undefined if there is none. */
export function firstOf(body: Uint8Array): { readonly span: Span; readonly payload: Payload } | undefined {
  const found = spansOf(body).next();
  if (found.done === true) return undefined;
  return { span: found.value, payload: payloadOf(body, { ...found.value, count: 1 }) };
}

// Elements of one list; values that each have a line.
function belongs(body: Uint8Array, group: Group, { from, to, kind, list }: Span): boolean {
  if (kind !== group.kind || kind === 'rest') return false;
  if (kind !== 'value') return list === group.list;
  return group.lines && has(body, NEWLINE, group.to, from) && !has(body, NEWLINE, from, to);
}

function has(body: Uint8Array, byte: number, from: number, to: number): boolean {
  return body.subarray(from, to).includes(byte);
}

function payloadOf(body: Uint8Array, { from, to, kind, count }: Omit<Group, 'lines'>): Payload {
  if (kind === 'value' && count > 1) return body.subarray(from, to);
  const text = readBytes(body, from, to);
  if (kind === 'element') return `[${text}]`;
  return kind === 'item' ? `{"kind":"EventList","items":[${text}]}` : text;
}

/** The values of a body, each alone. */
export function* spansOf(body: Uint8Array): Generator<Span> {
  for (let at = skipSpace(body, 0); at < body.length; at = skipSpace(body, at)) {
    const list = body[at] === OPEN_ARRAY ? at : body[at] === OPEN_OBJECT ? itemsOf(body, at) : -1;
    const end = list < 0 ? endOfValue(body, at) : yield* elementsOf(body, list, list === at);
    // Of an EventList, what stands behind its items is passed over.
    const behind = list > at && end >= 0 ? endOfObject(body, end) : end;
    if (list < 0)
      yield { from: at, to: end < 0 ? body.length : end, kind: end < 0 ? 'rest' : 'value', list: at };
    if (behind < 0) return;
    at = Math.max(behind, at + 1);
  }
}

// Gives the elements; returns the offset behind the array, or -1 if it does not end.
function* elementsOf(body: Uint8Array, list: number, plain: boolean): Generator<Span, number> {
  const kind = plain ? 'element' : 'item';
  let at = skipSpace(body, list + 1);
  while (at < body.length) {
    if (body[at] === CLOSE_ARRAY) return at + 1;
    if (body[at] === COMMA) at = skipSpace(body, at + 1);
    else {
      const to = endOfValue(body, at);
      if (to < 0) {
        yield { from: at, to: body.length, kind: 'rest', list };
        return -1;
      }
      yield { from: at, to, kind, list };
      at = skipSpace(body, Math.max(to, at + 1));
    }
  }
  // Cut off between two: something is lost all the same.
  yield { from: at, to: at, kind: 'rest', list };
  return -1;
}

/** Where the items of an EventList begin; -1: the object is none, or of a form to be read as a whole. */
function itemsOf(body: Uint8Array, object: number): number {
  let isList: boolean | undefined;
  let items = -1;
  for (let at = skipSpace(body, object + 1); body[at] === QUOTE; ) {
    const keyEnd = endOfValue(body, at);
    const colon = keyEnd < 0 ? -1 : skipSpace(body, keyEnd);
    if (colon < 0 || body[colon] !== COLON) return -1;
    const key = readBytes(body, at + 1, keyEnd - 1);
    const value = skipSpace(body, colon + 1);
    if (key === 'items' && items < 0) {
      if (body[value] !== OPEN_ARRAY) return -1;
      items = value;
    }
    if (isList === true && items >= 0) return items;
    const end = endOfValue(body, value);
    if (end < 0) return -1;
    if (key === 'kind') isList ??= readBytes(body, value, end) === '"EventList"';
    if (isList === false) return -1;
    if (isList === true && items >= 0) return items;
    at = skipSpace(body, end);
    if (body[at] === COMMA) at = skipSpace(body, at + 1);
  }
  return -1;
}

/** The offset behind a value; -1 if the body ends in it. */
function endOfValue(body: Uint8Array, from: number): number {
  const first = body[from];
  if (first === QUOTE) return endOfString(body, from);
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return endOfScalar(body, from);
  return endOfNested(body, from, 0);
}

// From inside an object to behind it.
function endOfObject(body: Uint8Array, from: number): number {
  return endOfNested(body, from, 1);
}

function endOfNested(body: Uint8Array, from: number, depthBefore: number): number {
  let depth = depthBefore;
  for (let at = from; at < body.length; at++) {
    const byte = body[at];
    if (byte === QUOTE) {
      at = endOfString(body, at) - 1;
      if (at < 0) return -1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) return at + 1;
  }
  return -1;
}

function endOfString(body: Uint8Array, from: number): number {
  for (let at = from + 1; at < body.length; at++) {
    const byte = body[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at++;
  }
  return -1;
}

// A number, a word, or what is no JSON: up to where something else may begin.
function endOfScalar(body: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < body.length && !BEGINS_ANEW.has(body[at]!)) at++;
  return at;
}

// In a list, what stands between two commas; at the top, all up to the next line, object or array.
const BEGINS_ANEW = new Set([COMMA, NEWLINE, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT]);

/** Whether there is nothing but white space. */
export function isBlank(body: Uint8Array): boolean {
  return skipSpace(body, 0) === body.length;
}

function skipSpace(body: Uint8Array, from: number): number {
  let at = from;
  while (at < body.length && body[at]! <= 0x20) at++;
  return at;
}
