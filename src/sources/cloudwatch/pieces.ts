// Large audit events arrive in pieces: consecutive log events of one stream, cut anywhere in the text. In: log events.
// Out: whole texts. Pieces may come late and out of order, so they are held until they fit or are given up.
// Of three and more pieces a middle one that comes after the last is missed where the text is well-formed without it.

import { toBytes } from '../../bytes.js';
import { NO_NODE } from '../../json/document.js';
import { isString, member, stringText } from '../../json/read.js';
import { createScanner } from '../../prefilter/reader/fastest.js';
import { createStretch, type Reading, readOn, type Stretch, UNREAD } from './balance.js';
import type { LogEvent } from './client-types.js';

/** A log event and its identity (seen.ts). */
export interface Piece {
  readonly event: LogEvent;
  readonly id: number;
}

export type Taken =
  | { readonly kind: 'whole'; readonly text: string; readonly pieces: readonly Piece[] }
  | { readonly kind: 'truncated'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'held' };

/** Why a piece waits no longer: its time is over, too many of its stream wait, too much waits in all. */
export type Reason = 'old' | 'many' | 'large';

export interface GivenUp {
  readonly piece: Piece;
  readonly why: Reason;
}

export interface Assembler {
  take(piece: Piece): Taken;
  /** Gives up pieces older than `time`, and the oldest ones above the limits; returns them. */
  giveUp(time: number): readonly GivenUp[];
  /** Time stamp of the oldest piece held. */
  oldest(): number | undefined;
  /** Pieces held. */
  held(): number;
}

export interface AssemblerOptions {
  /** Chars held at most. */
  readonly maxHeld?: number;
}

const MAX_HELD = 32 * 1024 * 1024;
/** What a piece takes beside its text. */
const OVERHEAD = 512;
/** Pieces of one stream that wait at most: a thousand times as much as an event of ordinary size needs. */
export const MOST_PIECES = 256;
/** Of the pieces that an event may begin with, so many are tried. */
const MOST_FIRSTS = 8;
/** Longer than any event that is evaluated. */
const MOST_CHARS = 8 * 1024 * 1024;
const TRUNCATED = '[Truncated...]';
const FIRST = '{"kind":"Event"';

interface Held extends Piece {
  readonly stretch: Stretch;
}

// One for all clusters: each has a memory of its own, and a document counts only until the next scan.
let scanner: ReturnType<typeof createScanner> | undefined;

function scan(text: string) {
  scanner ??= createScanner();
  return scanner.scan(toBytes(text));
}

// A middle piece may be well-formed by itself: an object inside the event, exactly.
function isEvent(text: string): boolean {
  if (!text.trimEnd().endsWith('}')) return false;
  const document = scan(text);
  if (document === undefined) return false;
  const kind = member(document, 0, 'kind');
  return kind !== NO_NODE && isString(document, kind) && stringText(document, kind).startsWith('Event');
}

// As assembly/pages.ts tells it while it decodes.
function isClosed(text: string): boolean {
  return text.startsWith(FIRST) && readOn(UNREAD, createStretch(text)) === 'ended';
}

export function createAssembler(options: AssemblerOptions = {}): Assembler {
  const { maxHeld = MAX_HELD } = options;
  /** In order. */
  const streams = new Map<string, Held[]>();
  const surplus: GivenUp[] = [];
  let chars = 0;

  // What is well-formed and no event is nobody's piece where none is held; its faults are told elsewhere. So are those of
  // what begins as an event and ends where its brackets are closed: such a text is no piece, whatever else is in it.
  function isWhole({ message, stream }: LogEvent): boolean {
    if (message.trim() === '' || isClosed(message) || isEvent(message)) return true;
    return !streams.has(stream) && /[}\]]\s*$/.test(message) && scan(message) !== undefined;
  }

  function hold(piece: Piece): { readonly pieces: Held[]; readonly at: number } {
    const { stream, message } = piece.event;
    const pieces = streams.get(stream) ?? [];
    streams.set(stream, pieces);
    let at = pieces.length;
    while (at > 0 && inOrder(pieces[at - 1]!, piece) > 0) at--;
    pieces.splice(at, 0, { ...piece, stretch: createStretch(message) });
    chars += message.length + OVERHEAD;
    return { pieces, at };
  }

  function remove(stream: string, from: number, count: number): readonly Piece[] {
    const pieces = streams.get(stream)!;
    const gone = pieces.splice(from, count);
    if (pieces.length === 0) streams.delete(stream);
    for (const { event } of gone) chars -= event.message.length + OVERHEAD;
    return gone;
  }

  return {
    take(piece) {
      const { message, stream } = piece.event;
      if (message.endsWith(TRUNCATED)) return { kind: 'truncated', pieces: [piece] };
      if (isWhole(piece.event)) return { kind: 'whole', text: message, pieces: [piece] };
      const { pieces, at } = hold(piece);
      const found = findWhole(pieces, at);
      if (found !== undefined) {
        const { first, last, text } = found;
        return { kind: 'whole', text, pieces: remove(stream, first, last - first + 1) };
      }
      if (pieces.length > MOST_PIECES) surplus.push({ piece: remove(stream, 0, 1)[0]!, why: 'many' });
      return { kind: 'held' };
    },
    giveUp(time) {
      const gone = surplus.splice(0);
      for (const [stream, pieces] of [...streams]) {
        const young = pieces.findIndex(({ event }) => event.timestamp >= time);
        for (const piece of remove(stream, 0, young < 0 ? pieces.length : young))
          gone.push({ piece, why: 'old' });
      }
      if (chars <= maxHeld) return gone;
      for (const { event } of [...streams.values()].flat().sort(inOrder)) {
        if (chars <= maxHeld) break;
        gone.push({ piece: remove(event.stream, 0, 1)[0]!, why: 'large' });
      }
      return gone;
    },
    oldest() {
      let oldest: number | undefined;
      for (const [first] of streams.values())
        oldest = Math.min(oldest ?? first!.event.timestamp, first!.event.timestamp);
      return oldest;
    },
    held: () => [...streams.values()].reduce((sum, pieces) => sum + pieces.length, 0),
  };
}

interface Whole {
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

// The pieces that make a whole with the new one among them.
function findWhole(pieces: readonly Held[], at: number): Whole | undefined {
  let tried = 0;
  for (let first = at; first >= 0 && tried < MOST_FIRSTS; first--) {
    const { message } = pieces[first]!.event;
    if (!message.startsWith('{')) continue;
    tried++;
    const last = endOf(pieces, first, at);
    const text = last === undefined ? '' : textOf(pieces, first, last);
    if (last !== undefined && isEvent(text)) return { first, last, text };
    // What stands before the start of an event belongs to others.
    if (message.startsWith(FIRST)) return undefined;
  }
  return undefined;
}

// The last of the pieces from `first` on that make a value, if `at` is one of them.
function endOf(pieces: readonly Held[], first: number, at: number): number | undefined {
  let reading: Reading = UNREAD;
  for (let last = first; last < pieces.length; last++) {
    const { event, stretch } = pieces[last]!;
    if (last > first && event.message.startsWith(FIRST)) return undefined;
    const next = readOn(reading, stretch);
    if (next === 'ended') return last > first && last >= at ? last : undefined;
    if (next === 'broken') return undefined;
    reading = next;
  }
  return undefined;
}

function textOf(pieces: readonly Held[], first: number, last: number): string {
  let text = '';
  for (let i = first; i <= last && text.length <= MOST_CHARS; i++) text += pieces[i]!.event.message;
  return text.length > MOST_CHARS ? '' : text;
}

function inOrder(a: Piece, b: Piece): number {
  return (
    a.event.timestamp - b.event.timestamp ||
    a.event.ingestion - b.event.ingestion ||
    compareIds(a.event.id ?? '', b.event.id ?? '')
  );
}

// Ids are long decimal numbers that grow within a batch of writes.
function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
