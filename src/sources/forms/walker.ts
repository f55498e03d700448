// JSON of any size, chunk by chunk → the records in it. In: bytes cut anywhere. Out: the text of each record: a value at the
// top, or an element of a list that holds records (an array, `events` of filter-log-events, `items` of an EventList …),
// however long the list is. Memory is bounded by the largest record. It checks no more of the grammar than it takes to tell
// a value that goes on in the next line from one that was cut off in this one.

import { type ByteString, readBytes } from '../../bytes.js';

/** Keys whose arrays hold records, if a record has one; undefined: an array at the top, or no list. */
export type ListKey = ByteString | undefined;

/** Where lists of records are found, in objects that are no records themselves. */
export const LIST_KEYS: ReadonlySet<ByteString> = new Set([
  // CloudWatch Logs: filter-log-events and get-log-events; a subscription; get-query-results.
  'events',
  'logEvents',
  'results',
  // An EventList, and other lists of Kubernetes.
  'items',
  // CloudTrail, Kinesis; Firehose.
  'Records',
  'records',
]);

export interface WalkerOptions {
  /** Longest record, bytes. */
  readonly largest: number;
  readonly onRecord: (text: ByteString, list: ListKey) => void;
  /** Hears of the length of a longer one, which is left out. */
  readonly onTooLarge: (size: number) => void;
}

export interface Walker {
  /** Takes bytes up to the end of the value, or to where it breaks. @returns the offset behind what it took */
  walk(bytes: Uint8Array, from: number): number;
  /** `ended`: the value is whole; `broken`: the last byte could not be part of it. */
  state(): 'open' | 'ended' | 'broken';
  /** Whether the value may go on in another line: no text is open, and what came last was a bracket or a comma. */
  mayGoOn(): boolean;
  /** What it holds of a record that has not ended. */
  rest(): ByteString;
  /** Whether it has given a record, or has left one out. */
  gave(): boolean;
}

const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

// What may come next.
const VALUE = 0;
const FIRST_VALUE = 1;
const KEY = 2;
const FIRST_KEY = 3;
const BEHIND_KEY = 4;
const BEHIND_VALUE = 5;
const MEMBER = 6;

/** Deepest nesting; more is a value that never ends. */
const MOST_DEPTH = 20_000;

export function createWalker({ largest, onRecord, onTooLarge }: WalkerOptions): Walker {
  /** Open brackets, outermost first: whether each is an object. */
  const open: boolean[] = [];
  /** Lists that are open: how deep each lies, and its key. */
  const lists: { readonly depth: number; readonly key: ListKey }[] = [];
  let want = VALUE;
  let inText = false;
  let escaped = false;
  let inScalar = false;
  let isKey = false;
  let key = '';
  let state: ReturnType<Walker['state']> = 'open';
  // The record under way: how deep it lies; -1: none. Bytes of it in chunks before this one.
  let recordDepth = -1;
  let parts: ByteString[] = [];
  let size = 0;
  let given = false;
  // Of this chunk: where the record and the key begin in it.
  let start = 0;
  let keyStart = 0;

  function keep(bytes: Uint8Array, to: number): void {
    if (recordDepth < 0) return;
    size += to - start;
    if (size > largest) parts = [];
    else parts.push(readBytes(bytes, start, to));
    start = to;
  }

  function beginRecord(at: number): void {
    recordDepth = open.length;
    start = at;
    size = 0;
    parts = [];
  }

  function endRecord(bytes: Uint8Array, to: number): void {
    keep(bytes, to);
    given = true;
    if (size > largest) onTooLarge(size);
    else onRecord(parts.length === 1 ? parts[0]! : parts.join(''), lists.at(-1)?.key);
    parts = [];
    recordDepth = -1;
  }

  function endValue(bytes: Uint8Array, to: number): void {
    if (recordDepth === open.length) endRecord(bytes, to);
    want = BEHIND_VALUE;
    if (open.length === 0) state = 'ended';
  }

  function openBracket(byte: number, at: number): void {
    const isObject = byte === OPEN_OBJECT;
    const depth = open.length;
    if (!isObject && depth === 0) lists.push({ depth: 1, key: undefined });
    // An object whose list begins is no record.
    else if (!isObject && open[depth - 1] === true && isListHere(depth)) {
      recordDepth = -1;
      parts = [];
      lists.push({ depth: depth + 1, key });
    } else if (recordDepth < 0 && beginsRecord(depth)) beginRecord(at);
    open.push(isObject);
    if (open.length > MOST_DEPTH) state = 'broken';
    want = isObject ? FIRST_KEY : FIRST_VALUE;
  }

  /** Whether the array behind this key, of an object of this depth, is a list of records. */
  function isListHere(depth: number): boolean {
    const isOfRecord =
      recordDepth === depth - 1 || (recordDepth < 0 && (lists.at(-1)?.depth ?? 0) === depth - 1);
    return isOfRecord && LIST_KEYS.has(key);
  }

  const beginsRecord = (depth: number): boolean => (lists.at(-1)?.depth ?? 0) === depth;

  function closeBracket(byte: number, bytes: Uint8Array, at: number): void {
    const isObject = byte === CLOSE_OBJECT;
    const fits = want === BEHIND_VALUE || want === (isObject ? FIRST_KEY : FIRST_VALUE);
    if (!fits || open.pop() !== isObject) {
      state = 'broken';
      return;
    }
    if (!isObject && lists.at(-1)?.depth === open.length + 1) lists.pop();
    endValue(bytes, at + 1);
  }

  function structural(byte: number, bytes: Uint8Array, at: number): void {
    const wantsValue = want === VALUE || want === FIRST_VALUE || want === MEMBER;
    if (byte === QUOTE) {
      if (!wantsValue && want !== KEY && want !== FIRST_KEY) state = 'broken';
      else beginText(at, !wantsValue);
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (wantsValue) openBracket(byte, at);
      else state = 'broken';
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) closeBracket(byte, bytes, at);
    else if (byte === COMMA && want === BEHIND_VALUE) want = open.at(-1) === true ? KEY : VALUE;
    else if (byte === COLON && want === BEHIND_KEY) want = MEMBER;
    else if (wantsValue && byte !== COMMA && byte !== COLON) {
      inScalar = true;
      if (recordDepth < 0 && beginsRecord(open.length)) beginRecord(at);
    } else state = 'broken';
  }

  function beginText(at: number, asKey: boolean): void {
    inText = true;
    isKey = asKey;
    keyStart = at + 1;
    key = asKey ? '' : key;
    if (!asKey && recordDepth < 0 && beginsRecord(open.length)) beginRecord(at);
  }

  /** Goes through a text. @returns the offset behind what it took */
  function text(bytes: Uint8Array, from: number): number {
    let at = from;
    const { length } = bytes;
    if (escaped && at < length) {
      escaped = false;
      at++;
    }
    for (; at < length; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        inText = false;
        if (isKey) {
          key += readBytes(bytes, keyStart, at);
          want = BEHIND_KEY;
        } else endValue(bytes, at + 1);
        return at + 1;
      }
      if (byte === BACKSLASH) {
        if (++at === length) escaped = true;
      }
    }
    if (isKey && keyStart < length) key += readBytes(bytes, keyStart, length);
    return length;
  }

  function scalar(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && !ENDS_SCALAR[bytes[at]!]) at++;
    if (at === bytes.length) return at;
    inScalar = false;
    endValue(bytes, at);
    return at;
  }

  return {
    walk(bytes, from) {
      start = from;
      keyStart = from;
      let at = from;
      while (at < bytes.length && state === 'open') {
        if (inText) at = text(bytes, at);
        else if (inScalar) at = scalar(bytes, at);
        else {
          const byte = bytes[at]!;
          if (byte > 0x20) structural(byte, bytes, at);
          at += inScalar ? 0 : 1;
        }
      }
      keep(bytes, at);
      return at;
    },
    state: () => state,
    mayGoOn: () => state === 'open' && !inText && !inScalar && want < BEHIND_KEY,
    rest: () => parts.join(''),
    gave: () => given,
  };
}

const ENDS_SCALAR: readonly boolean[] = Array.from(
  { length: 256 },
  (_, byte) =>
    byte <= 0x20 || [COMMA, COLON, QUOTE, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT].includes(byte),
);
