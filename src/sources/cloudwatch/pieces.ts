// Large audit events arrive in pieces: consecutive log events of one stream, cut anywhere in the text. In: log events.
// Out: whole texts. Pieces may come late and out of order, so they are held until they fit or are given up.
// Of three and more pieces a middle one that comes after the last is missed where the text is well-formed without it.

import { toBytes } from '../../bytes.js';
import { NO_NODE } from '../../json/document.js';
import { isString, member, stringText } from '../../json/read.js';
import { createScanner } from '../../json/scan.js';
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

export interface Assembler {
  take(piece: Piece): Taken;
  /** Gives up pieces older than `time`, and the oldest ones above the limit on bytes; returns them. */
  giveUp(time: number): readonly Piece[];
  /** Time stamp of the oldest piece held. */
  oldest(): number | undefined;
}

export interface AssemblerOptions {
  /** Chars held at most. */
  readonly maxHeld?: number;
}

const MAX_HELD = 32 * 1024 * 1024;
const TRUNCATED = '[Truncated...]';
const FIRST = '{"kind":"Event"';

// One for all clusters: each has a memory of its own, and a document counts only until the next scan.
let scanner: ReturnType<typeof createScanner> | undefined;

function scan(text: string) {
  scanner ??= createScanner();
  return scanner.scan(toBytes(text));
}

export function createAssembler(options: AssemblerOptions = {}): Assembler {
  const { maxHeld = MAX_HELD } = options;
  const streams = new Map<string, Piece[]>();
  let held = 0;

  // A middle piece may be well-formed by itself: an object inside the event, exactly.
  function isEvent(text: string): boolean {
    if (!text.trimEnd().endsWith('}')) return false;
    const document = scan(text);
    if (document === undefined) return false;
    const kind = member(document, 0, 'kind');
    return kind !== NO_NODE && isString(document, kind) && stringText(document, kind).startsWith('Event');
  }

  // What is well-formed and no event is nobody's piece where none is held; its faults are told elsewhere.
  function isWhole({ message, stream }: LogEvent): boolean {
    if (message.trim() === '' || isEvent(message)) return true;
    return !streams.has(stream) && /[}\]]\s*$/.test(message) && scan(message) !== undefined;
  }

  function remove(stream: string, gone: readonly Piece[]): void {
    const left = (streams.get(stream) ?? []).filter((piece) => !gone.includes(piece));
    if (left.length === 0) streams.delete(stream);
    else streams.set(stream, left);
    for (const piece of gone) held -= piece.event.message.length;
  }

  // The pieces that make a whole with the new one among them.
  function join(pieces: readonly Piece[], added: Piece): readonly Piece[] | undefined {
    const at = pieces.indexOf(added);
    for (let first = at; first >= 0; first--) {
      if (!pieces[first]!.event.message.startsWith('{')) continue;
      let text = '';
      for (let last = first; last < pieces.length; last++) {
        const { message } = pieces[last]!.event;
        if (last > first && message.startsWith(FIRST)) break;
        text += message;
        if (last > first && last >= at && isEvent(text)) return pieces.slice(first, last + 1);
      }
    }
    return undefined;
  }

  return {
    take(piece) {
      const { message, stream } = piece.event;
      if (message.endsWith(TRUNCATED)) return { kind: 'truncated', pieces: [piece] };
      if (isWhole(piece.event)) return { kind: 'whole', text: message, pieces: [piece] };
      const pieces = [...(streams.get(stream) ?? []), piece].sort(inOrder);
      streams.set(stream, pieces);
      held += message.length;
      const joined = join(pieces, piece);
      if (joined === undefined) return { kind: 'held' };
      remove(stream, joined);
      return { kind: 'whole', text: joined.map(({ event }) => event.message).join(''), pieces: joined };
    },
    giveUp(time) {
      const gone = [...streams.values()].flat().filter(({ event }) => event.timestamp < time);
      for (const piece of gone) remove(piece.event.stream, [piece]);
      while (held > maxHeld) {
        const oldest = [...streams.values()].flat().sort(inOrder)[0]!;
        remove(oldest.event.stream, [oldest]);
        gone.push(oldest);
      }
      return gone;
    },
    oldest() {
      let oldest: number | undefined;
      for (const pieces of streams.values()) {
        for (const { event } of pieces) oldest = Math.min(oldest ?? event.timestamp, event.timestamp);
      }
      return oldest;
    },
  };
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
