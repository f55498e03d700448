// The exact place of a finding for people: its line with carets below the word, and what Falco's own texts do not say.

import { type ByteString, fromBytes } from '../../bytes.js';
import { printable } from '../../printable.js';
import type { Diagnostic, LoadResult, Place } from '../diagnostic.js';

/** Text of the files by name. */
type Contents = ReadonlyMap<ByteString, ByteString>;

/** Longest part of a line that is shown. */
const WIDTH = 160;

/** The line that a place is in. */
export function lineOf({ file, offset, column }: Place, contents: Contents): ByteString {
  const text = contents.get(file) ?? '';
  const start = offset - (column - 1);
  const length = text.slice(start).search(/[\r\n]/);
  return length < 0 ? text.slice(start) : text.slice(start, start + length);
}

/** The line with its number, and carets below the word; empty where there is no text. */
export function pointer(place: Place, contents: Contents): ByteString {
  const start = Math.max(0, place.column - 1 - WIDTH / 2);
  const part = lineOf(place, contents)
    .slice(start, start + WIDTH)
    .replace(/\t/g, ' ');
  if (part === '') return '';
  // Places count bytes, carets stand below characters.
  const at = place.column - 1 - start;
  const before = printable(part.slice(0, at));
  const word = printable(part.slice(at, at + place.length));
  const margin = `${place.line} | `;
  const line = `${margin}${before}${word}${printable(part.slice(at + place.length))}`;
  const carets = '^'.repeat(Math.max(fromBytes(word).length, 1));
  return `${line}\n${' '.repeat(margin.length + fromBytes(before).length)}${carets}\n`;
}

/** ` (did you mean 'x'?)` */
export function meant(suggestion: ByteString | undefined): ByteString {
  return suggestion === undefined ? '' : ` (did you mean '${suggestion}'?)`;
}

/** The exact places of errors, where Falco's positions lead astray or a word was meant; empty if there is none. */
export function exactPlaces({ errors, contents }: LoadResult): ByteString {
  return errors
    .filter(saysMore)
    .map((error) => exactPlace(error, contents))
    .join('');
}

function saysMore({ context, place, suggestion, help }: Diagnostic): boolean {
  const { itemType, line, column } = context.locations.at(-1)!;
  const elsewhere = place.line !== line + 1 || place.column !== column + 1;
  const told = suggestion ?? help;
  return told !== undefined || elsewhere || itemType === 'condition expression' || itemType === 'rule output';
}

function exactPlace(diagnostic: Diagnostic, contents: Contents): ByteString {
  const { place, suggestion, help, appended } = diagnostic;
  const advice = help === undefined ? '' : `help: ${help}\n`;
  if (appended !== undefined) return `in what the configuration appends to outputs: ${appended}\n${advice}`;
  const at = `at ${place.file}:${place.line}:${place.column}${meant(suggestion)}`;
  return `${at}:\n${pointer(place, contents)}${advice}`;
}
