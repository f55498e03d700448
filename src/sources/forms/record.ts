// One JSON value as somebody keeps or ships audit events → the events in it. In: its text. Out: texts that an unwrapper takes
// (an Event, an EventList, an array of them), and what the others are. Around an event there may be what CloudWatch Logs,
// its subscriptions, Firehose, Kinesis, Logs Insights, and log shippers put there.

import { type ByteString, base64Bytes, gunzipped, readBytes } from '../../bytes.js';
import { CODED, type JsonDocument, NO_NODE } from '../../json/document.js';
import {
  children,
  isArray,
  isObject,
  isString,
  keyText,
  member,
  nodeEnd,
  nodeStart,
  stringText,
} from '../../json/read.js';
import { createScanner } from '../../prefilter/reader/fastest.js';
import type { Told } from '../source.js';
import { LIST_KEYS, type ListKey } from './walker.js';

/** What was found in a value, in order. */
export type Found =
  /** An event, or a list of them, as it was written. */
  | {
      readonly kind: 'events';
      readonly text: ByteString;
      readonly form: ByteString;
      /** Whose they are; undefined: Kubernetes audit events. */
      readonly plugin?: string | undefined;
    }
  /** A text inside it, to be read as a file of its own. */
  | { readonly kind: 'text'; readonly text: ByteString; readonly form: ByteString }
  /** Well-formed, and no audit event: what it is. */
  | { readonly kind: 'other'; readonly text: ByteString; readonly what: ByteString };

export interface RecordReader {
  /**
   * What is in a value; undefined: it is not well-formed.
   * @param list the list that it is an element of
   */
  read(text: ByteString, list?: ListKey): readonly Found[] | undefined;
}

/** Whose payload an object is, if the marks of a plugin fit. */
export type ReadMarks = (document: JsonDocument, node: number) => Told<ByteString> | undefined;

/** Where logs may hold more than Kubernetes audit events. */
export interface Others {
  readonly marks: ReadMarks;
  /** Gets what nobody else's marks fit. */
  readonly rest?: {
    readonly plugin: string;
    /** Nobody knows what its payloads look like: a line is one, as it stands. */
    readonly raw: boolean;
  };
}

/** How API servers begin an event. */
export const EVENT_START = '{"kind":"Event",';

/** Where another one begins behind it, as Firehose writes them; inside of texts quotes have backslashes. */
export const EVENT_JOINED = `}${EVENT_START}`;

/** Where those who pass a line on put it: shippers, CloudWatch Logs, Elasticsearch, Loki, OpenTelemetry. */
const LINE_KEYS = ['message', '@message', 'log', 'event', 'line', '_source', 'body', 'MESSAGE', 'msg'];
/** What each of them is called where people are told of it. */
const WRAPPED = 'wrapped in ';

/** More than a record of a stream can be: Kinesis takes 10 MiB. */
const LARGEST_UNPACKED = 64 * 1024 * 1024;
/** Layers around an event. */
const MOST_LAYERS = 6;

/** A line as a tool captured it: the member that holds the payload, and nothing beside it. */
const CAPTURED = new Set(['file', 'entry', 'data', 'body', 'frame']);

export function createRecordReader(others?: Others): RecordReader {
  const scanner = createScanner();
  const look = createLook(others);

  function read(text: ByteString, list: ListKey, layers: number): readonly Found[] | undefined {
    if (text.startsWith(EVENT_START) && !text.includes(EVENT_JOINED))
      return [{ kind: 'events', text, form: formOf(list) }];
    const document = scanner.scan(text);
    if (document === undefined) return undefined;
    return settle(look(document, 0, list), text, layers);
  }

  // The scanner holds one text at a time, so what is inside is read when the value is done with.
  function settle(parts: readonly Part[], text: ByteString, layers: number): readonly Found[] {
    return parts.flatMap((part): readonly Found[] => {
      if (part.kind !== 'inside') return [part];
      if (layers === MOST_LAYERS) return [{ kind: 'other', text, what: 'events wrapped too often' }];
      // In a list of records, each is as it would be alone.
      return read(part.text, part.list, layers + 1) ?? [];
    });
  }

  return { read: (text, list) => read(text, list, 0) };
}

type Part = Found | { readonly kind: 'inside'; readonly text: ByteString; readonly list: ListKey };

const textOf = ({ text }: JsonDocument, from: number, to: number): ByteString => text.slice(from, to);
const slice = (document: JsonDocument, node: number): ByteString =>
  textOf(document, nodeStart(document, node), nodeEnd(document, node));

type Look = (document: JsonDocument, node: number, list: ListKey) => readonly Part[];

function createLook(others: Others | undefined): Look {
  const raw = others?.rest?.raw === true ? others.rest.plugin : undefined;

  const isTold = (document: JsonDocument, node: number): boolean =>
    isEvents(document, node) || others?.marks(document, node) !== undefined;

  // What is nobody else's, for the plugin that takes lines as they stand.
  function restOf(document: JsonDocument, node: number): readonly Part[] | undefined {
    if (raw === undefined || capturedIn(document, node) !== undefined) return undefined;
    const list = isArray(document, node) ? node : listIn(document, node)?.node;
    const [first] = list === undefined ? [] : children(document, list);
    if (first !== undefined && isTold(document, first)) return undefined;
    return [{ kind: 'events', text: slice(document, node), form: raw, plugin: raw }];
  }

  return (document, node, list) => {
    if (isEvents(document, node)) {
      const kind = stringAt(document, node, 'kind')!;
      return [
        { kind: 'events', text: slice(document, node), form: kind === 'EventList' ? kind : formOf(list) },
      ];
    }
    const told = others?.marks(document, node);
    if (told !== undefined)
      return [{ kind: 'events', text: told.payload, form: told.plugin!, plugin: told.plugin }];
    return restOf(document, node) ?? lookOn(document, node, list);
  };
}

function isEvents(document: JsonDocument, node: number): boolean {
  if (!isObject(document, node)) return false;
  const kind = stringAt(document, node, 'kind');
  return kind === 'Event' || kind === 'EventList';
}

function lookOn(document: JsonDocument, node: number, list: ListKey): readonly Part[] {
  if (isArray(document, node)) return lookAtArray(document, node, list);
  if (!isObject(document, node))
    return [{ kind: 'other', text: slice(document, node), what: 'values that are no objects' }];
  const kind = stringAt(document, node, 'kind');
  // Web hooks' lists name the kind once, for all items.
  if (list === 'items' && kind === undefined && isItem(document, node))
    return [
      { kind: 'events', text: `{"kind":"EventList","items":[${slice(document, node)}]}`, form: 'EventList' },
    ];
  return lookInside(document, node) ?? [other(document, node, kind)];
}

function isItem(document: JsonDocument, node: number): boolean {
  return ['auditID', 'stage', 'verb'].every((key) => member(document, node, key) !== NO_NODE);
}

function lookAtArray(document: JsonDocument, node: number, list: ListKey): readonly Part[] {
  const elements = children(document, node);
  const row = rowMessage(document, elements);
  if (row !== undefined) return [{ kind: 'text', text: row, form: 'Logs Insights' }];
  // Arrays of events are taken whole, as they were written.
  const plain = elements.every((each) => stringAt(document, each, 'kind') === 'Event');
  if (plain && elements.length > 0)
    return [{ kind: 'events', text: slice(document, node), form: 'JSON array' }];
  const objects = elements.filter((each) => isObject(document, each) || isArray(document, each));
  if (objects.length === 0 && elements.length > 0)
    return [{ kind: 'other', text: slice(document, node), what: 'arrays without objects' }];
  return objects.map((each) => ({ kind: 'inside', text: slice(document, each), list }));
}

/** The message in a row of get-query-results: `[{"field": "@message", "value": …}, …]`. */
function rowMessage(document: JsonDocument, elements: readonly number[]): ByteString | undefined {
  const isRow =
    elements.length > 0 && elements.every((each) => stringAt(document, each, 'field') !== undefined);
  if (!isRow) return undefined;
  const named = (name: string): number | undefined =>
    elements.find((each) => stringAt(document, each, 'field') === name);
  const field = named('@message') ?? named('message');
  return field === undefined ? undefined : stringAt(document, field, 'value');
}

function stringAt(document: JsonDocument, node: number, key: string): ByteString | undefined {
  const value = member(document, node, key);
  return value !== NO_NODE && isString(document, value) ? decoded(document, value) : undefined;
}

// Messages of CloudWatch Logs are long texts full of escapes, which JSON.parse decodes best; but what it makes of \u is no
// byte string, nor does it take raw control characters.
function decoded(document: JsonDocument, node: number): ByteString {
  if (document.tape[node + 2] !== CODED) return stringText(document, node);
  const quoted = slice(document, node);
  if (quoted.includes('\\u')) return stringText(document, node);
  try {
    return JSON.parse(quoted) as ByteString;
  } catch {
    return stringText(document, node);
  }
}

/** What an object holds that is no event itself; undefined: nothing that could be one. */
function lookInside(document: JsonDocument, node: number): readonly Part[] | undefined {
  const captured = capturedIn(document, node);
  if (captured !== undefined) return [{ kind: 'text', text: captured, form: 'captured payloads' }];
  const list = listIn(document, node);
  if (list !== undefined)
    return children(document, list.node).map((each) => ({
      kind: 'inside',
      text: slice(document, each),
      list: list.key,
    }));
  for (const key of LINE_KEYS) {
    const line = member(document, node, key);
    if (line === NO_NODE) continue;
    if (isObject(document, line))
      return [{ kind: 'inside', text: slice(document, line), list: WRAPPED + key }];
    if (isString(document, line)) {
      const form =
        member(document, node, 'logStreamName') === NO_NODE && member(document, node, 'id') === NO_NODE
          ? WRAPPED + key
          : 'CloudWatch Logs';
      return [{ kind: 'text', text: decoded(document, line), form }];
    }
  }
  return lookAtData(document, node);
}

function listIn(
  document: JsonDocument,
  node: number,
): { readonly key: ByteString; readonly node: number } | undefined {
  if (!isObject(document, node)) return undefined;
  for (const key of LIST_KEYS) {
    const list = member(document, node, key);
    if (list !== NO_NODE && isArray(document, list)) return { key, node: list };
  }
  return undefined;
}

function capturedIn(document: JsonDocument, node: number): ByteString | undefined {
  const [only, more] = isObject(document, node) ? children(document, node) : [];
  if (only === undefined || more !== undefined || !isString(document, only)) return undefined;
  if (!CAPTURED.has(keyText(document, only))) return undefined;
  const text = decoded(document, only);
  return /^\s*[[{]/.test(text) ? text : undefined;
}

/** Base64, packed or not: what Lambda functions, Kinesis and Firehose are handed, and what `aws kinesis get-records` prints. */
function lookAtData(document: JsonDocument, node: number): readonly Part[] | undefined {
  for (const key of ['awslogs', 'kinesis']) {
    const inner = member(document, node, key);
    if (inner !== NO_NODE) return lookAtData(document, inner);
  }
  const data = stringAt(document, node, 'data') ?? stringAt(document, node, 'Data');
  if (data === undefined) return undefined;
  const text = unpacked(data);
  return text === undefined ? undefined : [{ kind: 'text', text, form: 'Kinesis or Firehose' }];
}

function unpacked(data: ByteString): ByteString | undefined {
  const bytes = base64Bytes(data);
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipped(bytes, LARGEST_UNPACKED) : bytes;
  return plain && readBytes(plain);
}

/** Names for what people mistake for audit events, or find beside them. */
function other(document: JsonDocument, node: number, kind: ByteString | undefined): Found {
  const has = (...keys: string[]): boolean => keys.every((key) => member(document, node, key) !== NO_NODE);
  const what = has('eventVersion', 'eventSource', 'eventName')
    ? 'CloudTrail events'
    : kind !== undefined && has('apiVersion')
      ? `objects of kind ${kind.slice(0, LONGEST_NAME)}`
      : keysText(document, node);
  return { kind: 'other', text: slice(document, node), what };
}

const LONGEST_NAME = 40;
const SHOWN_KEYS = 4;

function keysText(document: JsonDocument, node: number): ByteString {
  const keys = children(document, node).map((value) => keyText(document, value).slice(0, LONGEST_NAME));
  if (keys.length === 0) return 'empty objects';
  const more = keys.length > SHOWN_KEYS ? ', ...' : '';
  return `objects with the keys ${keys.slice(0, SHOWN_KEYS).join(', ')}${more}`;
}

/** What people call records in a list. */
function formOf(list: ListKey): ByteString {
  if (list === undefined) return 'JSON';
  return list === 'items' ? 'EventList' : list;
}
