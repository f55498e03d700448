// Small readers and writers of the session's texts: words of a line, values as they are shown.

import type { ByteString } from '../bytes.js';
import { MODIFIERS, OPERATORS } from '../engine/condition/operators/operators.js';
import type { Value } from '../fields/field.js';
import { printable } from '../printable.js';

/** Operators that are words, and the words around them. */
export const OPERATOR_WORDS: readonly string[] = OPERATORS.map(({ name }) => name).filter((name) =>
  /\w/.test(name),
);
const KEYWORD = new RegExp(`^(?:and|or|not|${[...OPERATOR_WORDS, ...MODIFIERS].join('|')})\\b`);

/** Whether text starts with a word that conditions are made of. */
export const isKeyword = (text: ByteString): boolean => KEYWORD.test(text);

// Not String's own: what it takes for blanks may be the last byte of a letter.
export const trim = (text: ByteString): ByteString => trimEnd(text.replace(/^[ \t\n\r]+/, ''));
export const trimEnd = (text: ByteString): ByteString => text.replace(/[ \t\n\r]+$/, '');

/** What a command is about: an event, or something that fuzz found; and the words behind it. */
export interface Reference {
  readonly kind: 'event' | 'flip';
  readonly index: number;
  readonly rest: ByteString;
}

/** `#3 rest`, `3 rest`, `f3 rest` or `rest`; indexes count from 0. */
export function splitReference(text: ByteString, current: number): Reference {
  const match = /^(#?|f)(\d+)(?:[ \t]+(.*))?$/s.exec(text);
  if (match === null) return { kind: 'event', index: current, rest: text };
  return { kind: match[1] === 'f' ? 'flip' : 'event', index: Number(match[2]) - 1, rest: match[3] ?? '' };
}

const PRIORITY = /^(?:emergency|alert|critical|error|warning|notice|info|informational|debug)$/i;

/** `CONDITION | OUTPUT | PRIORITY`; the output may hold bars too, or be left out. */
export function splitRule(body: ByteString) {
  const [text = '', ...rest] = body.split(' | ').map(trim);
  const priority = PRIORITY.test(rest.at(-1) ?? '') ? rest.pop()! : 'WARNING';
  const output = rest.length === 0 ? undefined : rest.join(' | ');
  return { text, output, priority };
}

/** First word (or quoted text) and what follows. */
export function splitName(text: ByteString): readonly [ByteString, ByteString] {
  const match = /^(?:"([^"]*)"|([^ \t]+))[ \t]*(.*)$/s.exec(text);
  return match === null ? ['', ''] : [match[1] ?? match[2] ?? '', match[3] ?? ''];
}

/** Quotes around a whole text are only its own. */
export const unquoted = (text: ByteString): ByteString => /^"([^"]*)"$/.exec(text)?.[1] ?? text;

/** A value in one line, as a terminal may show it. */
export function shown(value: Value | undefined): ByteString {
  if (value === undefined) return '<NA>';
  return printable(typeof value === 'object' ? `(${value.join(',')})` : String(value));
}

/** `1 event`, `2 events`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** UTF-8 of `…`. */
const ELLIPSIS = '\xe2\x80\xa6';

/** At most so many columns. */
export function clip(text: ByteString, most: number): ByteString {
  if (columns(text) <= most) return text;
  // A byte that starts a character, and those that go on with it.
  const characters = text.match(/[^\x80-\xbf][\x80-\xbf]*/gs) ?? [];
  return `${characters.slice(0, most - 1).join('')}${ELLIPSIS}`;
}

/** Columns that a byte string of UTF-8 takes; wide characters count as one. */
export const columns = (text: ByteString): number => text.replace(/[\x80-\xbf]/g, '').length;
export const padEnd = (text: ByteString, width: number): ByteString =>
  text + ' '.repeat(Math.max(0, width - columns(text)));
