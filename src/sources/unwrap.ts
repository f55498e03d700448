// Payload text (a line, a request body, a log message) → events, as its plugin's envelope says (envelope.ts): one event,
// an object with a list of them, or an array of either. Verdicts and texts are those of Falco's plugins (spec:
// fields-and-sources.md §3.6); two things are better: the good elements of an array with bad ones survive, an empty list
// is silent.

import { type ByteString, bytesOf, fromBytes, readBytes, toBytes } from '../bytes.js';
import type { Event } from '../event.js';
import { type JsonDocument, NODE_SIZE } from '../json/document.js';
import { compactText, isArray, nodeBehind } from '../json/read.js';
import { createJsScanner } from '../json/scan-js.js';
import { whyRefused } from '../json/syntax-error.js';
import type { DecodedEvent, Envelope } from '../plugins/plugin.js';
import type { Prefilter } from '../prefilter/prefilter.js';
import type { OnAlert } from '../prefilter/reader/event-reader.js';
import { createEventReader } from '../prefilter/reader/fastest.js';
import { createTeacher } from '../prefilter/reader/teacher.js';
import type { SelfCheck, Written } from '../prefilter/self-check.js';
import { END, MALFORMED, NOTHING, PASSED, UNSURE } from '../prefilter/shared.js';
import { createDrops, type Drops } from './drops.js';
import { openEnvelope } from './envelope.js';
import type { EventOrigin } from './event-origin.js';
import { payloadTexts } from './files/lines.js';
import { piecesOf } from './pieces.js';
import type { Payload, SourceLog } from './source.js';
import { createStanding } from './standing.js';
import { recordsIn, wrappedIn } from './wrapped.js';

export interface UnwrapOptions {
  /** Event source that rules name. */
  readonly source: string;
  /** Plugin that reads it. */
  readonly plugin: string;
  /** How its payloads become events. */
  readonly envelope: Envelope;
  /** What all its events have in common. */
  readonly origin?: EventOrigin | undefined;
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
 * @param state its final state of the prefilter, if there is one and it is known
 */
export type Emit = (event: Event, state?: number) => void;

/** Which events nobody needs to see. */
export interface Prefiltered {
  readonly prefilter: Prefilter;
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
export type Unwrap = (payload: Payload, emit: Emit, prefiltered?: Prefiltered) => void;

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

/** Events of one payload that a decoder may give. */
const MOST_DECODED = 1_000_000;

const NO_EVENT = 'data not recognized as an event';

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
  const { source, plugin, maxEventSize, origin, envelope, drops = createDrops() } = options;
  const { isEvent, isMarked, listsIn, timeOf, isTruncated, form } = openEnvelope(envelope);
  // Events that someone has to see, and texts that have to be decoded, are not for the reader alone.
  const reader = createEventReader(origin?.see === undefined ? form : undefined);
  const teacher = createTeacher(reader);
  const standing = createStanding({ ...options, origin, form, timeOf });
  const nothing = envelope.anyText === true ? createJsScanner() : undefined;
  let num = options.num ?? 0;
  let complaints = 0;
  // Texts found in the payload, read when it is done with: the reader holds one text at a time.
  const found: Found[] = [];
  let refused = 0;
  let depth = options.shipped === true ? WHOLE : WRAPPED;
  // Of the payload under way: who gets its events, whether they are prefiltered, and those that need not be seen.
  let emit: Emit = () => {};
  let filters = false;
  let passed = 0;
  let passedSeconds = 0;
  // While an event is evaluated both ways, nothing is emitted, counted or said.
  let rehearsal: Rehearsal | undefined;
  // The event that a decoder gave, whose text is read.
  let decoded: DecodedEvent | undefined;

  function drop(reason: string, message: ByteString, textOf: () => ByteString): void {
    if (rehearsal !== undefined) return;
    drops.add(reason);
    if (++complaints > MAX_COMPLAINTS) return;
    const known = envelope.salvage?.(textOf()) ?? '';
    options.log('error', known === '' ? message : `${message} (${known})`, reason);
  }

  function dropNode(reason: string, message: ByteString, { text, tape }: JsonDocument, node: number): void {
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

  // `judged` is what the reader says of it, where it was asked already.
  function emitEvent(document: JsonDocument, root: number, judged?: number, text?: ByteString): void {
    if (rehearsal !== undefined && rehearsal.skip-- !== 0) return;
    const time = decoded?.time ?? timeOf(document, root);
    if (typeof time === 'string') {
      dropNode('bad_timestamp', time, document, root);
      return;
    }
    const { seconds, nanos } = time;
    const size = document.tape[root + 1]! - document.tape[root]!;
    if (size > maxEventSize && tooLarge(document, root)) return;
    const verdict = judged ?? (filters ? reader.judge(root) : UNSURE);
    const clusterName = decoded === undefined ? options.clusterName : clusterOf(decoded);
    if (rehearsal !== undefined) {
      const seen = { source, plugin, num, seconds, nanos, document, root, clusterName, origin, text };
      rehearse(rehearsal, verdict, seen);
      return;
    }
    if (verdict === UNSURE ? isTruncated(document, root) : reader.isTruncated()) drops.addTruncated();
    if (verdict === PASSED) {
      pass(1, seconds);
      return;
    }
    const event = { source, plugin, num: num + 1, seconds, nanos, document, root, clusterName, origin, text };
    const state = filters ? teacher.stateOf(verdict, event) : undefined;
    if (state === NOTHING) {
      pass(1, seconds);
      return;
    }
    num++;
    origin?.see?.(event);
    emit(event, state);
  }

  function clusterOf({ clusterName: named }: DecodedEvent): ByteString | undefined {
    return named === undefined ? options.clusterName : toBytes(named);
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
    if (isEvent(document, node)) {
      emitEvent(document, node);
      return;
    }
    const lists = listsIn(document, node);
    if (lists === undefined) emitWrapped(document, node);
    else
      for (const list of lists) {
        if (!list.trusted) emitFound(document, list.node);
        else for (const each of elements(document, list.node)) emitEvent(document, each);
      }
  }

  // The events of a list, in arrays of arrays too; or the object alone.
  function emitFound(document: JsonDocument, from: number): void {
    const end = nodeBehind(document, from);
    for (let at = from; at < end; ) {
      if (isArray(document, at)) {
        at += NODE_SIZE;
        continue;
      }
      if (isEvent(document, at)) emitEvent(document, at);
      else refuseNode(document, at);
      at = nodeBehind(document, at);
    }
  }

  function refuseNode(document: JsonDocument, node: number): void {
    dropNode('not_an_event', envelope.refusal ?? NO_EVENT, document, node);
  }

  function emitWrapped(document: JsonDocument, node: number): void {
    if (rehearsal !== undefined) return;
    const wrapped = depth < WRAPPED ? wrappedIn(document, node, isMarked) : undefined;
    const records = depth < WRAPPED && wrapped === undefined ? recordsIn(document, node) : undefined;
    if (records !== undefined) for (const text of records) found.push({ text, depth: WRAPPED });
    else if (typeof wrapped === 'string') found.push({ text: wrapped, depth: WRAPPED });
    else if (wrapped !== undefined) emitOne(document, wrapped);
    else refuseNode(document, node);
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
    reader.nameCluster(decoded === undefined ? options.clusterName : clusterOf(decoded));
    reader.knowTime(decoded?.time !== undefined);
    const verdict = reader.readText(text, maxEventSize, filters);
    // What the reader knows of the time is over with the next text.
    if (verdict === PASSED) pass(1, decoded === undefined ? IN_READER : timeOfPassed(decoded));
    else see(verdict);
    drops.addTruncated(reader.passedTruncated());
  }

  function timeOfPassed({ time }: DecodedEvent): number {
    return time?.seconds ?? reader.lastSeconds();
  }

  // Each text is an event, whatever it is; one that is not JSON has no values.
  function emitText(verdict: number): void {
    const text = reader.text();
    if (verdict !== MALFORMED) emitEvent(reader.document(), 0, verdict, text);
    else if (nothing !== undefined) emitEvent(nothing.scan('null')!, 0, UNSURE, text);
  }

  // Looks at what the reader did not settle.
  function see(verdict: number): void {
    if (envelope.anyText === true) emitText(verdict);
    else if (verdict === MALFORMED && depth === WHOLE) found.push({ text: reader.text(), depth: APART });
    else if (verdict === MALFORMED) refuse(reader.text());
    else if (verdict === UNSURE) emitAll(reader.document());
    else emitEvent(reader.document(), 0, verdict);
    // What was found in a payload is a part of it.
    if (found.length === 0) settleComplaints();
  }

  function readLines(block: Uint8Array): void {
    reader.nameCluster(options.clusterName);
    reader.knowTime(false);
    reader.openLines(block, maxEventSize, filters);
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
    const isText = typeof payload === 'string';
    if (isText) checkText(payload, events, check);
    else checkText(anyLine(payload), 1, check);
  }

  function checkText(text: ByteString, events: number, check: SelfCheck): void {
    const written: Written[] = [];
    reader.writeTo((rule, line) => written.push([rule, line]));
    const verdict = reader.readText(text, maxEventSize, true);
    const isOne = verdict !== UNSURE || envelope.anyText === true;
    rehearsal = { check, written, skip: isOne ? 0 : Math.floor(Math.random() * events) };
    if (envelope.anyText === true) emitText(verdict);
    else if (verdict === UNSURE) emitAll(reader.document());
    else if (verdict !== MALFORMED) emitEvent(reader.document(), 0, verdict);
    rehearsal = undefined;
  }

  function rehearse({ check, written }: Rehearsal, verdict: number, event: Event): void {
    const state = verdict === PASSED ? NOTHING : teacher.stateOf(verdict, event);
    if (check.agrees(event, state, written.length > 0 ? written : undefined)) return;
    const { text, tape } = event.document;
    const known = envelope.salvage?.(text.slice(tape[event.root], tape[event.root + 1]));
    options.log('error', `${WRONG} (${known})`, 'prefilter');
  }

  // A payload that need not be decoded. Now and then it is all the same, and both are compared.
  function takeStanding(text: ByteString, { check, onAlert }: Prefiltered): boolean {
    const judged = standing?.judge(text);
    if (judged === undefined) return false;
    const isDue = check?.isDue(1) === true;
    const { state, written, isSeen } = judged;
    const event = { ...judged.event, num: num + 1 };
    if (isSeen) origin?.see?.(event);
    if (isDue && state === NOTHING) rehearseDecoded(text, { check: check!, written, skip: 0 });
    for (const [rule, line] of written) onAlert?.(rule, line);
    if (state === NOTHING) pass(1, event.seconds);
    else {
      num++;
      emit(event, state);
    }
    return true;
  }

  function rehearseDecoded(text: ByteString, next: Rehearsal): void {
    [decoded] = eventsIn(text);
    const document = decoded && reader.scan(toBytes(decoded.text));
    rehearsal = next;
    if (document !== undefined) emitEvent(document, 0, PASSED);
    [rehearsal, decoded] = [undefined, undefined];
  }

  function decode(payload: Payload, prefiltered: Prefiltered | undefined): void {
    const stands = standing?.use(prefiltered?.prefilter, prefiltered?.onAlert !== undefined) === true;
    for (const text of payloadTexts(payload)) {
      if (stands && takeStanding(text, prefiltered!)) continue;
      for (const each of eventsIn(text)) {
        decoded = each;
        const [before, bytes] = [num, toBytes(each.text)];
        readText(bytes);
        readFound();
        const { check, onAlert } = prefiltered ?? {};
        if (!filters || check?.isDue(num - before) !== true) continue;
        checkText(bytes, num - before, check);
        reader.writeTo(onAlert);
      }
      decoded = undefined;
      settleComplaints();
    }
  }

  // What a plugin's decoder makes of a text. It may do anything.
  function eventsIn(text: ByteString): readonly DecodedEvent[] {
    const refuse = (reason: string, message: string): void => drop(reason, toBytes(message), () => text);
    const events: DecodedEvent[] = [];
    try {
      for (const each of envelope.decode?.(fromBytes(text), refuse, origin?.settings) ?? []) {
        if (events.push(each) > MOST_DECODED) throw new Error('a payload of more events than any has');
      }
    } catch (error) {
      drop('malformed', toBytes(error instanceof Error ? error.message : String(error)), () => text);
    }
    return events;
  }

  return (payload, receiver, prefiltered) => {
    const before = num;
    emit = receiver;
    filters = teacher.use(prefiltered?.prefilter);
    reader.writeTo(filters ? prefiltered?.onAlert : undefined);
    passed = 0;
    if (envelope.decode !== undefined) decode(payload, prefiltered);
    else if (typeof payload === 'string') readText(payload);
    else readLines(payload);
    readFound();
    // The times of the events that the reader passed over have been looked at by it.
    if (passedSeconds === IN_READER) passedSeconds = reader.lastSeconds();
    if (passed > 0) prefiltered?.onPassed(passed, passedSeconds);
    const { check } = prefiltered ?? {};
    if (filters && envelope.decode === undefined && check?.isDue(num - before) === true)
      checkOne(payload, num - before, check);
  };
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
