// A file with audit events in whatever form → payloads for unwrapping. In: its bytes, cut anywhere. Out: blocks of lines that
// are events, as they stand, and the texts of all other events. Forms are told by content, line by line, so that a file may
// have several: plain lines, lines behind a time stamp, CSV, values over many lines or joined without any, lists of any length.

import { type ByteString, bytesOf, includesBytes, joinBytes, readBytes } from '../../bytes.js';
import type { Told } from '../source.js';
import { type CsvReader, openCsv } from './csv.js';
import { createRecordReader, EVENT_JOINED, EVENT_START, type Found, type Others } from './record.js';
import type { Seen } from './seen.js';
import { createWalker, type ListKey, type Walker } from './walker.js';

export interface FormsOptions {
  /** Longest line that is no list of records, and longest record, bytes. */
  readonly longest: number;
  /** Hears of the length of each longer one, which is left out. */
  readonly onTooLong: (size: number) => void;
  /** Notes what was seen. If left out, what is no audit event is given as a payload, for an unwrapper to complain of. */
  readonly seen?: Seen | undefined;
  /** Other plugins' payloads that may be in it. If left out: there are none. */
  readonly others?: Others | undefined;
}

export interface FormsReader {
  /** What ends in this chunk; blocks are parts of it. */
  push(chunk: Uint8Array): readonly Told[];
  /** What was left, at the end of the file. */
  end(): readonly Told[];
}

const NEWLINE = 0x0a;
const [ARRAY, OBJECT] = [0x5b, 0x7b];
const START = bytesOf(EVENT_START);
/** How an event begins behind another one: as much as Node looks for in the quickest way. */
const JOINED = EVENT_JOINED.slice(0, 6);
const LINE_END = Uint8Array.of(NEWLINE);
const NOTHING = new Uint8Array(0);

/** How often a line may be taken for the beginning of a longer value in vain, before lines are lines. */
const MOST_TRIES = 20;
/** Texts in texts. */
const MOST_DEPTH = 4;
/** Where JSON begins behind a time stamp, a tag or a host, at most. */
const LONGEST_LEAD = 300;
const EXPORTED = /^\d{4}-\d\d-\d\dT[\d:.]+Z\s+$/;
const LIST_START = /^\[\s*(?:[[{]|[\d.]+\s*,)/;
const PUNCTUATION = /^[\s,\]}]*$/;

const OTHER_LINES = 'lines without JSON';

export function createFormsReader(options: FormsOptions): FormsReader {
  return openReader(options, 0);
}

/** @param outer the form of the text that holds this one */
function openReader(options: FormsOptions, depth: number, outer?: ByteString): FormsReader {
  const { longest, onTooLong, seen, others } = options;
  const taker = others?.rest?.plugin;
  const isRaw = others?.rest?.raw === true;
  const records = createRecordReader(others);
  let out: Told[] = [];
  // The incomplete line at the end of what was read, and the length of one that is too long already.
  let rest: Uint8Array[] = [];
  let restSize = 0;
  let skipped = 0;
  let csv: CsvReader | undefined;
  let isFirst = true;
  // A value that goes on, and its bytes as long as it may turn out to be none.
  let walker: Walker | undefined;
  let walked: Uint8Array[] = [];
  let walkedSize = 0;
  let tries = 0;

  function refuse(text: ByteString): void {
    out.push({ payload: text, plugin: taker });
  }

  function other(what: ByteString, text: ByteString): void {
    if (seen === undefined || taker !== undefined) refuse(text);
    else seen.other(what, text);
  }

  function give(found: readonly Found[]): void {
    for (const each of found) {
      if (each.kind === 'events') {
        seen?.form(outer ?? each.form);
        out.push({ payload: each.text, plugin: each.plugin });
      } else if (each.kind === 'other') other(each.what, each.text);
      else readInner(each.text, each.form);
    }
  }

  /** A text that was inside another one. */
  function readInner(text: ByteString, form: ByteString): void {
    if (text.startsWith(EVENT_START) && !text.includes(EVENT_JOINED)) {
      seen?.form(outer ?? form);
      out.push({ payload: text, plugin: undefined });
      return;
    }
    if (depth === MOST_DEPTH) {
      other('events wrapped too often', text);
      return;
    }
    const inner = openReader(options, depth + 1, outer ?? form);
    out.push(...inner.push(bytesOf(text)), ...inner.end());
  }

  function newWalker(): Walker {
    return createWalker({
      largest: longest,
      onRecord: (text: ByteString, list: ListKey) => {
        const found = records.read(text, list);
        if (found === undefined) refuse(text);
        else give(found);
      },
      onTooLarge: onTooLong,
    });
  }

  /** @param more whether another line follows */
  function readLine(line: ByteString, more: boolean): void {
    if (csv !== undefined) {
      const message = csv.push(line);
      if (message !== undefined) readInner(message, 'Logs Insights CSV');
      return;
    }
    if (line === '') return;
    if (isRaw) {
      readRawLine(line);
      return;
    }
    if (PUNCTUATION.test(line)) {
      if (seen === undefined && line.trim() === '') refuse(line);
      return;
    }
    const first = isFirst;
    isFirst = false;
    if (/^\s*[[{]/.test(line)) {
      const found = records.read(line);
      if (found === undefined) readValues(line, more);
      else give(found);
      return;
    }
    if (first) csv = openCsv(line, longest);
    if (csv === undefined) readText(line);
  }

  // Whose payloads look like nothing known, takes lines as they stand; but those of others are theirs.
  function readRawLine(line: ByteString): void {
    const found = /^\s*[[{]/.test(line) ? records.read(line) : undefined;
    if (found !== undefined) give(found);
    else if (line.trim() !== '') {
      seen?.form(taker!);
      refuse(line);
    }
  }

  // Values joined without a line end, or one that goes on in the next line.
  function readValues(line: ByteString, more: boolean): void {
    const bytes = bytesOf(line);
    for (let at = 0; at < bytes.length; ) {
      if (bytes[at]! <= 0x20) {
        at++;
        continue;
      }
      const from = at;
      const value = newWalker();
      at = value.walk(bytes, from);
      if (value.state() === 'ended') continue;
      const goesOn = more && value.mayGoOn() && tries < MOST_TRIES;
      if (!goesOn) refuse(value.gave() ? value.rest() || line.slice(from) : line.slice(from));
      else openValue(value, bytes.subarray(from));
      return;
    }
  }

  function openValue(value: Walker, begun: Uint8Array): void {
    walker = value;
    walked = [];
    walkedSize = 0;
    holdWalked(begun);
    holdWalked(LINE_END);
  }

  function holdWalked(bytes: Uint8Array): void {
    walkedSize += bytes.length;
    if (walkedSize > longest || walker?.gave() === true) walked = [];
    else walked.push(new Uint8Array(bytes));
  }

  /** Goes on with the value. @returns the offset behind what belongs to it */
  function walkOn(chunk: Uint8Array, from: number): number {
    const value = walker!;
    const at = value.walk(chunk, from);
    if (value.state() === 'ended') walker = undefined;
    else if (value.state() === 'open') holdWalked(chunk.subarray(from, at));
    else return breakOff(value, chunk, from, at);
    return at;
  }

  // The value breaks in this chunk. If its first line was no more than a line that is damaged, the others are lines.
  function breakOff(value: Walker, chunk: Uint8Array, from: number, at: number): number {
    walker = undefined;
    if (value.gave() || walked.length === 0) {
      refuse(value.rest());
      const end = chunk.indexOf(NEWLINE, at);
      return end < 0 ? chunk.length : end;
    }
    tries++;
    const bytes = joinBytes([...walked, chunk.subarray(from, at)]);
    walked = [];
    const behind = bytes.indexOf(NEWLINE);
    refuse(readBytes(bytes, 0, behind < 0 ? bytes.length : behind));
    if (behind >= 0) readLines(bytes, behind + 1);
    return at;
  }

  // Text, or JSON behind something.
  function readText(line: ByteString): void {
    const at = line.slice(0, LONGEST_LEAD).search(/[[{]/);
    // Behind a tag, Fluent Bit writes a list; a bracket in a time stamp is none.
    const isList = LIST_START.test(line.slice(at, at + 40));
    const from = at > 0 && line[at] === '[' && !isList ? line.indexOf('{') : at;
    const json = from > 0 && from < LONGEST_LEAD ? line.slice(from) : '';
    const found = json === '' ? undefined : records.read(json);
    if (found !== undefined) give(EXPORTED.test(line.slice(0, from)) ? found.map(exported) : found);
    else if (json.startsWith(EVENT_START)) refuse(line);
    else other(OTHER_LINES, line);
  }

  function hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (skipped > 0) {
      skipped += bytes.length;
      return;
    }
    rest.push(new Uint8Array(bytes));
    restSize += bytes.length;
    if (restSize <= longest) return;
    const begun = takeRest();
    // A line without an end is a list without line ends, or nothing.
    const opens = begun.find((byte) => byte > 0x20);
    if (csv !== undefined || (opens !== OBJECT && opens !== ARRAY)) skipped = begun.length;
    else {
      walker = newWalker();
      walked = [];
      walkedSize = longest;
      const at = walkOn(begun, 0);
      if (at < begun.length) readLines(begun, at);
    }
  }

  function takeRest(): Uint8Array {
    const taken = rest.length === 1 ? rest[0]! : joinBytes(rest);
    rest = [];
    restSize = 0;
    return taken;
  }

  /** The bytes of a line that ends here. */
  function endLine(bytes: Uint8Array, more: boolean): void {
    if (skipped > 0) {
      onTooLong(skipped + bytes.length);
      skipped = 0;
      return;
    }
    if (restSize > 0) {
      hold(bytes);
      // It may have become a value that goes on.
      if (walker === undefined && skipped === 0) readLine(lineText(takeRest()), more);
      else if (skipped > 0) endLine(NOTHING, more);
    } else if (bytes.length > longest) {
      hold(bytes);
      if (skipped > 0) endLine(NOTHING, more);
    } else readLine(lineText(bytes), more);
  }

  function readLines(chunk: Uint8Array, start: number): void {
    let from = start;
    while (from < chunk.length) {
      if (walker !== undefined) {
        from = walkOn(chunk, from);
        continue;
      }
      const end = endOfRun(chunk, from);
      if (end > from) giveRun(chunk.subarray(from, end));
      else {
        const newline = chunk.indexOf(NEWLINE, from);
        if (newline < 0) {
          hold(chunk.subarray(from));
          return;
        }
        endLine(chunk.subarray(from, newline), true);
        from = newline + 1;
        continue;
      }
      from = end;
    }
  }

  /** Where the lines end that begin as events do; `from`: there are none. */
  function endOfRun(chunk: Uint8Array, from: number): number {
    if (restSize > 0 || skipped > 0 || csv !== undefined) return from;
    let at = from;
    while (startsEvent(chunk, at)) {
      const newline = chunk.indexOf(NEWLINE, at);
      if (newline < 0 || newline - at > longest) break;
      at = newline + 1;
    }
    return at;
  }

  function giveRun(run: Uint8Array): void {
    isFirst = false;
    if (includesBytes(run, JOINED)) {
      for (const line of readBytes(run).split('\n')) readLine(line, false);
      return;
    }
    seen?.form(outer ?? 'lines');
    out.push({ payload: run, plugin: undefined });
  }

  const take = (): readonly Told[] => {
    const taken = out;
    out = [];
    return taken;
  };

  return {
    push(chunk) {
      readLines(chunk, 0);
      return take();
    },
    end() {
      if (walker !== undefined) {
        const held = walked.length > 0 && !walker.gave() ? readBytes(joinBytes(walked)) : walker.rest();
        refuse(held === '' ? '[' : held);
        walker = undefined;
      }
      if (restSize > 0 || skipped > 0) endLine(NOTHING, false);
      const open = csv?.rest() ?? '';
      if (open !== '') refuse(open);
      return take();
    },
  };
}

function startsEvent(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < START.length; i++) if (bytes[at + i] !== START[i]) return false;
  return true;
}

function lineText(bytes: Uint8Array): ByteString {
  const end = bytes.at(-1) === 0x0d ? bytes.length - 1 : bytes.length;
  return readBytes(bytes, 0, end);
}

const exported = (found: Found): Found =>
  found.kind === 'events' ? { ...found, form: 'CloudWatch export' } : found;
