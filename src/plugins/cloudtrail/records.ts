// The text of a log file → its records. In: bytes cut anywhere. Out: the text of each object that stands one level deep in
// another, as Falco's plugin finds them, whatever is around it; and of each object that is a record itself, which Falco's
// plugin passes over (spec: plugins.md §2.3). Only braces and quotes are looked at: what a record holds, the scanner judges.

import type { ByteString } from '../../bytes.js';

export interface RecordSplitter {
  /** Records that are complete with this chunk. */
  push(chunk: Uint8Array): readonly ByteString[];
  /** Those that are left at the end of the file, and whether something was cut off there. */
  end(): { readonly records: readonly ByteString[]; readonly isCut: boolean };
}

/** Hears of a record that is larger than any may be, and is left out. */
export type OnTooLarge = (size: number) => void;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
/** What a record has at its top, and nothing that holds records. */
const RECORD_KEY = /^event(?:Time|Type|Version)$/;
const LONGEST_KEY = 12;

export function createRecordSplitter(largest: number, onTooLarge: OnTooLarge): RecordSplitter {
  // Of the outermost object: its bytes until it is known what it is, and the objects in it.
  let whole: Buffer[] = [];
  let wholeSize = 0;
  let inner: ByteString[] = [];
  let kind: 'unknown' | 'record' | 'list' = 'unknown';
  // Of the object one level deep in it.
  let parts: Buffer[] = [];
  let size = 0;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let text = '';
  let ready: ByteString[] = [];

  function keepPart(bytes: Buffer): void {
    size += bytes.length;
    if (size <= largest) parts.push(bytes);
    else parts = [];
  }

  function keepWhole(bytes: Buffer): void {
    wholeSize += bytes.length;
    // No record is as large: it is a list of them.
    if (kind === 'unknown' && wholeSize > largest) becomeList();
    if (kind !== 'list' && wholeSize <= largest) whole.push(bytes);
  }

  function becomeList(): void {
    kind = 'list';
    ready.push(...inner);
    inner = [];
    whole = [];
  }

  function closeInner(): void {
    if (size > largest) {
      if (kind !== 'record') onTooLarge(size);
    } else (kind === 'list' ? ready : inner).push(joined(parts));
    parts = [];
    size = 0;
  }

  function closeWhole(): void {
    if (kind !== 'record') ready.push(...inner);
    else if (wholeSize > largest) onTooLarge(wholeSize);
    else ready.push(joined(whole));
    reset();
  }

  function reset(): void {
    whole = [];
    wholeSize = 0;
    inner = [];
    kind = 'unknown';
  }

  function endString(): void {
    inString = false;
    if (depth === 1 && kind === 'unknown' && RECORD_KEY.test(text)) kind = 'record';
  }

  // Chars of a string; those at the top are looked at, as they may be a record's keys.
  function inText(byte: number): void {
    if (escaped) escaped = false;
    else if (byte === BACKSLASH) escaped = true;
    else if (byte === QUOTE) {
      endString();
      return;
    }
    if (depth === 1 && text.length <= LONGEST_KEY) text += String.fromCharCode(byte);
  }

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      ready = [];
      let wholeFrom = 0;
      let innerFrom = 0;
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i]!;
        if (inString) inText(byte);
        else if (byte === QUOTE) {
          inString = true;
          text = '';
        } else if (byte === OPEN) {
          if (depth === 0) wholeFrom = i;
          if (depth === 1) innerFrom = i;
          depth++;
        } else if (byte === CLOSE && depth > 0) {
          depth--;
          if (depth === 1) {
            keepPart(bytes.subarray(innerFrom, i + 1));
            closeInner();
          } else if (depth === 0) {
            keepWhole(bytes.subarray(wholeFrom, i + 1));
            closeWhole();
          }
        }
      }
      // Chunks are only valid until the next one.
      if (depth > 1) keepPart(Buffer.from(bytes.subarray(innerFrom)));
      if (depth > 0) keepWhole(Buffer.from(bytes.subarray(wholeFrom)));
      return ready;
    },
    end: () => ({ records: depth > 0 && kind !== 'record' ? inner : [], isCut: depth > 0 }),
  };
}

const joined = (parts: readonly Buffer[]): ByteString =>
  parts.length === 1 ? parts[0]!.toString('latin1') : Buffer.concat(parts).toString('latin1');
