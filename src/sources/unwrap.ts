// Payload text (a line, a request body, a log message) → events, with the verdicts and log texts of Falco's
// k8saudit plugins: one Event, an EventList, or an array of either (spec: fields-and-sources.md §3.6).
// Two things are better than there: the good elements of an array with bad ones survive, an empty list is silent.

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { type JsonDocument, NO_NODE, NODE_SIZE } from '../json/document.js';
import { internKey } from '../json/keys.js';
import { compactText, isArray, isString, member, memberOf, nodeBehind, stringText } from '../json/read.js';
import { createScanner } from '../json/scan.js';
import { syntaxError } from '../json/syntax-error.js';
import type { SourceLog } from './source.js';
import { parseTimestamp, plainNanos, plainSeconds } from './timestamp.js';

const KIND = internKey('kind');
const STAGE_TIMESTAMP = internKey('stageTimestamp');

export interface UnwrapOptions {
  /** Event source that rules name. */
  readonly source: string;
  /** Plugin that reads it. */
  readonly plugin: string;
  /** Largest event, bytes of compact JSON; larger ones are reported and dropped. */
  readonly maxEventSize: number;
  /** See Event.clusterName. */
  readonly clusterName?: ByteString | undefined;
  /** Hears of everything that is dropped. */
  readonly log: SourceLog;
  /** Number of the last event before the first one of this unwrapper; 0 if left out. */
  readonly num?: number;
}

/** Emits the events of one payload in order, synchronously. They are borrowed until `emit` returns (see event.ts). */
export type Unwrap = (payload: ByteString, emit: (event: Event) => void) => void;

/** Lines of the log that one payload may cost. What fits in a few bytes must not fill a disk. */
const MAX_COMPLAINTS = 100;

/** Makes an unwrapper, which numbers the events of one source. */
export function createUnwrapper(options: UnwrapOptions): Unwrap {
  const { source, plugin, maxEventSize, clusterName } = options;
  const scanner = createScanner();
  let num = options.num ?? 0;
  let complaints = 0;

  function complain(message: ByteString): void {
    if (++complaints <= MAX_COMPLAINTS) options.log('error', message);
  }

  function emitEvent(document: JsonDocument, root: number, emit: (event: Event) => void): void {
    const stamp = memberOf(document, root, STAGE_TIMESTAMP);
    if (stamp === NO_NODE) {
      complain("can't read stageTimestamp");
      return;
    }
    let seconds = plainSeconds(document.text, document.tape[stamp]! + 1);
    let nanos =
      seconds === undefined
        ? -1
        : plainNanos(document.text, document.tape[stamp]! + 20, document.tape[stamp + 1]!);
    if (seconds === undefined || nanos < 0) {
      const time = parseTimestamp(isString(document, stamp) ? stringText(document, stamp) : '');
      if (typeof time === 'string') {
        complain(time);
        return;
      }
      ({ seconds, nanos } = time);
    }
    const size = document.tape[root + 1]! - document.tape[root]!;
    if (size > maxEventSize && tooLarge(document, root)) return;
    emit({ source, plugin, num: ++num, seconds, nanos, document, root, clusterName });
  }

  function tooLarge(document: JsonDocument, root: number): boolean {
    const size = compactText(document, root).length;
    if (size <= maxEventSize) return false;
    complain(`event larger than maxEventSize: size=${size}`);
    return true;
  }

  function emitElements(
    document: JsonDocument,
    array: number,
    emit: (event: Event) => void,
    each: typeof emitEvent,
  ): void {
    const behind = nodeBehind(document, array);
    for (let at = array + NODE_SIZE; at < behind; at = nodeBehind(document, at)) each(document, at, emit);
  }

  // The scanner's limit on depth bounds this recursion.
  function emitAny(document: JsonDocument, node: number, emit: (event: Event) => void): void {
    if (isArray(document, node)) {
      emitElements(document, node, emit, emitAny);
      return;
    }
    const kind = memberOf(document, node, KIND);
    const name = kind !== NO_NODE && isString(document, kind) ? stringText(document, kind) : undefined;
    const items = name === 'EventList' ? member(document, node, 'items') : NO_NODE;
    if (name === 'Event') emitEvent(document, node, emit);
    else if (items !== NO_NODE && isArray(document, items)) emitElements(document, items, emit, emitEvent);
    else complain('data not recognized as a k8s audit event');
  }

  return (payload, emit) => {
    const document = scanner.scan(payload);
    complaints = 0;
    if (document === undefined) complain(syntaxError(payload));
    else emitAny(document, 0, emit);
    if (complaints > MAX_COMPLAINTS) {
      options.log('error', `${complaints - MAX_COMPLAINTS} more faults in the same payload`);
    }
  };
}
