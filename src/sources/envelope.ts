// Envelope: what an object must hold to be an event, where lists of events are, and the time of an event. In: a plugin's
// envelope (plugins/plugin.ts), once; then nodes of scanned texts.

import { type ByteString, toBytes } from '../bytes.js';
import { type JsonDocument, NO_NODE, NODE_SIZE } from '../json/document.js';
import { internKey, type Key } from '../json/keys.js';
import {
  compactText,
  element,
  isArray,
  isObject,
  isString,
  memberOf,
  nodeBehind,
  stringText,
} from '../json/read.js';
import type { Envelope, EventTime, Holding, ListPlace } from '../plugins/plugin.js';
import type { EventForm, FormTest } from '../prefilter/reader/event-reader.js';
import { arrival, orArrival, parseTimestamp, plainNanos, plainSeconds } from './timestamp.js';

/** An envelope, ready to be read with. */
export interface OpenEnvelope {
  /** Whether an object is an event. */
  isEvent(document: JsonDocument, node: number): boolean;
  /** Whether an object is an event or has a list of them, by what it must hold; false where nothing is asked for. */
  isMarked(document: JsonDocument, node: number): boolean;
  /** The lists that an object has: an array, or an object; undefined if there is none. */
  listsIn(document: JsonDocument, node: number): readonly FoundList[] | undefined;
  /** Time of an event, or what is wrong with it. */
  timeOf(document: JsonDocument, root: number): EventTime | ByteString;
  /** Whether a part was cut out of an event before it came here. */
  isTruncated(document: JsonDocument, root: number): boolean;
  /** What a reader can check by itself; undefined: there is more to it. */
  readonly form: EventForm | undefined;
}

export interface FoundList {
  readonly node: number;
  /** Its elements are events, whatever they hold. */
  readonly trusted: boolean;
}

type Keys = readonly Key[];
type Test = (document: JsonDocument, node: number) => boolean;

/** The keys of a pointer. */
export const keysOf = (pointer: string): Keys =>
  toBytes(pointer)
    .split('/')
    .slice(1)
    .map((token) => internKey(token.replaceAll('~1', '/').replaceAll('~0', '~')));

function nodeAt(document: JsonDocument, root: number, keys: Keys): number {
  let node = root;
  for (let i = 0; i < keys.length && node !== NO_NODE; i++) {
    const key = keys[i]!;
    node = isArray(document, node) ? element(document, node, key.index) : memberOf(document, node, key);
  }
  return node;
}

export function openEnvelope(envelope: Envelope): OpenEnvelope {
  const { holds = [], lists = [], truncated } = envelope;
  const tests = holds.map(testOf);
  const places = lists.map(placeOf);
  const cut = truncated === undefined ? undefined : keysOf(truncated);
  const isEvent: Test = (document, node) =>
    isObject(document, node) && tests.every((test) => test(document, node));
  return {
    isEvent,
    isMarked: (document, node) =>
      (tests.length > 0 && isEvent(document, node)) ||
      places.some(({ when }) => when?.(document, node) === true),
    listsIn(document, node) {
      const found = places.flatMap((place) => place.find(document, node));
      return found.length === 0 ? undefined : found;
    },
    timeOf: timeReader(envelope),
    isTruncated: (document, root) => cut !== undefined && nodeAt(document, root, cut) !== NO_NODE,
    form: formOf(envelope),
  };
}

/** Whether an object holds something. */
export function testOf({ at, is, string, not }: Holding): Test {
  const keys = keysOf(at);
  const text = is === undefined ? undefined : toBytes(is);
  const others = not?.map(toBytes) ?? [];
  return (document, root) => {
    const node = nodeAt(document, root, keys);
    if (node === NO_NODE) return false;
    if (!isString(document, node)) return text === undefined && string === undefined && others.length === 0;
    const value = stringText(document, node);
    return (text === undefined || value === text) && !others.includes(value);
  };
}

interface Listing {
  readonly when: Test | undefined;
  find(document: JsonDocument, node: number): readonly FoundList[];
}

function placeOf({ at, when, trusted }: ListPlace): Listing {
  const test = when === undefined ? undefined : testOf(when);
  const keys = at === '*' ? undefined : keysOf(at);
  return {
    when: test,
    find(document, node) {
      if (!isObject(document, node) || test?.(document, node) === false) return [];
      const found = keys === undefined ? members(document, node) : [nodeAt(document, node, keys)];
      return found
        .filter(
          (each) =>
            each !== NO_NODE && (isArray(document, each) || (keys === undefined && isObject(document, each))),
        )
        .map((each) => ({ node: each, trusted: trusted === true }));
    },
  };
}

function members(document: JsonDocument, object: number): readonly number[] {
  const behind = nodeBehind(document, object);
  const found: number[] = [];
  for (let at = object + NODE_SIZE; at < behind; at = nodeBehind(document, at + NODE_SIZE))
    found.push(at + NODE_SIZE);
  return found;
}

const PER_SECOND = { seconds: 1n, milliseconds: 1000n } as const;
const NUMBER = /^(-?)(\d{1,18})(?:\.(\d{1,18})\d*)?$/;

function timeReader({ time }: Envelope): OpenEnvelope['timeOf'] {
  if (time === undefined) return arrival;
  const { at, form = 'rfc3339', unreadable = 'drop' } = time;
  const keys = keysOf(at);
  const read = form === 'rfc3339' ? textTime : numberTime(PER_SECOND[form]);
  const missing = `can't read ${keys.map(({ text }) => text).join('.')}`;
  return (document, root) => {
    const stamp = nodeAt(document, root, keys);
    const found = stamp === NO_NODE ? missing : read(document, stamp);
    return typeof found === 'string' && unreadable === 'now' ? arrival() : found;
  };
}

function textTime(document: JsonDocument, stamp: number): EventTime | ByteString {
  const { text, tape } = document;
  const seconds = plainSeconds(text, tape[stamp]! + 1);
  const nanos = seconds === undefined ? -1 : plainNanos(text, tape[stamp]! + 20, tape[stamp + 1]!);
  if (seconds !== undefined && nanos >= 0) return orArrival({ seconds, nanos });
  const time = parseTimestamp(isString(document, stamp) ? stringText(document, stamp) : '');
  return typeof time === 'string' ? time : orArrival(time);
}

/** Numbers of a unit since the epoch, with a fraction or without; also written as texts. */
function numberTime(perSecond: bigint): (document: JsonDocument, stamp: number) => EventTime | ByteString {
  const nanosEach = 1_000_000_000n / perSecond;
  return (document, stamp) => {
    const text = isString(document, stamp) ? stringText(document, stamp) : compactText(document, stamp);
    const [, minus, whole, fraction = ''] = NUMBER.exec(text) ?? [];
    if (whole === undefined) return `not a time: ${text.slice(0, 40)}`;
    const part = (BigInt(fraction.padEnd(18, '0').slice(0, 18)) * nanosEach) / 10n ** 18n;
    const nanos = (BigInt(whole) * nanosEach + part) * (minus === '-' ? -1n : 1n);
    const within = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
    return { seconds: Number((nanos - within) / 1_000_000_000n), nanos: Number(within) };
  };
}

/** What readers can check by themselves: what stands at the top of an event. */
function formOf({ holds = [], id, time, truncated, anyText }: Envelope): EventForm | undefined {
  if (time !== undefined && (time.form ?? 'rfc3339') !== 'rfc3339') return undefined;
  const places = [...holds.map(({ at }) => at), ...(time === undefined ? [] : [time.at])];
  const cut = truncated === undefined ? [] : keysOf(truncated);
  if (places.some((at) => keysOf(at).length !== 1) || ![0, 2].includes(cut.length)) return undefined;
  return {
    tests: holds.flatMap(formTests),
    audit: id === AUDIT_ID ? keysOf(id)[0] : undefined,
    time: time && keysOf(time.at)[0],
    truncated: cut,
    bare: anyText === true,
  };
}

/** What the places of audit events depend on (Place.audit). */
const AUDIT_ID = '/auditID';

function formTests({ at, is, string, not = [] }: Holding): readonly FormTest[] {
  const key = keysOf(at)[0]!;
  const others = not.map((text): FormTest => ({ key, must: { notBe: toBytes(text) } }));
  if (is !== undefined) return [{ key, must: { be: toBytes(is) } }, ...others];
  return [{ key, must: string === true ? 'be a string' : 'exist' }, ...others];
}
