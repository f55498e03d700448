// Payload text (a line, a request body, a log message) → events, with the verdicts and log texts of Falco's
// k8saudit plugins: one Event, an EventList, or an array of either (spec: fields-and-sources.md §3.6).
// Two things are better than there: the good elements of an array with bad ones survive, an empty list is silent.

import { type ByteString, bytesOf, readBytes } from '../bytes.js';
import type { Event } from '../event.js';
import { type JsonDocument, NO_NODE, NODE_SIZE } from '../json/document.js';
import { END, MALFORMED, type OnAlert, PASSED, UNSURE } from '../json/event-reader.js';
import { internKey } from '../json/keys.js';
import { compactText, isArray, isString, member, memberOf, nodeBehind, stringText } from '../json/read.js';
import { createEventReader } from '../json/scan.js';
import { whyRefused } from '../json/syntax-error.js';
import type { SelfCheck, Written } from '../prefilter/self-check.js';
import { NOTHING, type Screen } from '../screen.js';
import { createDrops, type DropReason, type Drops } from './drops.js';
import { piecesOf } from './pieces.js';
import { salvage } from './salvage.js';
import { createScreening } from './screening.js';
import type { Payload, SourceLog } from './source.js';
import { orArrival, parseTimestamp, plainNanos, plainSeconds, type Timestamp } from './timestamp.js';
import { wrappedIn } from './wrapped.js';

const KIND = internKey('kind');
const STAGE_TIMESTAMP = internKey('stageTimestamp');
const ANNOTATIONS = internKey('annotations');
/** Set where the API server cut requestObject and responseObject out of an event that was too large for it. */
const TRUNCATED = internKey('audit.k8s.io/truncated');

export interface UnwrapOptions {
  /** Event source that rules name. */
  readonly source: string;
  /** Plugin that reads it. */
  readonly plugin: string;
  /** Largest event, bytes of compact JSON; larger ones are reported and dropped. */
  readonly maxEventSize: number;
  /** See Event.clusterName. */
  readonly clusterName?: ByteString | undefined;
  /** Hears of everything that is dropped; the kind is the reason. */
  readonly log: SourceLog;
  /** Counts it. */
  readonly drops?: Drops | undefined;
  /**
   * Whether texts may come as log shippers send them: events wrapped one level deep, several values in one text, lists
   * that are cut off. What is an event in them is given.
   */
  readonly shipped?: boolean | undefined;
  /** Number of the last event before the first one of this unwrapper; 0 if left out. */
  readonly num?: number;
}

/**
 * Gets an event; it is borrowed until the call returns (see event.ts).
 * @param state its final state of the screen, if there is one and it is known
 */
export type Emit = (event: Event, state?: number) => void;

/** Which events nobody needs to see. */
export interface Screened {
  readonly screen: Screen;
  /**
   * Hears how many events of a payload nobody needs to see; they are not emitted.
   * @param seconds time of the last of them, whole seconds since the epoch
   */
  readonly onPassed: (count: number, seconds: number) => void;
  /**
   * Takes alerts that need no evaluation, in order with the events that are emitted: those are events that nobody needs to
   * see either. If left out, all events that bring alerts about are emitted.
   */
  readonly onAlert?: OnAlert | undefined;
  /** Evaluates some events both ways. */
  readonly check?: SelfCheck | undefined;
}

/** Emits the events of one payload in order, synchronously. */
export type Unwrap = (payload: Payload, emit: Emit, screened?: Screened) => void;

/** Instead of a time: that of the event which the reader passed over last. */
const IN_READER = Number.NEGATIVE_INFINITY;

/** Lines of the log that one payload may cost. What fits in a few bytes must not fill a disk. */
const MAX_COMPLAINTS = 100;

// What a text may be: a payload as it came, a piece of one that is not JSON as a whole, or what an object held.
const WHOLE = 0;
const APART = 1;
const WRAPPED = 2;

interface Found {
  readonly text: ByteString;
  readonly depth: number;
}

/** Pieces of one text that are no JSON, before the rest of it is left out. */
const MOST_REFUSED = 100;

const EACH_ALONE = { size: 0, largest: Number.POSITIVE_INFINITY };

interface Rehearsal {
  readonly check: SelfCheck;
  /** Alerts that the reader wrote for the event. */
  readonly written: readonly Written[];
  /** Events before it. */
  skip: number;
}

const WRONG =
  'the prefilter was wrong about an event, whose alerts are others when it is evaluated in full; it is off until rules are loaded again, please report it';

/** Makes an unwrapper, which numbers the events of one source. */
export function createUnwrapper(options: UnwrapOptions): Unwrap {
  const { source, plugin, maxEventSize, clusterName, drops = createDrops() } = options;
  const reader = createEventReader();
  const screening = createScreening(reader);
  let num = options.num ?? 0;
  let complaints = 0;
  // Texts found in the payload, read when it is done with: the reader holds one text at a time.
  const found: Found[] = [];
  let refused = 0;
  let depth = options.shipped === true ? WHOLE : WRAPPED;
  // Of the payload under way: who gets its events, whether they are screened, and those that need not be seen.
  let emit: Emit = () => {};
  let screens = false;
  let passed = 0;
  let passedSeconds = 0;
  // While an event is evaluated both ways, nothing is emitted, counted or said.
  let rehearsal: Rehearsal | undefined;

  function drop(reason: DropReason, message: ByteString, textOf: () => ByteString): void {
    if (rehearsal !== undefined) return;
    drops.add(reason);
    if (++complaints > MAX_COMPLAINTS) return;
    const known = salvage(textOf());
    options.log('error', known === '' ? message : `${message} (${known})`, reason);
  }

  function dropNode(
    reason: DropReason,
    message: ByteString,
    { text, tape }: JsonDocument,
    node: number,
  ): void {
    drop(reason, message, () => text.slice(tape[node], tape[node + 1]));
  }

  function refuse(text: ByteString): void {
    refused++;
    const { tooDeep, message } = whyRefused(text);
    drop(tooDeep ? 'too_deep' : 'malformed', message, () => text);
  }

  function settleComplaints(): void {
    const more = complaints - MAX_COMPLAINTS;
    if (more > 0) options.log('error', `${more} more faults in the same payload`);
    complaints = 0;
  }

  function pass(count: number, seconds: number): void {
    num += count;
    passed += count;
    passedSeconds = seconds;
  }

  function emitEvent(document: JsonDocument, root: number, judged = UNSURE): void {
    if (rehearsal !== undefined && rehearsal.skip-- !== 0) return;
    const time = timeOf(document, root);
    if (typeof time === 'string') {
      dropNode('bad_timestamp', time, document, root);
      return;
    }
    const { seconds, nanos } = time;
    const size = document.tape[root + 1]! - document.tape[root]!;
    if (size > maxEventSize && tooLarge(document, root)) return;
    const verdict = screens && judged === UNSURE ? reader.judge(root) : judged;
    if (rehearsal !== undefined) {
      rehearse(rehearsal, verdict, { source, plugin, num, seconds, nanos, document, root, clusterName });
      return;
    }
    if (verdict === UNSURE ? isTruncated(document, root) : reader.isTruncated()) drops.addTruncated();
    if (verdict === PASSED) {
      pass(1, seconds);
      return;
    }
    const event = { source, plugin, num: num + 1, seconds, nanos, document, root, clusterName };
    const state = screens ? screening.stateOf(verdict, event) : undefined;
    if (state === NOTHING) {
      pass(1, seconds);
      return;
    }
    num++;
    emit(event, state);
  }

  function tooLarge(document: JsonDocument, root: number): boolean {
    const size = compactText(document, root).length;
    if (size <= maxEventSize) return false;
    dropNode('too_large', `event larger than maxEventSize: size=${size}`, document, root);
    return true;
  }

  // What arrays hold, arrays in arrays too, however deep: on the tape all of it stands in one row.
  function emitAll(document: JsonDocument): void {
    const end = nodeBehind(document, 0);
    for (let at = 0; at < end; ) {
      if (isArray(document, at)) {
        at += NODE_SIZE;
        continue;
      }
      emitOne(document, at);
      at = nodeBehind(document, at);
    }
  }

  function emitOne(document: JsonDocument, node: number): void {
    const kind = memberOf(document, node, KIND);
    const name = kind !== NO_NODE && isString(document, kind) ? stringText(document, kind) : undefined;
    const items = name === 'EventList' ? member(document, node, 'items') : NO_NODE;
    if (name === 'Event') emitEvent(document, node);
    else if (items !== NO_NODE && isArray(document, items)) {
      for (const each of elements(document, items)) emitEvent(document, each);
    } else emitWrapped(document, node);
  }

  function emitWrapped(document: JsonDocument, node: number): void {
    if (rehearsal !== undefined) return;
    const wrapped = depth < WRAPPED ? wrappedIn(document, node) : undefined;
    if (typeof wrapped === 'string') found.push({ text: wrapped, depth: WRAPPED });
    else if (wrapped !== undefined) emitOne(document, wrapped);
    else dropNode('not_an_event', 'data not recognized as a k8s audit event', document, node);
  }

  // What these hold is put behind them.
  function readFound(): void {
    if (found.length === 0) return;
    // The reader knows the time of what it passed over only until it reads on.
    if (passedSeconds === IN_READER) passedSeconds = reader.lastSeconds();
    const before = depth;
    for (let i = 0; i < found.length; i++) {
      depth = found[i]!.depth;
      if (depth === WRAPPED) readText(found[i]!.text);
      else takeApart(found[i]!.text);
    }
    found.length = 0;
    depth = before;
    settleComplaints();
  }

  // Gives up where hardly anything in a text is JSON: looking for what is left would cost too much.
  function takeApart(text: ByteString): void {
    const end = refused + MOST_REFUSED;
    for (const piece of piecesOf(bytesOf(text), EACH_ALONE)) {
      if (piece === text || refused > end) {
        refuse(text);
        return;
      }
      readText(String(piece));
    }
  }

  function readText(text: ByteString): void {
    const verdict = reader.readText(text, maxEventSize, screens);
    if (verdict === PASSED) pass(1, IN_READER);
    else see(verdict);
    drops.addTruncated(reader.passedTruncated());
  }

  // Looks at what the reader did not settle.
  function see(verdict: number): void {
    if (verdict === MALFORMED && depth === WHOLE) found.push({ text: reader.text(), depth: APART });
    else if (verdict === MALFORMED) refuse(reader.text());
    else if (verdict === UNSURE) emitAll(reader.document());
    else emitEvent(reader.document(), 0, verdict);
    // What was found in a payload is a part of it.
    if (found.length === 0) settleComplaints();
  }

  function readLines(block: Uint8Array): void {
    reader.openLines(block, maxEventSize, screens);
    let counted = 0;
    for (;;) {
      const verdict = reader.nextLine();
      if (reader.passed() > counted) {
        pass(reader.passed() - counted, IN_READER);
        counted = reader.passed();
      }
      if (verdict === END) break;
      see(verdict);
    }
    drops.addTruncated(reader.passedTruncated());
  }

  // Reads an event of a payload once more, any one of it, to hold what the prefilter says of it against its full evaluation.
  function checkOne(payload: Payload, events: number, check: SelfCheck): void {
    const written: Written[] = [];
    reader.writeTo((rule, line) => written.push([rule, line]));
    const isText = typeof payload === 'string';
    const text = isText ? payload : anyLine(payload);
    const verdict = reader.readText(text, maxEventSize, true);
    const isOne = verdict !== UNSURE || !isText;
    rehearsal = { check, written, skip: isOne ? 0 : Math.floor(Math.random() * events) };
    if (verdict === UNSURE) emitAll(reader.document());
    else if (verdict !== MALFORMED) emitEvent(reader.document(), 0, verdict);
    rehearsal = undefined;
  }

  function rehearse({ check, written }: Rehearsal, verdict: number, event: Event): void {
    const state = verdict === PASSED ? NOTHING : screening.stateOf(verdict, event);
    if (check.agrees(event, state, written.length > 0 ? written : undefined)) return;
    const { text, tape } = event.document;
    const known = salvage(text.slice(tape[event.root], tape[event.root + 1]));
    options.log('error', `${WRONG} (${known})`, 'prefilter');
  }

  return (payload, receiver, screened) => {
    const before = num;
    emit = receiver;
    screens = screening.use(screened?.screen);
    reader.writeTo(screens ? screened?.onAlert : undefined);
    passed = 0;
    if (typeof payload === 'string') readText(payload);
    else readLines(payload);
    readFound();
    // The times of the events that the reader passed over have been looked at by it.
    if (passedSeconds === IN_READER) passedSeconds = reader.lastSeconds();
    if (passed > 0) screened?.onPassed(passed, passedSeconds);
    const { check } = screened ?? {};
    if (screens && check?.isDue(num - before) === true) checkOne(payload, num - before, check);
  };
}

// Time of an event, or what is wrong with it.
function timeOf(document: JsonDocument, root: number): Timestamp | ByteString {
  const stamp = memberOf(document, root, STAGE_TIMESTAMP);
  if (stamp === NO_NODE) return "can't read stageTimestamp";
  const { text, tape } = document;
  const seconds = plainSeconds(text, tape[stamp]! + 1);
  const nanos = seconds === undefined ? -1 : plainNanos(text, tape[stamp]! + 20, tape[stamp + 1]!);
  if (seconds !== undefined && nanos >= 0) return orArrival({ seconds, nanos });
  const time = parseTimestamp(isString(document, stamp) ? stringText(document, stamp) : '');
  return typeof time === 'string' ? time : orArrival(time);
}

function isTruncated(document: JsonDocument, root: number): boolean {
  const annotations = memberOf(document, root, ANNOTATIONS);
  return annotations !== NO_NODE && memberOf(document, annotations, TRUNCATED) !== NO_NODE;
}

const NEWLINE = 0x0a;

/** A line of a block: the first that begins behind a place of no meaning. */
function anyLine(block: Uint8Array): ByteString {
  const behind = block.indexOf(NEWLINE, Math.floor(Math.random() * block.length)) + 1;
  const from = behind === block.length ? 0 : behind;
  const end = block.indexOf(NEWLINE, from);
  const line = readBytes(block, from, end < 0 ? block.length : end);
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function* elements(document: JsonDocument, array: number): Generator<number> {
  const behind = nodeBehind(document, array);
  for (let at = array + NODE_SIZE; at < behind; at = nodeBehind(document, at)) yield at;
}
