// An answer of FilterLogEvents as the service wrote it → a page, of which no text is taken before it is asked for: most of what
// a live run reads is known. In: the answer's bytes. Out: the page, or undefined where anything is other than the service
// writes it; then the SDK reads the answer.

import { isUtf8 } from 'node:buffer';
import { type ByteString, fromBytes, isAscii } from '../../bytes.js';
import { CODED, type JsonDocument, NO_NODE, NODE_SIZE, OTHER, PLAIN } from '../../json/document.js';
import { internKey } from '../../json/keys.js';
import { isArray, isObject, nodeBehind } from '../../json/read.js';
import { createTextReader, type TextReader } from '../../json/texts.js';
import type { LogEvent, LogPage } from './client-types.js';

/** A log event whose text still stands in its page. */
export interface RawEvent extends LogEvent {
  /** The page, and where in it the text is, with its quotes. */
  readonly body: ByteString;
  readonly start: number;
  readonly end: number;
}

export function isRaw(event: LogEvent): event is RawEvent {
  return 'body' in event;
}

/** The same event with its text; the page may go. */
export function withText({ id, stream, timestamp, ingestion, message }: RawEvent): LogEvent {
  // A part of a text keeps the whole text in memory.
  return { id: id && copyOf(id), stream: copyOf(stream), timestamp, ingestion, message };
}

const copyOf = (text: ByteString): ByteString => Buffer.from(text, 'latin1').toString('latin1');

let reader: TextReader | undefined | null = null;

/** The one that all pages are read with; undefined where it is not to be had. */
export function textReader(): TextReader | undefined {
  if (reader === null) reader = createTextReader();
  return reader;
}

const id = (key: ByteString): number => internKey(key).id;
const EVENTS = id('events');
const NEXT_TOKEN = id('nextToken');
const EVENT_ID = id('eventId');
const STREAM = id('logStreamName');
const TIMESTAMP = id('timestamp');
const INGESTION = id('ingestionTime');
const MESSAGE = id('message');

/** @param prefix events of other log streams are left out */
export function rawPage(bytes: Buffer, prefix: string): LogPage | undefined {
  if (!isUtf8(bytes)) return undefined;
  const document = textReader()?.scan(bytes.toString('latin1'));
  return document && pageOf(document, prefix);
}

function pageOf(document: JsonDocument, prefix: string): LogPage | undefined {
  const { tape } = document;
  if (!isObject(document, 0)) return undefined;
  let [events, token] = [NO_NODE, NO_NODE];
  const behind = nodeBehind(document, 0);
  for (let at = NODE_SIZE; at < behind; ) {
    const key = tape[at + 2]!;
    const value = at + NODE_SIZE;
    at = nodeBehind(document, value);
    if (key === EVENTS && events === NO_NODE && isArray(document, value)) events = value;
    else if (key === NEXT_TOKEN && token === NO_NODE && tape[value + 2] === PLAIN) token = value;
    else if (key === EVENTS || key === NEXT_TOKEN || key === CODED || !isJson(document, value))
      return undefined;
  }
  const found = events === NO_NODE ? [] : eventsOf(document, events, prefix);
  if (found === undefined) return undefined;
  const nextToken = token === NO_NODE ? '' : fromBytes(stringAt(document, token));
  return { events: found, nextToken: nextToken || undefined, damaged: 0 };
}

// The scanner takes some numbers that are none.
function isJson({ text, tape }: JsonDocument, node: number): boolean {
  try {
    JSON.parse(fromBytes(text.slice(tape[node], tape[node + 1])));
    return true;
  } catch {
    return false;
  }
}

function stringAt({ text, tape }: JsonDocument, node: number): ByteString {
  return text.slice(tape[node]! + 1, tape[node + 1]! - 1);
}

function eventsOf(document: JsonDocument, array: number, prefix: string): readonly LogEvent[] | undefined {
  const events: LogEvent[] = [];
  // Most events of a page come from few streams.
  const streams = new Map<ByteString, ByteString>();
  const behind = nodeBehind(document, array);
  for (let at = array + NODE_SIZE; at < behind; at = nodeBehind(document, at)) {
    const event = eventOf(document, at);
    if (event === undefined) return undefined;
    const stream = streams.get(event.stream);
    if (stream !== undefined) event.stream = stream;
    else if (isAscii(event.stream)) streams.set(event.stream, event.stream);
    else return undefined;
    if (event.stream === '' || event.stream.startsWith(prefix)) events.push(event);
  }
  return events;
}

type Made = { -readonly [name in keyof RawEvent]: RawEvent[name] };

// An accessor of each event's own would cost as much as all the rest; so they have this one in common.
const TEXT: object = Object.create(null, {
  message: {
    get(this: RawEvent): string {
      return JSON.parse(fromBytes(this.body.slice(this.start, this.end))) as string;
    },
  },
});

// Each of the five members once, and nothing else.
function eventOf(document: JsonDocument, node: number): Made | undefined {
  if (!isObject(document, node)) return undefined;
  const { text, tape } = document;
  const event = Object.create(TEXT) as Made;
  event.id = undefined;
  event.stream = '';
  event.timestamp = -1;
  event.ingestion = -1;
  event.body = text;
  event.start = 0;
  event.end = 0;
  let members = 0;
  const behind = nodeBehind(document, node);
  for (let at = node + NODE_SIZE; at < behind; at += 2 * NODE_SIZE) {
    const value = at + NODE_SIZE;
    const kind = tape[value + 2]!;
    switch (tape[at + 2]!) {
      case EVENT_ID:
        if (kind !== PLAIN) return undefined;
        event.id = stringAt(document, value);
        members += 1;
        break;
      case STREAM:
        if (kind !== PLAIN) return undefined;
        event.stream = stringAt(document, value);
        members += 8;
        break;
      case TIMESTAMP:
        event.timestamp = numberAt(document, value);
        members += 64;
        break;
      case INGESTION:
        event.ingestion = numberAt(document, value);
        members += 512;
        break;
      case MESSAGE:
        if (kind !== PLAIN && kind !== CODED) return undefined;
        event.start = tape[value]!;
        event.end = tape[value + 1]!;
        members += 4096;
        break;
      default:
        return undefined;
    }
  }
  const times = event.timestamp >= 0 && event.ingestion >= 0;
  // Five digits in base 8: each member was counted once.
  return members === 0o11111 && times && event.id !== '' && isAscii(event.id!) ? event : undefined;
}

/** Longer numbers may be larger than can be told exactly. */
const MOST_DIGITS = 15;

// A whole number as JSON writes it; -1: something else.
function numberAt({ text, tape }: JsonDocument, node: number): number {
  const [start, end] = [tape[node]!, tape[node + 1]!];
  if (tape[node + 2] !== OTHER || end - start > MOST_DIGITS) return -1;
  if (end - start > 1 && text.charCodeAt(start) === 0x30) return -1;
  let number = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
